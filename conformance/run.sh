#!/usr/bin/env bash
# Runs the conformance suites of foreign clients (amqp-tools, Python, Node.js) against the broker at AMQP_URL, by
# default amqp://guest:guest@localhost:5672/. README.md tells which users and virtual hosts it needs.
#
#   conformance/run.sh                      all suites
#   conformance/run.sh python -k handshake  one suite, with arguments for its runner
#
# The suite rabbitmq starts Debian's RabbitMQ itself and runs the tests of Java's tasks against it.
#
# As root it installs what is missing with apt and npm; otherwise it says what it leaves out. Ends with each runner's own
# closing lines, and with a failure if any suite failed or none could run.
set -uo pipefail
exec </dev/null

here=$(cd "$(dirname "$0")" && pwd)
export AMQP_URL=${AMQP_URL:-amqp://guest:guest@localhost:5672/}
python=/usr/bin/python3  # Debian's, which has Debian's packages.
python_processes=${PYTHON_PROCESSES:-4}
packages=(python3-pytest python3-pika python3-celery python3-aio-pika amqp-tools)

scratch=$(mktemp -d)
trap end EXIT
trap 'exit 130' HUP INT TERM

# Whatever still runs when this ends is ended, too.
end() {
    local below
    below=$(below $$)
    # shellcheck disable=SC2086 # Process ids; those that have looked for the others are gone by now.
    [ -z "$below" ] || kill $below 2>/dev/null
    [ ! -d "$scratch/rabbitmq" ] || ORACLE_DIR=$scratch/rabbitmq "$here/oracle/rabbitmq-start.sh" stop >/dev/null 2>&1
    rm -rf "$scratch"
}

below() {
    local child
    for child in $(pgrep -P "$1" 2>/dev/null); do
        echo "$child"
        below "$child"
    done
}

# What a suite leaves of itself in "$scratch": NAME.output for people, NAME.closing for the end, and NAME.ran if it ran
# or NAME.failed if it failed. In a full run they run side by side: they mostly wait.
left_out() { echo "left out: $*" | tee -a "$scratch/$suite.closing"; }

# install PACKAGE...: installs those that are missing.
install() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "not installed, and not root to install it: ${missing[*]}" >&2
        return 0
    fi
    { apt-get install -y --no-install-recommends "${missing[@]}" ||
        { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; }; } >"$scratch/apt" 2>&1 ||
        { echo "apt could not install: ${missing[*]}" >&2; tail -n 3 "$scratch/apt" >&2; }
}

# runner TITLE CLOSING-LINES COMMAND...: runs it, shows its output, keeps its closing lines.
runner() {
    local title=$1 lines=$2
    shift 2
    echo "== $title"
    "$@" 2>&1 | tee "$scratch/$suite.told"
    if [ "${PIPESTATUS[0]}" = 0 ]; then touch "$scratch/$suite.ran"; else touch "$scratch/$suite.failed"; fi
    { echo "== $title"; tail -n "$lines" "$scratch/$suite.told"; } >>"$scratch/$suite.closing"
}

shell_suite() {
    command -v amqp-publish >/dev/null || { left_out 'shell: needs amqp-tools'; return; }
    runner shell 1 "$here/shell/amqp-tools.sh"
}

python_suite() {
    "$python" -c 'import pika, pytest' 2>/dev/null || { left_out 'python: needs python3-pytest and python3-pika'; return; }
    "$python" -c 'import celery' 2>/dev/null || left_out 'python, the tests with Celery: need python3-celery'
    "$python" -c 'import aio_pika' 2>/dev/null || left_out 'python, the asyncio example: needs python3-aio-pika'
    node_modules "$here/../examples/node" || left_out 'python, the Node.js example: needs node, npm and amqplib'
    local processes=()
    # More than there are processors, since they mostly wait. With arguments it is a person who looks for something.
    if [ $# = 0 ] && "$python" -c 'import xdist' 2>/dev/null; then processes=(-n "$python_processes" --dist loadfile); fi
    runner python 1 "$python" -B -m pytest -q "${processes[@]}" "$here/python" "$@"
}

# Tasks between Java and Python once more, with RabbitMQ between them.
rabbitmq_suite() {
    "$python" -c 'import pika, pytest, celery' 2>/dev/null ||
        { left_out 'tasks over RabbitMQ: need python3-pytest, python3-pika and python3-celery'; return; }
    export ORACLE_DIR=$scratch/rabbitmq
    if "$here/oracle/rabbitmq-start.sh" >"$scratch/$suite.start" 2>&1; then
        AMQP_URL=$(sed -n 's/^AMQP_URL=//p' "$scratch/$suite.start") \
            runner 'tasks over RabbitMQ' 1 "$python" -B -m pytest -q "$here/python/test_java_tasks.py" \
            "$here/python/test_java_schedules.py" "$@"
        "$here/oracle/rabbitmq-start.sh" stop
    else
        left_out "tasks over RabbitMQ: $(tail -n 1 "$scratch/$suite.start")"
    fi
}

node_suite() {
    node_modules "$here/node" || { left_out 'node: needs node 20 or later, npm and amqplib'; return; }
    cd "$here/node" && runner node 8 node --test "$@"
    cd - >/dev/null
}

node_modules() {
    command -v node >/dev/null || return 1
    [ -d "$1/node_modules/amqplib" ] && return 0
    command -v npm >/dev/null && (cd "$1" && npm ci --no-audit --no-fund) >"$scratch/$suite.npm" 2>&1
}

# all SUITE...: runs them side by side and shows each when all are done, in this order.
all() {
    for suite in "$@"; do
        "${suite}_suite" >"$scratch/$suite.output" 2>&1 &
    done
    wait
    for suite in "$@"; do cat "$scratch/$suite.output"; done
}

install "${packages[@]}"
install python3-pytest-xdist  # Without it the Python tests take longer.
case ${1:-all} in
    all) all shell python node rabbitmq ;;
    shell | python | node | rabbitmq) suite=$1; "${1}_suite" "${@:2}" ;;
    *) echo "usage: $0 [shell | python | node | rabbitmq] [arguments]" >&2; exit 2 ;;
esac

echo
for suite in shell python node rabbitmq; do cat "$scratch/$suite.closing" 2>/dev/null; done
compgen -G "$scratch/*.ran" >/dev/null && ! compgen -G "$scratch/*.failed" >/dev/null

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
packages=(python3-pytest python3-pika python3-celery python3-aio-pika amqp-tools)

closing=$(mktemp)
output=$(mktemp)
trap 'rm -f "$closing" "$output"' EXIT
failed=0
ran=0

left_out() { echo "left out: $*" | tee -a "$closing"; }

install_packages() {
    local missing=() package
    for package in "${packages[@]}"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "not installed, and not root to install it: ${missing[*]}" >&2
        return 0
    fi
    { apt-get install -y --no-install-recommends "${missing[@]}" ||
        { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; }; } >"$output" 2>&1 ||
        { echo "apt could not install: ${missing[*]}" >&2; tail -n 3 "$output" >&2; }
}

# suite NAME CLOSING-LINES COMMAND...: runs it, shows its output, keeps its closing lines.
suite() {
    local name=$1 lines=$2
    shift 2
    echo "== $name"
    "$@" 2>&1 | tee "$output"
    local code=${PIPESTATUS[0]}
    ran=$((ran + 1))
    [ "$code" = 0 ] || failed=$((failed + 1))
    { echo "== $name"; tail -n "$lines" "$output"; } >> "$closing"
}

shell_suite() {
    command -v amqp-publish >/dev/null || { left_out 'shell: needs amqp-tools'; return; }
    suite shell 1 "$here/shell/amqp-tools.sh"
}

python_suite() {
    "$python" -c 'import pika, pytest' 2>/dev/null || { left_out 'python: needs python3-pytest and python3-pika'; return; }
    "$python" -c 'import celery' 2>/dev/null || left_out 'python, the tests with Celery: need python3-celery'
    "$python" -c 'import aio_pika' 2>/dev/null || left_out 'python, the asyncio example: needs python3-aio-pika'
    node_modules "$here/../examples/node" || left_out 'python, the Node.js example: needs node, npm and amqplib'
    suite python 1 "$python" -B -m pytest -q "$here/python" "$@"
}

# Tasks between Java and Python once more, with RabbitMQ between them.
rabbitmq_suite() {
    "$python" -c 'import pika, pytest, celery' 2>/dev/null ||
        { left_out 'tasks over RabbitMQ: need python3-pytest, python3-pika and python3-celery'; return; }
    ORACLE_DIR=$(mktemp -d) && export ORACLE_DIR ORACLE_PORT=${ORACLE_PORT:-5722}
    if "$here/oracle/rabbitmq-start.sh" >"$output" 2>&1; then
        AMQP_URL=$(sed -n 's/^AMQP_URL=//p' "$output") \
            suite 'tasks over RabbitMQ' 1 "$python" -B -m pytest -q "$here/python/test_java_tasks.py" \
            "$here/python/test_java_schedules.py" "$@"
        "$here/oracle/rabbitmq-start.sh" stop
    else
        left_out "tasks over RabbitMQ: $(tail -n 1 "$output")"
    fi
    rm -rf "$ORACLE_DIR"
}

node_suite() {
    node_modules "$here/node" || { left_out 'node: needs node 20 or later, npm and amqplib'; return; }
    cd "$here/node" && suite node 8 node --test "$@"
    cd - >/dev/null
}

node_modules() {
    command -v node >/dev/null || return 1
    [ -d "$1/node_modules/amqplib" ] && return 0
    command -v npm >/dev/null && (cd "$1" && npm ci --no-audit --no-fund) >"$output" 2>&1
}

install_packages
case ${1:-all} in
    all) shell_suite; python_suite; node_suite; rabbitmq_suite ;;
    shell | python | node | rabbitmq) "${1}_suite" "${@:2}" ;;
    *) echo "usage: $0 [shell | python | node | rabbitmq] [arguments]" >&2; exit 2 ;;
esac

echo
cat "$closing"
[ "$failed" = 0 ] && [ "$ran" -gt 0 ]

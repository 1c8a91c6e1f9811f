#!/usr/bin/env bash
# Runs RabbitMQ from Debian's rabbitmq-server package as a process of its own, in the foreground, so that it can be
# measured beside FerryMQ. The system's service is neither used nor touched: own node name, own ports on 127.0.0.1, own
# directories. Everything else is as the package ships it.
#
#   bench/rabbitmq.sh                  run with an empty store in a temporary directory, which is deleted at the end
#   bench/rabbitmq.sh --data DIR       run with the store in DIR, which is kept
#   bench/rabbitmq.sh --port PORT      listen there; 0 takes a free port, as without the option
#   bench/rabbitmq.sh --set KEY=VALUE  a line for rabbitmq.conf; may be repeated
#   bench/rabbitmq.sh --until-eof      also stop when standard input ends, so that it cannot outlive what started it
#
# When it accepts connections it prints one line: RabbitMQ <version> ready amqp=127.0.0.1:PORT pid=PID data=DIR.
# SIGTERM and Ctrl-C stop it. If the server dies, so does this script, with its exit code.
set -euo pipefail

data=
port=0
settings=()
until_eof=false
while [ $# -gt 0 ]; do
    case $1 in
        --data) data=${2:?--data needs a directory}; shift 2 ;;
        --port) port=${2:?--port needs a number}; shift 2 ;;
        --set) settings+=("${2:?--set needs KEY=VALUE}"); shift 2 ;;
        --until-eof) until_eof=true; shift ;;
        *) echo "usage: $0 [--data DIR] [--port PORT] [--set KEY=VALUE] [--until-eof]" >&2; exit 2 ;;
    esac
done

sbin=$(echo /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin)
[ -x "$sbin/rabbitmq-server" ] || { echo "rabbitmq-server is not installed: apt-get install rabbitmq-server" >&2; exit 1; }
version=${sbin%/sbin}
version=${version##*-}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
    done
}

temporary=
if [ -z "$data" ]; then
    temporary=$(mktemp -d "${TMPDIR:-/tmp}/ferrymq-rabbitmq.XXXXXX")
    data=$temporary
fi
mkdir -p "$data/mnesia" "$data/log"
data=$(cd "$data" && pwd)
echo '[].' > "$data/enabled_plugins"
: > "$data/rabbitmq-env.conf"
[ ${#settings[@]} = 0 ] || printf '%s\n' "${settings[@]}" > "$data/rabbitmq.conf"
[ "$port" != 0 ] || port=$(free_port)
HOME=$data # Erlang keeps its cookie in the home directory.
ERL_EPMD_PORT=$(free_port)
RABBITMQ_DIST_PORT=$(free_port)
export HOME ERL_EPMD_PORT RABBITMQ_DIST_PORT
export ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_NODENAME=ferrymq-bench@localhost
export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
export RABBITMQ_NODE_PORT=$port
export RABBITMQ_MNESIA_BASE=$data/mnesia
export RABBITMQ_LOG_BASE=$data/log
export RABBITMQ_PID_FILE=$data/rabbitmq.pid
export RABBITMQ_CONFIG_FILE=$data/rabbitmq
export RABBITMQ_ADVANCED_CONFIG_FILE=$data/advanced
export RABBITMQ_CONF_ENV_FILE=$data/rabbitmq-env.conf
export RABBITMQ_ENABLED_PLUGINS_FILE=$data/enabled_plugins
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
rm -f "$data/rabbitmq.pid"
cd "$data" # Erlang leaves its dumps in the working directory.

epmd=
server=
lifeline=
stop() {
    trap - EXIT
    local pid
    [ -z "$lifeline" ] || kill "$lifeline" 2>/dev/null || true
    pid=$(cat "$data/rabbitmq.pid" 2>/dev/null || echo "$server")
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -9 "$pid" 2>/dev/null || true
    fi
    [ -z "$epmd" ] || kill "$epmd" 2>/dev/null || true
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap stop EXIT
# A handler that exits would be interrupted by a second signal and leave the server behind, so it only takes note.
stopping=false
trap 'stopping=true' INT TERM

epmd -port "$ERL_EPMD_PORT" </dev/null >"$data/log/epmd.txt" 2>&1 &
epmd=$!
# A session of its own, so that Ctrl-C reaches this script first and the server is stopped in order.
setsid "$sbin/rabbitmq-server" </dev/null >"$data/log/startup.txt" 2>&1 &
server=$!
if $until_eof; then
    exec 4<&0
    (while read -r _; do :; done; while kill $$; do sleep 1; done) <&4 2>/dev/null &
    lifeline=$!
fi

for _ in $(seq 600); do
    ! $stopping || exit 0
    kill -0 "$server" 2>/dev/null || break
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && [ -s "$data/rabbitmq.pid" ]; then
        echo "RabbitMQ $version ready amqp=127.0.0.1:$port pid=$(cat "$data/rabbitmq.pid") data=$data"
        code=0
        wait "$server" || code=$?
        ! $stopping || exit 0
        exit $code
    fi
    sleep 0.1
done
echo "rabbitmq-server did not start; its output:" >&2
cat "$data/log/startup.txt" >&2
exit 1

#!/usr/bin/env bash
# Starts RabbitMQ from Debian's rabbitmq-server package as a process of its own, so that the conformance suites can be
# run against the broker that they take as their measure. The system service is neither used nor touched.
#
#   conformance/oracle/rabbitmq-start.sh          start, import conformance/definitions.json, print the AMQP_URL
#   conformance/oracle/rabbitmq-start.sh stop     stop what was started
#   conformance/oracle/rabbitmq-start.sh ctl ...  rabbitmqctl for this node
#
# With ORACLE_TLS=yes it also listens for TLS and knows SASL EXTERNAL; it prints AMQPS_URL and TLS_DIR, too.
#
# ORACLE_DIR (default /tmp/ferrymq-oracle) holds data, logs and process ids; ORACLE_PORT (by default a free one) is the
# AMQP port; the two ports after it serve Erlang's distribution, and the third one is for TLS.
set -euo pipefail

dir=${ORACLE_DIR:-/tmp/ferrymq-oracle}
here=$(cd "$(dirname "$0")" && pwd)
sbin=$(echo /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin)

[ -x "$sbin/rabbitmq-server" ] || { echo "rabbitmq-server is not installed: apt-get install rabbitmq-server" >&2; exit 1; }
mkdir -p "$dir"

# The first of four ports in a row that nobody listens on, below those that the system gives out.
free_ports() {
    local first port
    while :; do
        first=$((10000 + RANDOM % 20000))
        for port in $(seq "$first" $((first + 3))); do
            if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
        done
        echo "$first"
        return
    done
}

if [ "${1:-start}" = start ] && ! [ -s "$dir/rabbitmq.pid" ]; then echo "${ORACLE_PORT:-$(free_ports)}" > "$dir/port"; fi
port=$(cat "$dir/port" 2>/dev/null || echo 0)

export HOME=$dir                                  # Erlang keeps its cookie in the home directory.
export ERL_EPMD_PORT=$((port + 1))
export ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
export RABBITMQ_NODE_PORT=$port
export RABBITMQ_DIST_PORT=$((port + 2))
export RABBITMQ_NODENAME=oracle@localhost
export RABBITMQ_MNESIA_BASE=$dir/data
export RABBITMQ_LOG_BASE=$dir/log
export RABBITMQ_PID_FILE=$dir/rabbitmq.pid
export RABBITMQ_CONFIG_FILE=$dir/rabbitmq
export RABBITMQ_ADVANCED_CONFIG_FILE=$dir/advanced
export RABBITMQ_CONF_ENV_FILE=$dir/rabbitmq-env.conf
export RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"

stop() {
    local name pid
    for name in rabbitmq epmd; do
        [ -s "$dir/$name.pid" ] || continue
        pid=$(cat "$dir/$name.pid")
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        rm -f "$dir/$name.pid"
    done
}

tls() {
    rm -rf "$dir/tls"
    "$here/../certificates.sh" "$dir/tls"
    echo '[rabbitmq_consistent_hash_exchange,rabbitmq_auth_mechanism_ssl].' > "$dir/enabled_plugins"
    cat >> "$dir/rabbitmq.conf" <<END
listeners.ssl.default = 127.0.0.1:$((port + 3))
ssl_options.cacertfile = $dir/tls/ca.pem
ssl_options.certfile = $dir/tls/server.pem
ssl_options.keyfile = $dir/tls/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = AMQPLAIN
auth_mechanisms.3 = EXTERNAL
ssl_cert_login_from = common_name
END
}

start() {
    if [ -s "$dir/rabbitmq.pid" ] && kill -0 "$(cat "$dir/rabbitmq.pid")" 2>/dev/null; then
        echo "already running in $dir" >&2
        exit 1
    fi
    rm -rf "$dir/data" "$dir/log"
    mkdir -p "$dir/data" "$dir/log"
    echo '[rabbitmq_consistent_hash_exchange].' > "$dir/enabled_plugins"
    printf 'disk_free_limit.absolute = 50MB\n' > "$dir/rabbitmq.conf"
    if [ -n "${ORACLE_TLS:-}" ]; then tls; fi
    printf '[].\n' > "$dir/advanced.config"
    : > "$dir/rabbitmq-env.conf"

    epmd -port "$ERL_EPMD_PORT" </dev/null >"$dir/log/epmd.txt" 2>&1 &
    echo $! > "$dir/epmd.pid"
    setsid "$sbin/rabbitmq-server" </dev/null >"$dir/log/startup.txt" 2>&1 &
    timeout 300 "$sbin/rabbitmqctl" wait "$dir/rabbitmq.pid" >"$dir/log/wait.txt" 2>&1 || {
        cat "$dir/log/startup.txt" "$dir/log/wait.txt" >&2
        stop
        exit 1
    }
    "$sbin/rabbitmqctl" --quiet import_definitions "$here/../definitions.json" >"$dir/log/import.txt"
    echo "AMQP_URL=amqp://guest:guest@127.0.0.1:$port/"
    if [ -n "${ORACLE_TLS:-}" ]; then echo "AMQPS_URL=amqps://127.0.0.1:$((port + 3))/ TLS_DIR=$dir/tls"; fi
}

case ${1:-start} in
    start) start ;;
    stop) stop ;;
    ctl) shift; exec "$sbin/rabbitmqctl" "$@" ;;
    *) echo "usage: $0 [start|stop|ctl ...]" >&2; exit 2 ;;
esac

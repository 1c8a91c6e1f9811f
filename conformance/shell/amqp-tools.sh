#!/usr/bin/env bash
# Tests with Debian's amqp-tools, a client in C (librabbitmq). Each line printed is a promise and whether it is kept;
# the last line is the sum. AMQP_URL says where the broker is.
set -uo pipefail

url=${AMQP_URL:-amqp://guest:guest@localhost:5672/}
url=${url%/}  # These tools take what follows the last slash as the name of the virtual host.
queue=conf-shell-$$-$RANDOM
kept=0
broken=0

with() { local tool=$1; shift; timeout 60 "amqp-$tool" --url="$url" "$@" </dev/null; }

# promise TITLE EXPECTED ACTUAL
promise() {
    if [ "$2" = "$3" ]; then
        kept=$((kept + 1))
        echo "ok      $1"
    else
        broken=$((broken + 1))
        printf 'BROKEN  %s\n        expected: %q\n        actual:   %q\n' "$1" "$2" "$3"
    fi
}

scratch=$(mktemp)

trap 'rm -f "$scratch"; with delete-queue --queue="$queue" >/dev/null 2>&1' EXIT

promise 'declares a queue and prints its name' "$queue" "$(with declare-queue --queue="$queue" --durable)"
promise 'declares it again' "$queue" "$(with declare-queue --queue="$queue" --durable)"
named=$(with declare-queue --queue=)
promise 'names a queue by itself' amq.gen- "${named:0:8}"
with delete-queue --queue="$named" >/dev/null
promise 'refuses another durability' 'queue.declare: server channel error 406, message: PRECONDITION_FAILED - inequivalent arg '\''durable'\'' for queue '\''@'\'' in vhost '\''/'\'': received '\''false'\'' but current is '\''true'\' \
    "$(with declare-queue --queue="$queue" 2>&1 | sed "s/$queue/@/")"

with publish --routing-key="$queue" --body=hello
promise 'gets what was published' hello "$(with get --queue="$queue")"
with get --queue="$queue" >/dev/null
promise 'tells an empty queue by its exit code' 2 $?

with publish --routing-key="$queue" --persistent --content-type=text/plain --header 'k: v' --body='with properties'
promise 'carries properties and a header' 'with properties' "$(with get --queue="$queue")"

head -c 3000000 /dev/urandom | base64 > "$scratch"
timeout 60 amqp-publish --url="$url" --routing-key="$queue" < "$scratch"
promise 'carries four megabytes from standard input' "$(cksum < "$scratch")" "$(with get --queue="$queue" | cksum)"

seq 20 | timeout 60 amqp-publish --url="$url" --routing-key="$queue" --line-buffered
promise 'consumes twenty messages in order' "$(seq 20 | tr '\n' ' ')" \
    "$(with consume --queue="$queue" --count=20 -- sh -c 'echo $(cat)' | tr '\n' ' ')"

seq 5 | timeout 60 amqp-publish --url="$url" --routing-key="$queue" --line-buffered
with consume --queue="$queue" --count=2 --prefetch-count=1 cat >/dev/null
promise 'keeps what was not consumed' 3 "$(with delete-queue --queue="$queue")"

: > "$scratch"
with consume --queue="$queue" --exchange=amq.topic --routing-key='conf.#' --exclusive --count=1 cat > "$scratch" &
consumer=$!
for _ in $(seq 100); do
    with publish --exchange=amq.topic --routing-key=conf.a.b --body='by topic'
    [ -s "$scratch" ] && break
done
wait "$consumer"
promise 'consumes from an exchange by a topic' 'by topic' "$(cat "$scratch")"

promise 'says why a login is refused' 'ACCESS_REFUSED' \
    "$(timeout 60 amqp-get --url="$(sed -E 's#//[^@]*@#//guest:wrong@#' <<<"$url")" --queue=q 2>&1 | grep -o ACCESS_REFUSED | head -1)"
promise 'says that a queue is missing' 'NOT_FOUND' \
    "$(with get --queue="$queue-missing" 2>&1 | grep -o NOT_FOUND | head -1)"

echo "shell: $kept promises kept, $broken broken"
[ "$broken" = 0 ]

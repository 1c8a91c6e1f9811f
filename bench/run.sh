#!/usr/bin/env bash
# Measures. Called as `./ferry bench …`:
#
#   bench/run.sh amqp [--against URI|rabbitmq] [--rounds 3] [--seconds 10] [--scenario NAME] [--quick]
#   bench/run.sh tasks [--only BROKER] [--part rate|latency|queue] [--rounds 3] [--quick]
#   bench/run.sh jmh [PATTERN] [JMH options]
#
# Builds what is missing or older than its sources, resolves RabbitMQ's PerfTest into bench/target/perf-test, and hands
# over to io.ferrymq.bench.Bench. FERRY_BENCH_NO_BUILD=1 takes what is built.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/bench/target
perf_test=$target/perf-test

if [ -z "${JAVA_HOME:-}" ]; then
    for home in /usr/lib/jvm/*25* /opt/*jdk*25* "$HOME"/.sdkman/candidates/java/25*; do
        [ -x "$home/bin/javac" ] && JAVA_HOME=$home && break
    done
fi
[ -x "${JAVA_HOME:-}/bin/javac" ] || { echo "JDK 25 not found: set JAVA_HOME" >&2; exit 1; }
export JAVA_HOME

maven=mvn
[ ! -x "$root/mvnw" ] || maven=$root/mvnw

stale() {
    [ ! -f "$target/class-path" ] && return 0
    [ -n "$(find "$root" -newer "$target/class-path" \( -name '*.java' -o -name pom.xml \) -path '*/src/main/*' -print -quit)" ]
}

build() {
    [ -z "${FERRY_BENCH_NO_BUILD:-}" ] || return 0
    if stale; then
        echo "building bench …" >&2
        (cd "$root" && "$maven" -q -ntp -pl bench -am package -DskipTests -Dspotless.check.skip >&2)
    fi
}

resolve_perf_test() {
    local version
    version=$(sed -n 's|.*<perf-test.version>\(.*\)</perf-test.version>.*|\1|p' "$root/pom.xml")
    [ -f "$perf_test/perf-test-$version.jar" ] && return 0
    echo "resolving PerfTest $version …" >&2
    rm -rf "$perf_test"
    "$maven" -q -ntp -f "$root/bench/perf-test/pom.xml" -Dperf-test.version="$version" \
        dependency:copy-dependencies >&2
}

class_path() {
    echo "$target/classes:$(cat "$target/class-path")"
}

run() {
    cd "$root"
    exec "$JAVA_HOME/bin/java" -Dbench.root="$root" "$@"
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
    amqp)
        build
        resolve_perf_test
        run -Xmx256m -XX:+UseSerialGC -cp "$(class_path)" io.ferrymq.bench.Bench amqp "$@"
        ;;
    tasks)
        build
        /usr/bin/python3 -c "import celery" 2>/dev/null || echo "Celery is not installed: apt-get install python3-celery" >&2
        run -Xmx512m -cp "$(class_path)" io.ferrymq.bench.Bench tasks "$@"
        ;;
    jmh)
        build
        # The flags that ./ferry gives the broker; JMH hands them on to the machines that it measures in.
        run -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xms256m -Xmx256m -XX:MaxDirectMemorySize=256m \
            --enable-native-access=ALL-UNNAMED -Dio.netty.noUnsafe=true \
            -cp "$(class_path)" org.openjdk.jmh.Main "$@"
        ;;
    help | --help | -h) sed -n '2,6p' "$0" | cut -c3- ;;
    *) echo "unknown benchmark '$command': amqp, tasks or jmh" >&2; exit 2 ;;
esac

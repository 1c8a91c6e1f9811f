package io.ferrymq.bench;

import java.util.List;

/**
 * One load, as PerfTest is told to make it.
 *
 * @param name what {@code --scenario} takes
 * @param title how the report calls it
 * @param options PerfTest's options; {@code %s} stands for a name that no other round uses
 */
record Scenario(String name, String title, List<String> options) {
    private static final String PREFETCH_OF_ACK_EACH = "50";

    /** All loads, in the order in which they are run. */
    static List<Scenario> all() {
        return List.of(
                of("transient", "1 → 1, 100 B, transient, auto-ack", "-x 1 -y 1 -u %s -s 100 -a"),
                of(
                        "persistent",
                        "2 → 2, 1 kB, persistent, 200 unconfirmed, ack every 20",
                        "-x 2 -y 2 -u %s -s 1000 -f persistent -c 200 -q 200 -A 20"),
                of(
                        "one-unconfirmed",
                        "4 → 2, 1 kB, persistent, 1 unconfirmed",
                        "-x 4 -y 2 -u %s -s 1000 -f persistent -c 1 -q " + PREFETCH_OF_ACK_EACH),
                of("fan-out", "fan-out 1 → 8, 100 B, auto-ack", "-x 1 -y 8 -e %s -t fanout -s 100 -a"),
                of(
                        "100-queues",
                        "100 queues, 100 → 100, 1 kB, persistent, 10 unconfirmed",
                        "-x 100 -y 100 -qp %s-%%d -qpf 1 -qpt 100 -s 1000 -f persistent -c 10 -q "
                                + PREFETCH_OF_ACK_EACH),
                of(
                        "large",
                        "1 → 1, 1 MB, persistent, 4 unconfirmed",
                        "-x 1 -y 1 -u %s -s 1000000 -f persistent -c 4 -q 4"),
                of(
                        "latency",
                        "3,000/s, 1 kB, persistent, 50 unconfirmed, ack each",
                        "-x 1 -y 1 -u %s -s 1000 -r 3000 -f persistent -c 50 -q " + PREFETCH_OF_ACK_EACH));
    }

    private static Scenario of(String name, String title, String options) {
        return new Scenario(name, title, List.of(options.split(" ", -1)));
    }

    /** The options with every {@code %s} replaced. */
    List<String> optionsFor(String uniqueName) {
        return options.stream()
                .map(option ->
                        option.contains("%s") ? option.replace("%s", uniqueName).replace("%%", "%") : option)
                .toList();
    }
}

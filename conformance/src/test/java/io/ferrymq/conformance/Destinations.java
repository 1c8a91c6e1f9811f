package io.ferrymq.conformance;

import java.util.List;

/** Where the messages of {@link KillTest} go, as a function of their sequence. */
record Destinations(String exchange, String routingKey, List<String> queues) {
    static final String BACKLOG = "kill-backlog";
    static final String FANOUT = "kill-fanout";
    static final List<String> FANOUT_QUEUES = List.of("kill-a", "kill-c");
    static final List<String> QUEUES = List.of("kill-a", "kill-b", "kill-c", BACKLOG);

    private static final List<Destinations> ALL =
            List.of(direct("kill-a"), direct("kill-b"), new Destinations(FANOUT, "", FANOUT_QUEUES), direct(BACKLOG));

    private static Destinations direct(String queue) {
        return new Destinations("", queue, List.of(queue));
    }

    static Destinations of(int sequence) {
        return ALL.get(sequence % ALL.size());
    }
}

package io.ferrymq.conformance;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the messages of {@link KillTest} go, as a function of their sequence: to plain queues, through a fanout exchange,
 * to a quorum queue, by priorities, after a delay, and by expiring or being rejected to the queue of dead letters.
 *
 * @param queues those in which the message arrives in the end
 */
record Destinations(String exchange, String routingKey, Kind kind, List<String> queues) {
    private enum Kind {
        PLAIN,
        DELAYED,
        PRIORITISED
    }

    static final String BACKLOG = "kill-backlog";

    /** Its consumers reject everything. */
    static final String REJECTED = "kill-rejected";

    private static final String FANOUT = "kill-fanout";
    private static final String DELAYING = "kill-delaying";
    private static final String QUORUM = "kill-quorum";
    private static final String DELAYED = "kill-delayed";
    private static final String PRIORITISED = "kill-prioritised";
    private static final String EXPIRING = "kill-expiring";
    private static final String DEAD = "kill-dead";
    private static final List<String> FANOUT_QUEUES = List.of("kill-a", "kill-c", QUORUM);
    private static final int DELAY_MILLIS_MAX = 200;
    private static final int PRIORITIES = 3;

    private static final Map<String, Object> DYING =
            Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", DEAD);

    /** Queues, with their arguments. */
    private static final Map<String, Map<String, Object>> ARGUMENTS = Map.of(
            "kill-a",
            Map.of(),
            "kill-b",
            Map.of(),
            "kill-c",
            Map.of(),
            BACKLOG,
            Map.of(),
            QUORUM,
            Map.of("x-queue-type", "quorum", "x-delivery-limit", -1),
            DELAYED,
            Map.of(),
            PRIORITISED,
            Map.of("x-max-priority", PRIORITIES),
            EXPIRING,
            with(DYING, "x-message-ttl", 20),
            REJECTED,
            DYING,
            DEAD,
            Map.of());

    /** Those that are consumed. */
    static final List<String> QUEUES = ARGUMENTS.keySet().stream()
            .filter(queue -> !queue.equals(EXPIRING))
            .sorted()
            .toList();

    /** Those whose messages come in an order of their own. */
    static final Set<String> UNORDERED = Set.of(DELAYED, PRIORITISED, DEAD);

    /** Those in which a message may stand twice, because a crash is between its arrival and the end of what it was before. */
    static final Set<String> TWICE = Set.of(DEAD);

    private static final List<Destinations> ALL = List.of(
            direct("kill-a", Kind.PLAIN),
            direct("kill-b", Kind.PLAIN),
            new Destinations(FANOUT, "", Kind.PLAIN, FANOUT_QUEUES),
            direct(BACKLOG, Kind.PLAIN),
            direct(QUORUM, Kind.PLAIN),
            new Destinations(DELAYING, "", Kind.DELAYED, List.of(DELAYED)),
            direct(PRIORITISED, Kind.PRIORITISED),
            new Destinations("", EXPIRING, Kind.PLAIN, List.of(DEAD)),
            new Destinations("", REJECTED, Kind.PLAIN, List.of(DEAD)));

    private static Map<String, Object> with(Map<String, Object> arguments, String name, Object value) {
        Map<String, Object> more = new HashMap<>(arguments);
        more.put(name, value);
        return more;
    }

    private static Destinations direct(String queue, Kind kind) {
        return new Destinations("", queue, kind, List.of(queue));
    }

    static Destinations of(int sequence) {
        return ALL.get(sequence % ALL.size());
    }

    static void declareAll(Channel channel) throws IOException {
        channel.exchangeDeclare(FANOUT, "fanout", true);
        channel.exchangeDeclare(DELAYING, "x-delayed-message", true, false, Map.of("x-delayed-type", "fanout"));
        for (Map.Entry<String, Map<String, Object>> queue : ARGUMENTS.entrySet()) {
            channel.queueDeclare(queue.getKey(), true, false, false, queue.getValue());
        }
        for (String queue : FANOUT_QUEUES) {
            channel.queueBind(queue, FANOUT, "");
        }
        channel.queueBind(DELAYED, DELAYING, "");
    }

    /** Those that must be empty when all is done. */
    static List<String> queuesToDrain() {
        List<String> queues = new ArrayList<>(QUEUES);
        queues.add(EXPIRING);
        return queues;
    }

    /** What the message with this sequence says about its way. */
    BasicProperties properties(int sequence) {
        BasicProperties.Builder persistent = MessageProperties.PERSISTENT_BASIC.builder();
        return switch (kind) {
            case PLAIN -> persistent.build();
            case DELAYED ->
                persistent
                        .headers(Map.of("x-delay", sequence * 7 % DELAY_MILLIS_MAX))
                        .build();
            case PRIORITISED ->
                persistent.priority(sequence / ALL.size() % PRIORITIES).build();
        };
    }
}

package io.ferrymq.conformance;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a broker has promised, and where it has broken its word.
 *
 * <p>Safe for use by several threads. A message is a publisher's number and a sequence, which the publisher counts up
 * from 0. For each message in each queue:
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>entered by</th><th>then the broker must</th></tr>
 * <tr><td>uncertain</td><td>{@link #publishing}</td><td>deliver it or not</td></tr>
 * <tr><td>confirmed</td><td>{@link #confirmed}</td><td>deliver it, however often it dies</td></tr>
 * <tr><td>received</td><td>{@link #received}</td><td>flag it as redelivered if it delivers it again</td></tr>
 * <tr><td>settled</td><td>{@link #settled}</td><td>the same: an acknowledgement in flight may die with the broker</td></tr>
 * </table>
 *
 * <p>What was never published must not be delivered, and the first deliveries from one publisher in one queue must come
 * in the order of their sequences, unless the queue has an order of its own ({@link Destinations#UNORDERED}). A dead
 * letter that is there twice need not be flagged ({@link Destinations#TWICE}).
 */
final class Promise {
    /** What a queue has seen of one publisher. */
    private static final class Seen {
        final BitSet received = new BitSet();
        final BitSet settled = new BitSet();
        int lastFirst = -1;
    }

    private record Flow(String queue, int publisher) {}

    private final Map<Integer, BitSet> published = new HashMap<>();
    private final Map<Integer, BitSet> confirmed = new HashMap<>();
    private final Map<Flow, BitSet> owed = new HashMap<>();
    private final Map<Flow, Seen> seen = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int reappearedAfterSettling;

    /** Before the message is handed to the client, because the broker may see it whatever happens then. */
    synchronized void publishing(int publisher, int sequence) {
        published.computeIfAbsent(publisher, key -> new BitSet()).set(sequence);
    }

    /** The broker has taken responsibility for the message in these queues. */
    synchronized void confirmed(int publisher, int sequence, Collection<String> queues) {
        if (!published.getOrDefault(publisher, new BitSet()).get(sequence)) {
            violations.add("confirmed what was never published: publisher " + publisher + ", message " + sequence);
        }
        confirmed.computeIfAbsent(publisher, key -> new BitSet()).set(sequence);
        for (String queue : queues) {
            owed.computeIfAbsent(new Flow(queue, publisher), key -> new BitSet())
                    .set(sequence);
        }
    }

    synchronized void received(String queue, int publisher, int sequence, boolean redelivered) {
        String message = "queue " + queue + ", publisher " + publisher + ", message " + sequence;
        if (sequence < 0 || !published.getOrDefault(publisher, new BitSet()).get(sequence)) {
            violations.add("invented: " + message);
            return;
        }
        Seen flow = seen.computeIfAbsent(new Flow(queue, publisher), key -> new Seen());
        if (flow.received.get(sequence)) {
            if (!redelivered && !Destinations.TWICE.contains(queue)) {
                violations.add("delivered twice without the redelivered flag: " + message
                        + (flow.settled.get(sequence) ? ", which was acknowledged" : ""));
            }
            reappearedAfterSettling += flow.settled.get(sequence) ? 1 : 0;
            return;
        }
        flow.received.set(sequence);
        if (sequence < flow.lastFirst && !Destinations.UNORDERED.contains(queue)) {
            violations.add("out of order: " + message + " after message " + flow.lastFirst);
        }
        flow.lastFirst = sequence;
    }

    /** What arrived could not be a message of any publisher. */
    synchronized void receivedUnknown(String queue, String what) {
        violations.add("invented: queue " + queue + ", " + what);
    }

    /** The consumer has sent its acknowledgement. */
    synchronized void settled(String queue, int publisher, int sequence) {
        seen.computeIfAbsent(new Flow(queue, publisher), key -> new Seen())
                .settled
                .set(sequence);
    }

    /** How many confirmed messages have not been received yet, counted once for each queue. */
    synchronized int outstanding() {
        return owed.entrySet().stream()
                .mapToInt(entry -> missing(entry.getKey(), entry.getValue()).cardinality())
                .sum();
    }

    private BitSet missing(Flow flow, BitSet promised) {
        BitSet missing = (BitSet) promised.clone();
        Seen there = seen.get(flow);
        if (there != null) {
            missing.andNot(there.received);
        }
        return missing;
    }

    /** Everything that the broker has done wrong, supposing that it has nothing more to deliver. */
    synchronized List<String> violationsAtRest() {
        List<String> all = new ArrayList<>(violations);
        owed.forEach((flow, promised) -> {
            BitSet missing = missing(flow, promised);
            if (!missing.isEmpty()) {
                all.add("lost: queue " + flow.queue() + ", publisher " + flow.publisher() + ", confirmed messages "
                        + missing);
            }
        });
        return all;
    }

    synchronized int confirmedCount() {
        return confirmed.values().stream().mapToInt(BitSet::cardinality).sum();
    }

    /** Published, but never confirmed: these may have arrived or not. */
    synchronized int uncertainCount() {
        return published.values().stream().mapToInt(BitSet::cardinality).sum() - confirmedCount();
    }

    /** Allowed, because nothing says when an acknowledgement is durable, but worth a look. */
    synchronized int reappearedAfterSettlingCount() {
        return reappearedAfterSettling;
    }
}

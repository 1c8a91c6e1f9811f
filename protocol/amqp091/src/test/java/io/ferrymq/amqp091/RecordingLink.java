package io.ferrymq.amqp091;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.QueueStatus;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A broker that does nothing but write down what it is asked, in {@link #calls}, and answer what the test has told it
 * to. Its log is durable up to {@link #durable}, which the test moves.
 */
final class RecordingLink implements Link {
    final List<String> calls = new ArrayList<>();
    final Map<String, DeliverySink> sinks = new LinkedHashMap<>();
    final Map<String, Integer> resumed = new LinkedHashMap<>();
    final Set<String> replyAddresses = new HashSet<>();
    final Queue<TestMessage> fetchable = new ArrayDeque<>();
    final List<Integer> bodySizes = new ArrayList<>();
    LinkListener listener = new Deaf();

    @Nullable Refusal nextRefusal;

    /** What a request throws, as no broker does. */
    @Nullable RuntimeException fault;

    /** What is thrown when somebody asks how far the log is durable. */
    @Nullable RuntimeException durableFault;

    /** What is thrown when the link is closed. */
    @Nullable RuntimeException closeFault;

    Publication.Outcome outcome = Publication.Outcome.ACCEPTED;
    long sequence;
    long durable = Long.MAX_VALUE;
    /** What a deletion does before it returns, as to tell consumers. */
    Runnable whenQueueIsDeleted = () -> {};

    /** In how many parts works were done, of 1,000 units each. */
    int workParts;

    /** Whether works wait for the test, as if others had their turns before. */
    boolean worksWait;

    private final Queue<Runnable> waitingWorks = new ArrayDeque<>();

    /** What the broker says that a publish costs. */
    int unitsEach;

    private long spentUnits;

    /** Told of each publish. */
    Runnable whenPublished = () -> {};

    long awaited;
    boolean congested;
    boolean lagging;
    boolean messagesFull;

    @Nullable String blockedReason;

    /** How long the queues let deliveries of consumers wait. */
    long queueTimeoutMillis = DeliverySource.NO_TIMEOUT;

    /** What the session has said that it holds. */
    long heldBytes;

    /** What the session may hold. */
    long roomBytes = Long.MAX_VALUE;

    boolean opened;
    boolean closed;
    final List<String> tracked = new ArrayList<>();
    final Set<String> onDelivery = new HashSet<>();
    final Set<String> toBeSettled = new HashSet<>();
    Runnable whenExchangeIsChecked = () -> {};
    private final List<Runnable> waiting = new ArrayList<>();

    private void call(String what) {
        if (fault != null) {
            throw fault;
        }
        Refusal refusal = nextRefusal;
        if (refusal != null) {
            nextRefusal = null;
            throw new RefusedException(refusal);
        }
        calls.add(what);
    }

    /** The calls since the last time. */
    List<String> takeCalls() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    /** The log is now durable up to {@code upTo}: answers that wait go out, confirms are announced. */
    void makeDurable(long upTo) {
        durable = upTo;
        if (sequence <= durable) {
            List<Runnable> due = List.copyOf(waiting);
            waiting.clear();
            due.forEach(Runnable::run);
        }
        listener.durable(upTo);
    }

    /** Delivers to a consumer if it has credit; false if it has none. */
    boolean deliver(String consumerTag, TestMessage message) {
        DeliverySink sink = sink(consumerTag);
        if (!sink.hasCredit()) {
            return false;
        }
        handOver(sink, message, message.source() == null || onDelivery.contains(consumerTag));
        return true;
    }

    /** Watches a message that its client will have to settle, if it is delivered that way. */
    TestMessage track(TestMessage message) {
        tracked.add(message.name());
        return message;
    }

    /** The queue of a consumer is deleted. */
    void queueGone(String consumerTag) {
        DeliverySink sink = sinks.remove(consumerTag);
        if (sink != null && !replyAddresses.contains(consumerTag)) {
            sink.cancelled();
        }
    }

    private void handOver(DeliverySink sink, TestMessage message, boolean settledByDelivery) {
        if (settledByDelivery) {
            sink.deliver(message.settledByDelivery());
        } else {
            toBeSettled.add(message.name());
            sink.deliver(message);
        }
    }

    DeliverySink sink(String consumerTag) {
        DeliverySink sink = sinks.get(consumerTag);
        if (sink == null) {
            throw new IllegalArgumentException("no consumer " + consumerTag);
        }
        return sink;
    }

    @Override
    public void declareExchange(ExchangeSpec spec) {
        call("declareExchange " + spec.name() + " " + spec.type() + " " + spec.arguments());
        sequence++;
    }

    @Override
    public void checkExchange(String name) {
        call("checkExchange " + name);
        whenExchangeIsChecked.run();
    }

    @Override
    public void deleteExchange(String name, Set<DeleteCondition> conditions) {
        call("deleteExchange " + name + " " + conditions);
        sequence++;
    }

    @Override
    public void bindExchange(
            String destination, String source, String routingKey, Map<String, @Nullable Object> arguments) {
        call("bindExchange " + destination + " " + source + " " + routingKey + " " + arguments);
        sequence++;
    }

    @Override
    public void unbindExchange(
            String destination, String source, String routingKey, Map<String, @Nullable Object> arguments) {
        call("unbindExchange " + destination + " " + source + " " + routingKey + " " + arguments);
        sequence++;
    }

    @Override
    public QueueStatus declareQueue(QueueSpec spec) {
        call("declareQueue " + spec.name() + (spec.durable() ? " durable" : "") + (spec.exclusive() ? " exclusive" : "")
                + (spec.autoDelete() ? " auto-delete" : "") + " " + spec.arguments());
        sequence++;
        return new QueueStatus(spec.name().isEmpty() ? "amq.gen-1" : spec.name(), 7, 2);
    }

    @Override
    public QueueStatus checkQueue(String name) {
        call("checkQueue " + name);
        return new QueueStatus(name, 7, 2);
    }

    @Override
    public void bindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        call("bindQueue " + queue + " " + exchange + " " + routingKey + " " + arguments);
        sequence++;
    }

    @Override
    public void unbindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        call("unbindQueue " + queue + " " + exchange + " " + routingKey + " " + arguments);
        sequence++;
    }

    @Override
    public long purgeQueue(String name) {
        call("purgeQueue " + name);
        sequence++;
        return 5;
    }

    @Override
    public long deleteQueue(String name, Set<DeleteCondition> conditions) {
        call("deleteQueue " + name + " " + conditions);
        whenQueueIsDeleted.run();
        sequence++;
        return 5;
    }

    @Override
    public void publish(Publication publication) {
        call("publish " + publication.exchange() + " " + publication.routingKey() + " "
                + publication.body().toString(StandardCharsets.UTF_8));
        bodySizes.add(publication.body().readableBytes());
        spentUnits += unitsEach;
        whenPublished.run();
        lastTerms = (publication.persistent() ? "persistent" : "transient") + " priority " + publication.priority()
                + " expiration " + publication.expirationMillis() + " keys " + publication.extraRoutingKeys();
        lastHeaders = publication.headers().toString();
        lastReplyTo = publication.property("reply_to");
        publication.decided(
                outcome, outcome == Publication.Outcome.ACCEPTED && publication.persistent() ? ++sequence : 0);
    }

    @Override
    public void checkPublish(Publication publication) {
        Refusal refusal = nextRefusal;
        if (refusal != null) {
            nextRefusal = null;
            throw new RefusedException(refusal);
        }
    }

    String lastTerms = "";
    String lastHeaders = "";

    @Nullable String lastReplyTo;

    @Override
    public Subscription subscribe(SubscriptionRequest request, DeliverySink sink) {
        call("subscribe " + request.queue() + " " + request.settling() + " " + request.sharing() + " "
                + request.arguments());
        sinks.put(request.tag(), sink);
        if (request.settling() == SubscriptionRequest.Settling.ON_DELIVERY) {
            onDelivery.add(request.tag());
        } else {
            onDelivery.remove(request.tag());
        }
        return new Subscription() {
            @Override
            public long timeoutMillis() {
                return queueTimeoutMillis;
            }

            @Override
            public void resume() {
                resumed.merge(request.tag(), 1, Integer::sum);
            }

            @Override
            public void cancel() {
                calls.add("cancel " + request.tag());
                sinks.remove(request.tag());
            }
        };
    }

    @Override
    public boolean fetch(String queue, SubscriptionRequest.Settling settling, DeliverySink sink) {
        call("fetch " + queue + " " + settling);
        TestMessage message = fetchable.poll();
        if (message == null) {
            return false;
        }
        handOver(sink, message, settling == SubscriptionRequest.Settling.ON_DELIVERY);
        return true;
    }

    @Override
    public void settle(DeliverySource source, long place, long mark, Settlement settlement) {
        calls.add("settle " + TestMessage.name(place) + " " + settlement);
    }

    @Override
    public String openReplyAddress(DeliverySink sink) {
        String name = "amq.rabbitmq.reply-to.token" + replyAddresses.size();
        call("openReplyAddress " + name);
        replyAddresses.add(name);
        sinks.put(name, sink);
        onDelivery.add(name);
        return name;
    }

    @Override
    public void closeReplyAddress(String name) {
        calls.add("closeReplyAddress " + name);
        replyAddresses.remove(name);
        sinks.remove(name);
    }

    @Override
    public boolean replyAddressExists(String name) {
        return replyAddresses.contains(name);
    }

    @Override
    public void together(int bytes) {
        // What becomes durable together is the log's business.
    }

    @Override
    public void writeSettlements() {
        call("writeSettlements");
        sequence++;
    }

    @Override
    public void afterDurable(Runnable answer) {
        if (sequence <= durable) {
            answer.run();
        } else {
            waiting.add(answer);
        }
    }

    @Override
    public void awaitDurable(long upTo) {
        awaited = upTo;
    }

    @Override
    public long durableSequence() {
        if (durableFault != null) {
            throw durableFault;
        }
        return durable;
    }

    @Override
    public boolean congested() {
        return congested;
    }

    @Override
    public boolean areMessagesFull() {
        return messagesFull;
    }

    @Override
    public boolean lagging() {
        return lagging;
    }

    @Override
    public @Nullable String blockedReason() {
        return blockedReason;
    }

    @Override
    public void spend(long units) {
        spentUnits += units;
    }

    @Override
    public long spentUnits() {
        return spentUnits;
    }

    @Override
    public void hold(long bytes) {
        heldBytes += bytes;
    }

    @Override
    public void requireRoom(long bytes) {
        if (heldBytes + bytes > roomBytes) {
            throw new RefusedException(new Refusal.LimitReached("broker memory", roomBytes));
        }
    }

    @Override
    public void work(Chore chore, Runnable done) {
        Runnable all = () -> {
            workParts++;
            while (!chore.go(new TurnBudget(1_000))) {
                workParts++;
            }
            done.run();
        };
        if (worksWait) {
            waitingWorks.add(all);
        } else {
            all.run();
        }
    }

    /** Does what {@link #worksWait} has kept, and does further works at once. */
    void doWorks() {
        worksWait = false;
        while (!waitingWorks.isEmpty()) {
            waitingWorks.remove().run();
        }
    }

    @Override
    public void close(Runnable gone) {
        calls.add("close");
        closed = true;
        if (closeFault != null) {
            throw closeFault;
        }
        gone.run();
    }

    /** Hears nothing: the link is not open yet. */
    private static final class Deaf implements LinkListener {
        @Override
        public void durable(long sequence) {}

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}

        @Override
        public void relieved() {}

        @Override
        public void closing(String reason) {}
    }
}

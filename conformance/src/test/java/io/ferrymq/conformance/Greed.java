package io.ferrymq.conformance;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.amqp091.codec.QueueMethod;
import io.ferrymq.amqp091.codec.TxMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that take as much memory of a broker as they get, one kind in each thread, and come again when they are ended or
 * refused, until they are told to stop.
 *
 * <p>Thread contract: made, started and stopped by one thread.
 */
final class Greed implements AutoCloseable {
    /** One kind of client: takes what it gets, and waits with it. */
    private interface Taking {
        void take() throws IOException;
    }

    private static final int FEW_BYTES = 16 << 10;
    private static final int READ_BYTES = 1 << 20;
    private static final int HOLD_SECONDS = 40;
    private static final int BATCH = 200;
    private static final String FAN = "soak-fan";
    private static final String KEY = ".k".repeat(120);

    private final BrokerProcess broker;
    private final Map<String, Kind> kinds = allKinds();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean failed = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Tally> tallies = new ArrayList<>();

    /** What one kind has met. */
    private record Tally(String name, AtomicLong rounds, AtomicLong ended, AtomicLong most) {
        Tally(String name) {
            this(name, new AtomicLong(), new AtomicLong(), new AtomicLong());
        }

        void took(long count) {
            most.accumulateAndGet(count, Math::max);
        }

        @Override
        public String toString() {
            return "%s: %d rounds, %d ended or refused, at most %d"
                    .formatted(name, rounds.get(), ended.get(), most.get());
        }
    }

    Greed(BrokerProcess broker) {
        this.broker = broker;
    }

    /** Fills the queues that others will not empty. */
    void prepare() throws IOException {
        try (RawConnection filler = open()) {
            fill(filler, "soak-small", 100, 20_000, false);
            fill(filler, "soak-4m", 4 << 20, 60, true);
            fill(filler, "soak-128m", 128 << 20, 2, true);
            fill(filler, "soak-million", 10, 1_500_000, false);
            filler.send(1, new ExchangeMethod.Declare(FAN, "fanout", false, false, false, false, true, Map.of()));
            sync(filler, 1);
        }
    }

    private static void fill(RawConnection filler, String queue, int bodyBytes, int count, boolean persistent)
            throws IOException {
        filler.send(1, new QueueMethod.Declare(queue, false, true, false, false, true, Map.of()));
        ByteBuf batch = Unpooled.buffer();
        for (int i = 1; i <= count; i++) {
            RawConnection.publish(batch, 1, "", queue, bodyBytes, persistent);
            if (batch.readableBytes() > 1 << 20 || i == count) {
                filler.send(batch);
                batch.clear();
            }
        }
        sync(filler, 1);
    }

    private RawConnection open() throws IOException {
        return opened(RawConnection.connected(broker.port(), READ_BYTES)).channel(1);
    }

    private static RawConnection opened(RawConnection connection) throws IOException {
        try {
            return connection.opened();
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Waits until all that was sent before was carried out. */
    private static void sync(RawConnection connection, int channel) throws IOException {
        connection.send(
                channel,
                new ExchangeMethod.Declare("amq.direct", "direct", true, false, false, false, false, Map.of()));
        connection.await(ExchangeMethod.DeclareOk.class);
    }

    // ---- the kinds ----

    /** What there is to {@link #start}, by name. */
    List<String> kinds() {
        return List.copyOf(kinds.keySet());
    }

    private Map<String, Kind> allKinds() {
        Map<String, Kind> all = new LinkedHashMap<>();
        all.put("stalled consumers of small messages", tally -> stalledConsumers(tally, "soak-small", 20));
        all.put("stalled consumers of 4 MiB", tally -> stalledConsumers(tally, "soak-4m", 120));
        all.put("stalled consumers of 128 MiB", tally -> stalledConsumers(tally, "soak-128m", 6));
        all.put("fan-out subscribers", this::fanOut);
        all.put("a consumer of millions", this::consumerOfMillions);
        all.put("unfinished frames", this::unfinishedFrames);
        all.put("queues and bindings", this::topology);
        all.put("consumers", this::consumers);
        all.put("channels", this::channels);
        all.put("transactions", this::transactions);
        all.put("reply addresses", this::replyAddresses);
        all.put("gets that nobody reads", this::unreadGets);
        return all;
    }

    /** All kinds at once. */
    void start() {
        kinds.keySet().forEach(this::start);
    }

    private interface Kind {
        void run(Tally tally) throws IOException;
    }

    void start(String name) {
        Kind kind = Objects.requireNonNull(kinds.get(name));
        Tally tally = new Tally(name);
        tallies.add(tally);
        Thread thread = new Thread(() -> repeat(tally, () -> kind.run(tally)), name);
        threads.add(thread);
        thread.start();
    }

    private void repeat(Tally tally, Taking taking) {
        while (!isStopped(0)) {
            tally.rounds.incrementAndGet();
            try {
                taking.take();
            } catch (IOException e) {
                tally.ended.incrementAndGet();
                isStopped(1);
            } catch (RuntimeException e) {
                failed.set(true);
                throw e;
            }
        }
    }

    /** Waits so long at most, or until it is to stop; whether it is. */
    private boolean isStopped(int seconds) {
        try {
            return stopped.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Connections that are closed together; of those that the broker has ended in between nothing is asked. */
    private static final class Held implements AutoCloseable {
        private final Deque<RawConnection> connections = new ArrayDeque<>();

        RawConnection add(RawConnection connection) {
            connections.add(connection);
            return connection;
        }

        @Override
        public void close() {
            connections.forEach(RawConnection::close);
        }
    }

    private void stalledConsumers(Tally tally, String queue, int count) throws IOException {
        try (Held held = new Held()) {
            for (int i = 0; i < count && !isStopped(0); i++) {
                RawConnection connection = held.add(
                        i % 3 == 2
                                ? RawConnection.encrypted(broker.tlsPort(), FEW_BYTES)
                                : RawConnection.connected(broker.port(), FEW_BYTES));
                connection.opened().channel(1);
                connection.send(1, consume(queue, "c"));
                tally.took(i + 1);
            }
            isStopped(HOLD_SECONDS);
        }
    }

    private static BasicMethod.Consume consume(String queue, String tag) {
        return new BasicMethod.Consume(queue, tag, false, false, false, true, Map.of());
    }

    private void fanOut(Tally tally) throws IOException {
        try (Held held = new Held();
                RawConnection publisher = open()) {
            for (int i = 0; i < 1_000 && !isStopped(0); i++) {
                RawConnection one = held.add(RawConnection.connected(broker.port(), FEW_BYTES))
                        .opened()
                        .channel(1);
                String queue = "soak-fan-" + i;
                one.send(
                        1,
                        new QueueMethod.Declare(queue, false, false, true, false, true, Map.of("x-max-length", 400L)));
                one.send(1, new QueueMethod.Bind(queue, FAN, "", true, Map.of()));
                one.send(1, new BasicMethod.Consume(queue, "c", false, true, false, true, Map.of()));
                tally.took(i + 1);
            }
            ByteBuf message = Unpooled.buffer();
            RawConnection.publish(message, 1, FAN, "", 4 << 10, false);
            for (int i = 0; i < 300 && !isStopped(0); i++) {
                publisher.send(message);
                sync(publisher, 1);
            }
            isStopped(HOLD_SECONDS);
        }
    }

    private void consumerOfMillions(Tally tally) throws IOException {
        try (RawConnection reader = open()) {
            for (int channel = 2; channel <= 4; channel++) {
                reader.channel(channel).send(channel, consume("soak-million", "c"));
            }
            long bytes = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HOLD_SECONDS);
            while (bytes < 80_000_000L && !isStopped(0) && System.nanoTime() < end) {
                bytes += reader.skip();
                tally.took(bytes);
            }
            isStopped(HOLD_SECONDS);
        }
    }

    private void unfinishedFrames(Tally tally) throws IOException {
        ByteBuf beginning = Unpooled.buffer();
        FrameWriter.writeHead(beginning, Frame.METHOD, 1, 127 << 10);
        beginning.writeZero(125 << 10);
        try (Held held = new Held()) {
            for (int i = 0; i < 5_500 && !isStopped(0); i++) {
                RawConnection one = held.add(RawConnection.connected(broker.port(), FEW_BYTES))
                        .opened()
                        .channel(1);
                one.send(beginning);
                tally.took(i + 1);
            }
            isStopped(HOLD_SECONDS);
        }
    }

    /** Declares and binds until it is refused, and again when others have left something. */
    private void topology(Tally tally) throws IOException {
        try (RawConnection connection = open()) {
            int channel = 1;
            long made = 0;
            while (!isStopped(0)) {
                try {
                    declareSome(connection, channel, made);
                    made += BATCH;
                    tally.took(made);
                } catch (RawConnection.RefusedException refused) {
                    tally.ended.incrementAndGet();
                    connection.send(channel, new ChannelMethod.CloseOk());
                    connection.channel(++channel);
                    isStopped(1);
                }
            }
        }
    }

    private static void declareSome(RawConnection connection, int channel, long from) throws IOException {
        ByteBuf out = Unpooled.buffer();
        for (long i = from; i < from + BATCH; i++) {
            String queue = "soak-q-" + i;
            FrameWriter.writeMethod(
                    out, channel, new QueueMethod.Declare(queue, false, false, true, false, true, Map.of()));
            for (String exchange : List.of("amq.topic", "amq.direct")) {
                FrameWriter.writeMethod(out, channel, new QueueMethod.Bind(queue, exchange, i + KEY, true, Map.of()));
            }
        }
        connection.send(out);
        sync(connection, channel);
    }

    private void consumers(Tally tally) throws IOException {
        try (RawConnection connection = open()) {
            connection.send(1, new QueueMethod.Declare("soak-c", false, false, true, false, true, Map.of()));
            fillChannels(
                    tally,
                    connection,
                    (out, channel, number) ->
                            FrameWriter.writeMethod(out, channel, consume("soak-c", number + "t".repeat(240))));
        }
    }

    private interface Filling {
        default void begin(int channel) throws IOException {}

        void write(ByteBuf out, int channel, long number);
    }

    /** Sends so much on one channel after the other, until it is refused, and keeps what was taken before. */
    private void fillChannels(Tally tally, RawConnection connection, Filling filling) throws IOException {
        int channel = 1;
        long made = 0;
        try {
            while (!isStopped(0)) {
                ByteBuf out = Unpooled.buffer();
                for (int i = 0; i < BATCH; i++) {
                    filling.write(out, channel, made++);
                }
                connection.send(out);
                sync(connection, channel);
                tally.took(made);
                if (made % (10 * BATCH) == 0) {
                    connection.channel(++channel);
                    filling.begin(channel);
                }
            }
        } catch (RawConnection.RefusedException refused) {
            tally.ended.incrementAndGet();
            isStopped(HOLD_SECONDS);
        }
    }

    private void channels(Tally tally) throws IOException {
        try (Held held = new Held()) {
            long made = 0;
            while (!isStopped(0)) {
                RawConnection connection = held.add(RawConnection.connected(broker.port(), FEW_BYTES))
                        .opened();
                for (int channel = 1; channel <= 2_000 && !isStopped(0); channel++) {
                    connection.channel(channel);
                    tally.took(++made);
                }
            }
        }
    }

    private void transactions(Tally tally) throws IOException {
        try (RawConnection connection = open()) {
            select(connection, 1);
            fillChannels(tally, connection, new Filling() {
                @Override
                public void begin(int channel) throws IOException {
                    select(connection, channel);
                }

                @Override
                public void write(ByteBuf out, int channel, long number) {
                    RawConnection.publish(out, channel, "", number + KEY, 1_000, false);
                }
            });
        }
    }

    private static void select(RawConnection connection, int channel) throws IOException {
        connection.send(channel, new TxMethod.Select());
        connection.await(TxMethod.SelectOk.class);
    }

    private void replyAddresses(Tally tally) throws IOException {
        try (Held held = new Held()) {
            long made = 0;
            while (!isStopped(0)) {
                RawConnection connection = held.add(RawConnection.connected(broker.port(), FEW_BYTES))
                        .opened();
                for (int channel = 1; channel <= 2_000 && !isStopped(0); channel++) {
                    connection.channel(channel);
                    connection.send(
                            channel,
                            new BasicMethod.Consume(
                                    "amq.rabbitmq.reply-to", "t".repeat(200), false, true, false, false, Map.of()));
                    connection.await(BasicMethod.ConsumeOk.class);
                    tally.took(++made);
                }
            }
        }
    }

    private void unreadGets(Tally tally) throws IOException {
        ByteBuf gets = Unpooled.buffer();
        for (int i = 0; i < 50_000; i++) {
            FrameWriter.writeMethod(gets, 1, new BasicMethod.Get("soak-gets", true));
        }
        try (Held held = new Held();
                RawConnection filler = open()) {
            fill(filler, "soak-gets", 4 << 10, 5_000, false);
            for (int i = 0; i < 20 && !isStopped(0); i++) {
                RawConnection one = held.add(RawConnection.connected(broker.port(), FEW_BYTES))
                        .opened()
                        .channel(1);
                one.send(gets.duplicate().writerIndex(20_000));
                tally.took(i + 1);
            }
            isStopped(HOLD_SECONDS);
        }
    }

    // ---- the end ----

    /** All go at once; returns what each kind has met. */
    List<String> stop() {
        stopped.countDown();
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(180));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                throw new IllegalStateException("does not end: " + thread.getName());
            }
        }
        if (failed.get()) {
            throw new IllegalStateException("a client has failed by its own fault");
        }
        return tallies.stream().map(Tally::toString).toList();
    }

    /** Deletes the queues that were filled. */
    void cleanUp() throws IOException {
        try (RawConnection connection = open()) {
            for (String queue : List.of("soak-small", "soak-4m", "soak-128m", "soak-million", "soak-gets")) {
                connection.send(1, new QueueMethod.Delete(queue, false, false, false));
                connection.await(QueueMethod.DeleteOk.class);
            }
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}

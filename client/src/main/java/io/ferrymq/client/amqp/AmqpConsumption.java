package io.ferrymq.client.amqp;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.GuardedListener;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A consumer on a channel of its own, or on the publisher's channel if it takes replies. The worker's; prefetch, cancel and
 * settlements come from any thread, deliveries from the threads of RabbitMQ's client.
 */
final class AmqpConsumption implements Consumption {
    /** Whether settlements take effect by themselves or with a commit. */
    enum Mode {
        PLAIN,
        TRANSACTIONAL
    }

    private final Executor worker;
    private final Consumptions others;
    private final ConsumeSpec spec;
    private final DeliveryListener listener;
    private final Mode mode;
    private int prefetch;
    private @Nullable Channel channel;
    private String tag = "";
    private long unsettled;
    private boolean ended;

    AmqpConsumption(Executor worker, Consumptions others, ConsumeSpec spec, DeliveryListener listener, Mode mode) {
        this.mode = mode;
        this.worker = worker;
        this.others = others;
        this.spec = spec;
        this.listener = new GuardedListener(listener);
        this.prefetch = spec.prefetch();
    }

    String queue() {
        return spec.queue();
    }

    boolean takesReplies() {
        return spec.queue().equals(Transport.REPLY_TO);
    }

    /** Begins to consume, on a new channel. */
    void begin(Channel opened) throws IOException {
        if (mode == Mode.TRANSACTIONAL) {
            opened.txSelect();
        }
        tag = consume(opened);
        channel = opened;
        unsettled = 0;
    }

    private String consume(Channel open) throws IOException {
        boolean settled = spec.settling() == ConsumeSpec.Settling.ON_DELIVERY;
        if (!settled) {
            open.basicQos(prefetch);
        }
        return open.basicConsume(
                spec.queue(),
                settled,
                "",
                false,
                spec.sharing() == ConsumeSpec.Sharing.EXCLUSIVE,
                AmqpProperties.tableToAmqp(spec.arguments()),
                new Receiver(open));
    }

    private final class Receiver extends DefaultConsumer {
        private final Channel on;

        Receiver(Channel on) {
            super(on);
            this.on = on;
        }

        @Override
        public void handleDelivery(String consumer, Envelope envelope, BasicProperties properties, byte[] body) {
            AmqpDelivery delivery = new AmqpDelivery(on, envelope, AmqpProperties.fromAmqp(properties), body);
            if (spec.settling() == ConsumeSpec.Settling.BY_CONSUMER) {
                worker.execute(() -> counted(on, 1));
            }
            listener.delivered(delivery);
        }

        @Override
        public void handleCancel(String consumer) {
            worker.execute(() -> gone(consumer));
        }

        @Override
        public void handleShutdownSignal(String consumer, ShutdownSignalException signal) {
            worker.execute(() -> channelLost(on, signal));
        }
    }

    private void gone(String consumer) {
        if (!ended && consumer.equals(tag)) {
            end(new RequestException(
                    RequestException.Reason.NOT_FOUND, "queue '" + spec.queue() + "' was deleted", null));
            others.left(this);
            Channel open = channel;
            if (open != null) {
                closeIfDone(open);
            }
        }
    }

    /** The broker closed the channel and not the connection, such as when a message was held for too long. */
    private void channelLost(Channel lost, ShutdownSignalException signal) {
        if (!lost.equals(channel) || signal.isHardError() || signal.isInitiatedByApplication() || ended) {
            return;
        }
        interrupted();
        if (!takesReplies()) {
            others.beginAgain(this);
        }
    }

    /** What was delivered cannot be settled any more. */
    void interrupted() {
        channel = null;
        if (!ended) {
            listener.interrupted();
        }
    }

    /** Somebody else has the queue for now. */
    void waits(RequestException cause) {
        if (!ended) {
            listener.waiting(cause);
        }
    }

    void end(TransportException reason) {
        if (!ended) {
            ended = true;
            listener.ended(reason);
        }
    }

    boolean hasEnded() {
        return ended;
    }

    @Override
    public void prefetch(int count) {
        worker.execute(() -> {
            prefetch = count;
            Channel open = channel;
            if (open != null && !ended) {
                consumeAnew(open);
            }
        });
    }

    /**
     * A prefetch holds for consumers that begin after it, so another one begins on the same channel. A shared one begins
     * before the first ends, since a queue may go with its last consumer.
     */
    private void consumeAnew(Channel open) {
        String before = tag;
        try {
            if (spec.sharing() == ConsumeSpec.Sharing.EXCLUSIVE) {
                open.basicCancel(before);
                tag = consume(open);
            } else {
                tag = consume(open);
                open.basicCancel(before);
            }
        } catch (IOException | ShutdownSignalException e) {
            // The channel is lost, which it tells itself; a new one begins with the new prefetch.
            return;
        }
    }

    @Override
    public CompletableFuture<Void> cancel() {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        worker.execute(() -> {
            if (!ended) {
                ended = true;
                stop();
                others.left(this);
            }
            cancelled.complete(null);
        });
        return cancelled;
    }

    private void stop() {
        Channel open = channel;
        if (open != null && mode == Mode.TRANSACTIONAL) {
            // Consumer and unsettled deliveries go at the same moment: the next consumer finds all of them.
            Session.discard(open);
        } else if (open != null && open.isOpen()) {
            try {
                open.basicCancel(tag);
            } catch (IOException | ShutdownSignalException e) {
                // A channel that is lost delivers nothing more, either.
                return;
            }
            closeIfDone(open);
        }
    }

    /** A channel is needed as long as something that came on it is not settled. */
    private void closeIfDone(Channel open) {
        // A transaction that is not committed is given up with its channel.
        if (ended && (unsettled <= 0 || mode == Mode.TRANSACTIONAL) && !takesReplies()) {
            Session.discard(open);
        }
    }

    private void counted(Channel on, int change) {
        if (on.equals(channel)) {
            unsettled += change;
            closeIfDone(on);
        }
    }

    private void settle(Channel on, long deliveryTag, Settlement settlement) {
        if (!on.equals(channel) || !on.isOpen()) {
            return;
        }
        try {
            answer(on, deliveryTag, settlement);
            if (mode == Mode.TRANSACTIONAL) {
                on.txCommit();
            }
        } catch (IOException | ShutdownSignalException e) {
            // The message comes again; that the channel is lost, it tells itself.
            return;
        }
        counted(on, -1);
    }

    private static void answer(Channel on, long deliveryTag, Settlement settlement) throws IOException {
        switch (settlement) {
            case ACCEPT -> on.basicAck(deliveryTag, false);
            case REQUEUE -> on.basicReject(deliveryTag, true);
            case REJECT -> on.basicReject(deliveryTag, false);
        }
    }

    /**
     * Publishes and settles in one transaction.
     *
     * @throws TransportException if nothing of it was done
     */
    void commit(List<OutgoingMessage> messages, Map<Delivery, Settlement> answers) throws IOException {
        Channel open = channel;
        if (open == null || ended) {
            throw ended
                    ? new ClosedException("the consumer has ended", null)
                    : new DisconnectedException("the broker is lost", null);
        }
        for (Delivery delivery : answers.keySet()) {
            require(delivery, open);
        }
        boolean wasOpen = open.isOpen();
        boolean committed = false;
        try {
            for (OutgoingMessage message : messages) {
                open.basicPublish(
                        message.exchange(),
                        message.routingKey(),
                        AmqpProperties.toAmqp(message.properties()),
                        message.body());
            }
            for (Map.Entry<Delivery, Settlement> answer : answers.entrySet()) {
                AmqpDelivery delivery = (AmqpDelivery) answer.getKey();
                delivery.settled.set(true);
                answer(open, delivery.envelope.getDeliveryTag(), answer.getValue());
            }
            open.txCommit();
            committed = true;
        } catch (AlreadyClosedException e) {
            // The broker may refuse what was published here before all is said.
            ShutdownSignalException signal = e;
            throw wasOpen
                    ? Faults.refusal(signal)
                            .<RuntimeException>map(refusal -> refusal)
                            .orElse(e)
                    : e;
        } finally {
            if (!committed) {
                beginAnew(open);
            }
        }
        counted(open, -answers.size());
    }

    private static void require(Delivery delivery, Channel open) {
        if (!(delivery instanceof AmqpDelivery own)) {
            throw new IllegalArgumentException("a delivery of another transport");
        }
        if (!own.on.equals(open)) {
            throw new DisconnectedException("the broker was lost since the delivery, which comes again", null);
        }
        if (own.settled.get()) {
            throw new IllegalArgumentException("a delivery that is settled already");
        }
    }

    /** What a transaction had begun goes with its channel, and another channel takes its place before anybody is told. */
    private void beginAnew(Channel open) {
        Session.discard(open);
        // Without a connection everyone begins with the next one.
        if (open.equals(channel) && open.getConnection().isOpen()) {
            interrupted();
            others.beginAgain(this);
        }
    }

    private final class AmqpDelivery implements Delivery {
        private final Channel on;
        private final Envelope envelope;
        private final MessageProperties properties;
        private final byte[] body;
        private final AtomicBoolean settled = new AtomicBoolean(spec.settling() == ConsumeSpec.Settling.ON_DELIVERY);

        AmqpDelivery(Channel on, Envelope envelope, MessageProperties properties, byte[] body) {
            this.on = on;
            this.envelope = envelope;
            this.properties = properties;
            this.body = body;
        }

        @Override
        public String exchange() {
            return envelope.getExchange();
        }

        @Override
        public String routingKey() {
            return envelope.getRoutingKey();
        }

        @Override
        public MessageProperties properties() {
            return properties;
        }

        @Override
        public byte[] body() {
            return body;
        }

        @Override
        public boolean redelivered() {
            return envelope.isRedeliver();
        }

        @Override
        public void settle(Settlement settlement) {
            if (settled.compareAndSet(false, true)) {
                worker.execute(() -> AmqpConsumption.this.settle(on, envelope.getDeliveryTag(), settlement));
            }
        }
    }
}

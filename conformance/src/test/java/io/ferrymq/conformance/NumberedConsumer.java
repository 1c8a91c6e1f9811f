package io.ferrymq.conformance;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reports what it receives to the {@link Promise}, and acknowledges it: one by one, several at once, or after having
 * given it back once.
 *
 * <p>Deliveries arrive on the connection's thread, one after the other; the lock keeps that apart from the test's.
 */
final class NumberedConsumer extends DefaultConsumer {
    private static final int PREFETCH = 50;
    private static final int ACKNOWLEDGE_TOGETHER = 10;
    private static final int GIVE_BACK_ONE_IN = 100;
    private static final long CANCEL_SECONDS_MAX = 30;

    private final String queue;
    private final Promise promise;
    private final SplittableRandom random;
    private final List<NumberedBody> unacknowledged = new ArrayList<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private long newestTag;
    private boolean ended;

    private NumberedConsumer(Channel channel, String queue, Promise promise, long seed) {
        super(channel);
        this.queue = queue;
        this.promise = promise;
        this.random = new SplittableRandom(seed);
    }

    static NumberedConsumer start(Connection connection, String queue, Promise promise, long seed) throws IOException {
        Channel channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        NumberedConsumer consumer = new NumberedConsumer(channel, queue, promise, seed);
        channel.basicConsume(queue, false, consumer);
        return consumer;
    }

    @Override
    public synchronized void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
        if (ended) {
            return;
        }
        NumberedBody message = NumberedBody.decode(body).orElse(null);
        if (message == null) {
            promise.receivedUnknown(queue, "a body of " + body.length + " bytes that no one has sent");
            return;
        }
        promise.received(queue, message.publisher(), message.sequence(), envelope.isRedeliver());
        try {
            answer(envelope, message);
        } catch (IOException | AlreadyClosedException e) {
            ended = true; // The broker was killed, as it should be, and will deliver this again.
        }
    }

    private void answer(Envelope envelope, NumberedBody message) throws IOException {
        if (queue.equals(Destinations.REJECTED)) {
            getChannel().basicReject(envelope.getDeliveryTag(), false);
            return;
        }
        if (!envelope.isRedeliver() && random.nextInt(GIVE_BACK_ONE_IN) == 0) {
            getChannel().basicNack(envelope.getDeliveryTag(), false, true);
            return;
        }
        unacknowledged.add(message);
        newestTag = envelope.getDeliveryTag();
        if (unacknowledged.size() >= ACKNOWLEDGE_TOGETHER || random.nextBoolean()) {
            acknowledgeUpTo(newestTag);
        }
    }

    private void acknowledgeUpTo(long tag) throws IOException {
        getChannel().basicAck(tag, true);
        unacknowledged.forEach(settled -> promise.settled(queue, settled.publisher(), settled.sequence()));
        unacknowledged.clear();
    }

    synchronized void ignoreFurtherDeliveries() {
        ended = true;
    }

    @Override
    public void handleCancelOk(String tag) {
        cancelled.countDown();
    }

    /** Takes what is on its way, acknowledges everything, and closes the channel in order. */
    void finish() throws IOException, TimeoutException {
        getChannel().basicCancel(getConsumerTag());
        try {
            if (!cancelled.await(CANCEL_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new TimeoutException("no end of deliveries from " + queue);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a consumer ends", e);
        }
        acknowledgeRest();
        getChannel().close();
    }

    private synchronized void acknowledgeRest() throws IOException {
        if (!unacknowledged.isEmpty()) {
            acknowledgeUpTo(newestTag);
        }
    }
}

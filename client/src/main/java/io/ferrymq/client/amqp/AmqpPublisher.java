package io.ferrymq.client.amqp;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.TransportException;
import io.ferrymq.client.transport.UnroutableException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Publishing with confirms on one channel. The worker's; what the channel says becomes a task of the worker.
 *
 * <pre>
 *   a message   on                                            is
 *   unsent      a channel is there and not blocked            sent
 *   sent        the broker confirms, refuses or returns it    answered
 *   unsent      its queue is held for another connection  held back, until that is over; then unsent
 *   sent        the channel or the connection is lost         unsent again, before all others and in order
 * </pre>
 *
 * <p>A broker answers a message that it cannot take, such as one for an exchange that does not exist, by closing the
 * channel, and does not say which message it was. Then those that were sent go one at a time until the one is found.
 */
final class AmqpPublisher {
    private static final class Message {
        private final OutgoingMessage content;
        private final BasicProperties properties;
        private final CompletableFuture<Void> answer;
        private boolean returned;

        Message(OutgoingMessage content, CompletableFuture<Void> answer) {
            this.content = content;
            this.properties = AmqpProperties.toAmqp(content.properties());
            this.answer = answer;
        }
    }

    private final Executor worker;
    private final Runnable replaced;
    private final ArrayDeque<Message> unsent = new ArrayDeque<>();
    private final NavigableMap<Long, Message> sent = new TreeMap<>();
    private @Nullable Session session;
    private @Nullable Channel channel;
    private boolean blocked;
    /** Queues to which nothing is sent, since they would go with another connection; and what waits for them. */
    private Set<String> held = Set.of();

    private final ArrayDeque<Message> heldBack = new ArrayDeque<>();

    /** So many of the next ones go one at a time. */
    private int doubtful;

    /** @param replaced told when there is another channel on the same connection */
    AmqpPublisher(Executor worker, Runnable replaced) {
        this.worker = worker;
        this.replaced = replaced;
    }

    /** Takes a new connection. Publishing begins with {@link #flush}, when those who take replies listen. */
    void begin(Session opened) throws IOException {
        session = opened;
        blocked = false;
        opened.publishing().addBlockedListener(new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                worker.execute(() -> blocked(opened, true));
            }

            @Override
            public void handleUnblocked() {
                worker.execute(() -> blocked(opened, false));
            }
        });
        openChannel(opened);
    }

    private void openChannel(Session opened) throws IOException {
        Channel fresh = opened.publishing().createChannel();
        fresh.confirmSelect();
        fresh.addConfirmListener(new ConfirmListener() {
            @Override
            public void handleAck(long tag, boolean multiple) {
                worker.execute(() -> answered(fresh, tag, multiple, true));
            }

            @Override
            public void handleNack(long tag, boolean multiple) {
                worker.execute(() -> answered(fresh, tag, multiple, false));
            }
        });
        fresh.addReturnListener(returned ->
                worker.execute(() -> returned(fresh, returned.getProperties().getMessageId())));
        fresh.addShutdownListener(signal -> worker.execute(() -> channelLost(opened, fresh, signal)));
        channel = fresh;
    }

    /** The channel that replies to its messages come to. */
    Optional<Channel> channel() {
        return Optional.ofNullable(channel);
    }

    void publish(OutgoingMessage content, CompletableFuture<Void> answer) {
        unsent.add(new Message(content, answer));
        flush();
    }

    private void blocked(Session by, boolean now) {
        if (by.equals(session)) {
            blocked = now;
            flush();
        }
    }

    /** Sends what may be sent now. */
    void flush() {
        Channel open = channel;
        while (open != null && open.isOpen() && !blocked && !unsent.isEmpty() && (doubtful == 0 || sent.isEmpty())) {
            Message next = unsent.remove();
            if (isHeld(next)) {
                heldBack.add(next);
            } else if (!send(open, next)) {
                return;
            }
        }
    }

    private boolean isHeld(Message message) {
        return !held.isEmpty() && message.content.exchange().isEmpty() && held.contains(message.content.routingKey());
    }

    /** From now on messages wait that go straight to one of these queues; others that waited are sent with {@link #flush}. */
    void hold(Set<String> queues) {
        held = queues;
        // They are older than what is not sent yet, and in order.
        while (!heldBack.isEmpty()) {
            unsent.addFirst(heldBack.removeLast());
        }
    }

    /** Sends one; false if that told that the channel is lost, which comes as a task of its own. */
    private boolean send(Channel open, Message message) {
        OutgoingMessage content = message.content;
        sent.put(open.getNextPublishSeqNo(), message);
        try {
            open.basicPublish(
                    content.exchange(),
                    content.routingKey(),
                    content.unroutable() == OutgoingMessage.Unroutable.FAIL,
                    message.properties,
                    content.body());
            return true;
        } catch (IllegalArgumentException e) {
            // It cannot be written at all. The channel has counted it, and the broker has not: another channel is
            // needed.
            sent.values().remove(message);
            message.answer.completeExceptionally(
                    new RequestException(RequestException.Reason.INVALID, String.valueOf(e.getMessage()), e));
            Session.discard(open);
            return false;
        } catch (IOException | ShutdownSignalException e) {
            return false;
        }
    }

    private void answered(Channel by, long tag, boolean multiple, boolean taken) {
        if (!by.equals(channel)) {
            return;
        }
        NavigableMap<Long, Message> which = multiple ? sent.headMap(tag, true) : sent.subMap(tag, true, tag, true);
        List<Message> answered = new ArrayList<>(which.values());
        which.clear();
        doubtful = Math.max(0, doubtful - answered.size());
        for (Message message : answered) {
            answer(message, taken);
        }
        flush();
    }

    private static void answer(Message message, boolean taken) {
        OutgoingMessage content = message.content;
        if (!taken) {
            message.answer.completeExceptionally(
                    new RefusedException("the broker refused the message: a queue is full"));
        } else if (message.returned) {
            message.answer.completeExceptionally(new UnroutableException(content.exchange(), content.routingKey()));
        } else {
            message.answer.complete(null);
        }
    }

    /** The broker returns a message before it confirms it. */
    private void returned(Channel by, @Nullable String messageId) {
        if (!by.equals(channel)) {
            return;
        }
        for (Message message : sent.values()) {
            if (!message.returned && message.properties.getMessageId().equals(messageId)) {
                message.returned = true;
                return;
            }
        }
    }

    private void channelLost(Session of, Channel lost, ShutdownSignalException signal) {
        if (!lost.equals(channel) || signal.isHardError()) {
            return;
        }
        sendAgain(Faults.refusal(signal));
        try {
            openChannel(of);
        } catch (IOException | ShutdownSignalException e) {
            // The connection is lost, too, which its own listener tells.
            channel = null;
            return;
        }
        replaced.run();
        flush();
    }

    /** The connection is lost; the refusal is there if that was the broker's answer to something. */
    void interrupted(Optional<RequestException> refusal) {
        channel = null;
        session = null;
        hold(Set.of());
        sendAgain(refusal);
    }

    private void sendAgain(Optional<RequestException> refusal) {
        if (refusal.isPresent() && sent.size() == 1 && doubtful > 0) {
            Message guilty = sent.pollFirstEntry().getValue();
            doubtful--;
            guilty.answer.completeExceptionally(refusal.get());
        } else if (refusal.isPresent()) {
            doubtful = Math.max(doubtful, sent.size());
        }
        List<Message> again = new ArrayList<>(sent.values());
        sent.clear();
        for (int i = again.size() - 1; i >= 0; i--) {
            again.get(i).returned = false;
            unsent.addFirst(again.get(i));
        }
    }

    void end(ClosedException reason) {
        channel = null;
        hold(Set.of());
        fail(sent.values(), reason);
        fail(unsent, reason);
        sent.clear();
        unsent.clear();
    }

    private static void fail(Iterable<Message> messages, TransportException reason) {
        messages.forEach(message -> message.answer.completeExceptionally(reason));
    }
}

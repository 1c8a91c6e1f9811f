package io.ferrymq.broker.simulation;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One client in a test, in few words: bodies are texts, and what the broker says unasked is written down. */
public final class Guest implements LinkListener {
    public final Link link;
    /** What the broker said: {@code durable}, {@code blocked: reason}, {@code unblocked}, and so on. */
    public final List<String> heard = new ArrayList<>();

    public Guest(World world) {
        link = world.link(this);
    }

    // ---- what exists ----

    /** A durable queue with arguments, given as name, value, name, value. */
    public void declare(String queue, Object... arguments) {
        link.declareQueue(new QueueSpec(queue, true, false, false, QueueArguments.of(table(arguments))));
    }

    /** A queue that ends with the process. */
    public void declareTransient(String queue, Object... arguments) {
        link.declareQueue(new QueueSpec(queue, false, false, false, QueueArguments.of(table(arguments))));
    }

    private static Map<String, @Nullable Object> table(Object... arguments) {
        Map<String, @Nullable Object> table = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            table.put((String) arguments[i], arguments[i + 1]);
        }
        return table;
    }

    public long ready(String queue) {
        return link.checkQueue(queue).messagesReady();
    }

    // ---- messages ----

    /** Publishes persistent messages to one queue. */
    public void publish(String queue, String... bodies) {
        for (String body : bodies) {
            send(queue, body, true, 0, Publication.NEVER);
        }
    }

    /** Publishes messages that are not persistent to one queue. */
    public void publishTransient(String queue, String... bodies) {
        for (String body : bodies) {
            send(queue, body, false, 0, Publication.NEVER);
        }
    }

    public Publication send(String queue, String body, boolean persistent, int priority, long expirationMillis) {
        Publication publication = message("message_id=" + body, body);
        publication.address(ShortText.EMPTY, ShortText.of(queue), List.of());
        publication.terms(persistent, priority, expirationMillis);
        link.publish(publication);
        return publication;
    }

    /** A persistent message for nobody yet. */
    public static Publication message(String header, String body) {
        Publication publication = new Publication(PlainFormat.INSTANCE);
        publication.content(
                Unpooled.copiedBuffer(header, StandardCharsets.UTF_8),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        publication.terms(true, 0, Publication.NEVER);
        return publication;
    }

    /** A consumer that answers. */
    public Inbox consume(String queue, int credit, Object... arguments) {
        return subscribe(
                new SubscriptionRequest(queue, "tag", Settling.BY_CONSUMER, Sharing.SHARED, table(arguments)), credit);
    }

    /** A consumer that need not answer. */
    public Inbox consumeSettled(String queue, int credit) {
        return subscribe(new SubscriptionRequest(queue, "tag", Settling.ON_DELIVERY, Sharing.SHARED, Map.of()), credit);
    }

    public Inbox subscribe(SubscriptionRequest request, int credit) {
        Inbox inbox = new Inbox(credit);
        inbox.subscription = link.subscribe(request, inbox);
        return inbox;
    }

    /** Fetches one message that waits for an answer; the inbox is empty if there is none. */
    public Inbox fetch(String queue) {
        Inbox inbox = new Inbox(1);
        link.fetch(queue, Settling.BY_CONSUMER, inbox);
        return inbox;
    }

    /** Takes all that is ready in a queue, and forgets it. */
    public List<String> drain(World world, String queue) {
        Inbox inbox = consumeSettled(queue, Integer.MAX_VALUE);
        world.settle();
        inbox.cancel();
        return inbox.texts();
    }

    // ---- what the broker says ----

    @Override
    public void durable(long sequence) {
        heard.add("durable");
    }

    @Override
    public void blocked(String reason) {
        heard.add("blocked: " + reason);
    }

    @Override
    public void unblocked() {
        heard.add("unblocked");
    }

    @Override
    public void relieved() {
        heard.add("relieved");
    }

    @Override
    public void closing(String reason) {
        heard.add("closing: " + reason);
    }
}

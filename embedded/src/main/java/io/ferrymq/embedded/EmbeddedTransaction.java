package io.ferrymq.embedded;

import io.ferrymq.broker.Link;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransactionalConsumption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** A consumer whose settlements and messages are carried out in one turn of the lane. Any thread. */
final class EmbeddedTransaction implements TransactionalConsumption {
    /** What a message takes in the log beside its body. */
    private static final int MESSAGE_BYTES = 2 << 10;

    private static final int TOGETHER_BYTES_MAX = 1 << 20;

    private final Function<Consumer<Link>, CompletableFuture<Void>> requests;
    private final EmbeddedPublisher publisher;
    private final EmbeddedConsumption consumption;

    /** @param requests does something on the lane, and answers when it is durable */
    EmbeddedTransaction(
            Function<Consumer<Link>, CompletableFuture<Void>> requests,
            EmbeddedPublisher publisher,
            EmbeddedConsumption consumption) {
        this.requests = requests;
        this.publisher = publisher;
        this.consumption = consumption;
    }

    @Override
    public CompletableFuture<Void> commit(List<OutgoingMessage> messages, Map<Delivery, Settlement> settlements) {
        List<OutgoingMessage> copies = List.copyOf(messages);
        // In the caller's order: what is rejected becomes dead letters in it.
        Map<Delivery, Settlement> answers = new LinkedHashMap<>(settlements);
        return requests.apply(link -> carryOut(link, copies, answers));
    }

    private void carryOut(Link link, List<OutgoingMessage> messages, Map<Delivery, Settlement> answers) {
        if (consumption.hasEnded()) {
            throw new ClosedException("the consumer has ended", null);
        }
        publisher.requireAcceptable(messages);
        answers.keySet().forEach(consumption::require);
        long bytes = answers.size() * 32L;
        for (OutgoingMessage message : messages) {
            bytes += message.body().length + (long) MESSAGE_BYTES;
        }
        link.together((int) Math.min(TOGETHER_BYTES_MAX, bytes));
        int refused = 0;
        for (OutgoingMessage message : messages) {
            refused += publisher.publishNow(message) ? 0 : 1;
        }
        answers.forEach(consumption::settleNow);
        link.writeSettlements();
        if (refused > 0) {
            throw new RefusedException("a queue refused " + refused + " messages of a transaction: full");
        }
    }

    @Override
    public CompletableFuture<Void> cancel() {
        return consumption.cancelGivingBack();
    }
}

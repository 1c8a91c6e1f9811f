package io.ferrymq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.OutgoingMessage.Unroutable;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransactionalConsumption;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import io.ferrymq.client.transport.UnroutableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link Transport} promises: exchanges, bindings, properties, prefetch, refusals. */
@Timeout(120)
public abstract class TransportContract {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Keeps what was delivered. */
    private static final class Inbox implements DeliveryListener {
        private final LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        private final CompletableFuture<TransportException> ended = new CompletableFuture<>();
        private volatile boolean wasInterrupted;

        @Override
        public void delivered(Delivery delivery) {
            deliveries.add(delivery);
        }

        @Override
        public void interrupted() {
            wasInterrupted = true;
        }

        @Override
        public void ended(TransportException cause) {
            ended.complete(cause);
        }

        /** Whether what was delivered comes again. */
        boolean hasLost() {
            return wasInterrupted;
        }

        Delivery next() throws InterruptedException {
            Delivery next = deliveries.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("a delivery").isNotNull();
            if (next == null) {
                throw new IllegalStateException("no delivery");
            }
            return next;
        }
    }

    private Transport transport;
    private final List<String> queues = new ArrayList<>();

    protected abstract Transport open();

    @BeforeEach
    void openTransport() {
        transport = open();
    }

    @AfterEach
    void closeTransport() {
        queues.forEach(queue -> transport.deleteQueue(queue).join());
        transport.close();
    }

    private String queue() {
        return queue(QueueDeclaration.durable("contract-" + System.nanoTime()));
    }

    private String queue(QueueDeclaration declaration) {
        String name = transport.declareQueue(declaration).join().name();
        queues.add(name);
        return name;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Delivery delivery) {
        return new String(delivery.body(), StandardCharsets.UTF_8);
    }

    private void send(String exchange, String key, String body) {
        transport
                .publish(new OutgoingMessage(exchange, key, MessageProperties.NONE, bytes(body), Unroutable.FAIL))
                .join();
    }

    @Test
    void aListenerThatThrowsHarmsNobody() throws InterruptedException {
        String bad = queue();
        String good = queue();
        transport
                .consume(ConsumeSpec.shared(bad, 1), delivery -> {
                    throw new IllegalStateException("as the test wants");
                })
                .join();
        Inbox inbox = new Inbox();
        transport.consume(ConsumeSpec.shared(good, 1), inbox).join();
        send("", bad, "thrown over");
        send("", good, "fine");
        assertThat(text(inbox.next())).isEqualTo("fine");
    }

    @Test
    void anExchangeSendsWhereItsBindingsSay() {
        String exchange = "contract-topic-" + System.nanoTime();
        String all = queue();
        String some = queue();
        transport
                .declareExchange(ExchangeDeclaration.durable(exchange, "topic"))
                .join();
        transport.bind(new Binding(all, exchange, "#")).join();
        transport.bind(new Binding(some, exchange, "order.*")).join();
        send(exchange, "order.new", "a");
        send(exchange, "invoice.new", "b");
        assertThat(transport.inspect(all).join().ready()).isEqualTo(2);
        assertThat(transport.inspect(some).join().ready()).isEqualTo(1);
        transport.unbind(new Binding(some, exchange, "order.*")).join();
        send(exchange, "order.new", "c");
        assertThat(transport.inspect(some).join().ready()).isEqualTo(1);
        transport.deleteExchange(exchange).join();
        assertThatThrownBy(() -> send(exchange, "order.new", "d")).hasCauseInstanceOf(RequestException.class);
        send("", some, "the transport goes on");
    }

    @Test
    void aQueueIsDeclaredAndBoundAtOnce() throws InterruptedException {
        String name = "contract-" + System.nanoTime();
        queues.add(name);
        transport
                .declareQueueOnce(
                        QueueDeclaration.durable(name),
                        new Binding(name, "amq.direct", name + "-1"),
                        new Binding(name, "amq.direct", name + "-2"))
                .join();
        Inbox inbox = new Inbox();
        transport.consume(ConsumeSpec.shared(name, 0), inbox).join();
        send("amq.direct", name + "-1", "one");
        send("amq.direct", name + "-2", "two");
        assertThat(text(inbox.next())).isEqualTo("one");
        assertThat(text(inbox.next())).isEqualTo("two");
        QueueDeclaration other = QueueDeclaration.durable(name).with("x-max-length", 1);
        assertThatThrownBy(() -> transport.declareQueueOnce(other).join()).hasCauseInstanceOf(RequestException.class);
    }

    @Test
    void everyPropertyArrives() throws InterruptedException {
        Map<String, @Nullable Object> nested = new LinkedHashMap<>();
        nested.put("list", List.of("a", 1, Map.of("deep", true)));
        nested.put("nothing", null);
        MessageProperties sent = MessageProperties.builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .header("table", nested)
                .header("long", 1L << 40)
                .priority(3)
                .correlationId("c")
                .replyTo("r")
                .expiration(Duration.ofMinutes(5))
                .messageId("m")
                .timestamp(Instant.ofEpochSecond(1_700_000_000))
                .type("t")
                .appId("app")
                .build();
        String queue = queue();
        transport.publish(OutgoingMessage.toQueue(queue, sent, bytes("body"))).join();
        Inbox inbox = new Inbox();
        transport.consume(ConsumeSpec.shared(queue, 1), inbox).join();
        Delivery delivery = inbox.next();
        assertThat(delivery.properties()).isEqualTo(sent);
        assertThat(delivery.routingKey()).isEqualTo(queue);
        assertThat(text(delivery)).isEqualTo("body");
        delivery.settle(Settlement.ACCEPT);
    }

    @Test
    void noMoreIsDeliveredThanThePrefetchAllowsAndItCanBeChanged() throws InterruptedException {
        String queue = queue();
        for (int i = 0; i < 10; i++) {
            send("", queue, "message " + i);
        }
        Inbox inbox = new Inbox();
        Consumption consumption =
                transport.consume(ConsumeSpec.shared(queue, 2), inbox).join();
        await().atMost(LONG).until(() -> inbox.deliveries.size() == 2);
        assertThat(transport.inspect(queue).join().ready()).isEqualTo(8);
        List<Delivery> held = List.of(inbox.next(), inbox.next());
        consumption.prefetch(5);
        await().atMost(LONG).until(() -> inbox.deliveries.size() >= 3);
        held.forEach(delivery -> delivery.settle(Settlement.ACCEPT));
        for (int i = 2; i < 10; i++) {
            Delivery next = inbox.next();
            assertThat(text(next)).isEqualTo("message " + i);
            next.settle(Settlement.ACCEPT);
        }
        assertThat(transport.inspect(queue).join().consumers()).isEqualTo(1);
    }

    @Test
    void whatWasDeliveredCanBeSettledAfterTheConsumerEnded() throws InterruptedException {
        String queue = queue();
        send("", queue, "a");
        Inbox inbox = new Inbox();
        Consumption consumption =
                transport.consume(ConsumeSpec.shared(queue, 1), inbox).join();
        Delivery delivery = inbox.next();
        consumption.cancel().join();
        assertThat(transport.inspect(queue).join().consumers()).isZero();
        delivery.settle(Settlement.REQUEUE);
        await().atMost(LONG).until(() -> transport.inspect(queue).join().ready() == 1);
    }

    @Test
    void aMessageWithoutAQueueIsReturnedIfItInsists() {
        OutgoingMessage lost = new OutgoingMessage("", "nowhere", MessageProperties.NONE, bytes("a"), Unroutable.FAIL);
        assertThatThrownBy(() -> transport.publish(lost).join()).hasCauseInstanceOf(UnroutableException.class);
        transport
                .publish(new OutgoingMessage("", "nowhere", MessageProperties.NONE, bytes("a"), Unroutable.DROP))
                .join();
    }

    @Test
    void aFullQueueRefuses() {
        String queue = queue(QueueDeclaration.durable("contract-" + System.nanoTime())
                .with("x-max-length", 1)
                .with("x-overflow", "reject-publish"));
        send("", queue, "a");
        assertThatThrownBy(() -> send("", queue, "b")).hasCauseInstanceOf(RefusedException.class);
    }

    @Test
    void aBadMessageFailsAloneAndTheOthersArriveInOrder() throws InterruptedException {
        String queue = queue();
        List<CompletableFuture<Void>> good = new ArrayList<>();
        List<CompletableFuture<Void>> bad = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            if (i % 10 == 5) {
                bad.add(transport.publish(new OutgoingMessage(
                        "no such exchange", "", MessageProperties.NONE, bytes("bad"), Unroutable.DROP)));
            }
            good.add(transport.publish(OutgoingMessage.toQueue(queue, MessageProperties.NONE, bytes("" + i))));
        }
        good.forEach(CompletableFuture::join);
        assertThat(bad)
                .allSatisfy(failed -> assertThatThrownBy(failed::join).hasCauseInstanceOf(RequestException.class));
        Inbox inbox = new Inbox();
        transport.consume(ConsumeSpec.settledOnDelivery(queue), inbox).join();
        List<String> firsts = new ArrayList<>();
        while (firsts.size() < 30) {
            String next = text(inbox.next());
            if (!firsts.contains(next)) {
                firsts.add(next);
            }
        }
        assertThat(firsts).isSortedAccordingTo((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        assertThatThrownBy(() -> transport.inspect("no such queue").join())
                .cause()
                .isInstanceOfSatisfying(
                        RequestException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(RequestException.Reason.NOT_FOUND));
        assertThatThrownBy(() -> transport
                        .consume(ConsumeSpec.shared("no such queue", 1), new Inbox())
                        .join())
                .hasCauseInstanceOf(RequestException.class);
        assertThatThrownBy(() -> transport
                        .declareExchange(ExchangeDeclaration.durable("contract-odd", "no such type"))
                        .join())
                .hasCauseInstanceOf(RequestException.class);
        queue();
    }

    @Test
    void aConsumerHearsThatItsQueueIsGone() {
        String queue = queue();
        Inbox inbox = new Inbox();
        transport.consume(ConsumeSpec.shared(queue, 1), inbox).join();
        transport.deleteQueue(queue).join();
        assertThat(inbox.ended.join()).isInstanceOf(RequestException.class);
    }

    private static OutgoingMessage message(String queue, String body) {
        return new OutgoingMessage("", queue, MessageProperties.NONE, bytes(body), Unroutable.DROP);
    }

    @Test
    void aTransactionPublishesAndSettlesTogether() throws InterruptedException {
        String queue = queue();
        String other = queue();
        send("", queue, "a");
        send("", queue, "b");
        Inbox inbox = new Inbox();
        TransactionalConsumption consumption = transport
                .consumeTransactionally(ConsumeSpec.shared(queue, 0), inbox)
                .join();
        Delivery a = inbox.next();
        Delivery b = inbox.next();
        consumption
                .commit(
                        List.of(message(other, "from a"), message(queue, "c"), message("nowhere", "dropped")),
                        Map.of(a, Settlement.ACCEPT))
                .join();
        assertThat(transport.inspect(other).join().ready()).isEqualTo(1);
        Delivery c = inbox.next();
        assertThat(text(c)).isEqualTo("c");
        b.settle(Settlement.ACCEPT);
        consumption.commit(List.of(), Map.of()).join();
        consumption.cancel().join();
        await().atMost(LONG).until(() -> transport.inspect(queue).join().ready() == 1);
        Inbox next = new Inbox();
        transport.consume(ConsumeSpec.shared(queue, 0), next).join();
        Delivery left = next.next();
        assertThat(text(left)).isEqualTo("c");
        assertThat(left.redelivered()).isTrue();
    }

    @Test
    void aTransactionThatCannotBeCarriedOutChangesNothing() throws InterruptedException {
        String queue = queue();
        String other = queue();
        send("", queue, "a");
        Inbox inbox = new Inbox();
        TransactionalConsumption consumption = transport
                .consumeTransactionally(ConsumeSpec.shared(queue, 0), inbox)
                .join();
        OutgoingMessage bad =
                new OutgoingMessage("no such exchange", "", MessageProperties.NONE, bytes("bad"), Unroutable.DROP);
        Delivery a = inbox.next();
        assertThatThrownBy(() -> consumption
                        .commit(List.of(message(other, "from a"), bad), Map.of(a, Settlement.ACCEPT))
                        .join())
                .hasCauseInstanceOf(RequestException.class);
        assertThat(transport.inspect(other).join().ready()).isZero();
        // Over a network the channel is lost, and the message comes again; in the process it is still held.
        Delivery again = inbox.hasLost() ? inbox.next() : a;
        consumption
                .commit(List.of(message(other, "from a")), Map.of(again, Settlement.ACCEPT))
                .join();
        assertThat(transport.inspect(other).join().ready()).isEqualTo(1);
        assertThatThrownBy(() -> consumption
                        .commit(List.of(message(other, "twice")), Map.of(again, Settlement.ACCEPT))
                        .join())
                .hasCauseInstanceOf(RequestException.class);
        assertThat(transport.inspect(other).join().ready()).isEqualTo(1);
    }

    @Test
    void whoeverWaitsForAQueueWithOneActiveConsumerGetsWhatATransactionLeft() throws InterruptedException {
        String queue =
                queue(QueueDeclaration.durable("contract-" + System.nanoTime()).with("x-single-active-consumer", true));
        Transport other = open();
        Inbox first = new Inbox();
        TransactionalConsumption active = other.consumeTransactionally(ConsumeSpec.shared(queue, 0), first)
                .join();
        Inbox second = new Inbox();
        transport.consumeTransactionally(ConsumeSpec.shared(queue, 0), second).join();
        send("", queue, "a");
        send("", queue, "b");
        Delivery a = first.next();
        first.next();
        active.commit(List.of(message(queue, "a2")), Map.of(a, Settlement.ACCEPT))
                .join();
        first.next();
        assertThat(second.deliveries).isEmpty();
        other.close();
        assertThat(List.of(text(second.next()), text(second.next()))).containsExactly("b", "a2");
    }

    @Test
    void aTransactionNeedsSomethingToSettle() {
        assertThatThrownBy(() -> transport.consumeTransactionally(ConsumeSpec.settledOnDelivery("q"), new Inbox()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTemporaryQueueGoesWithItsTransport() {
        Transport other = open();
        String name = other.declareQueue(QueueDeclaration.temporary()).join().name();
        other.close();
        assertThatThrownBy(() -> transport.inspect(name).join()).hasCauseInstanceOf(RequestException.class);
    }

    @Test
    void closingFailsWhatIsOpen() {
        Transport other = open();
        String queue = queue();
        Inbox inbox = new Inbox();
        other.consume(ConsumeSpec.shared(queue, 1), inbox).join();
        other.close();
        assertThat(inbox.ended.join()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> other.inspect(queue).join()).hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> other.publish(OutgoingMessage.toQueue(queue, MessageProperties.NONE, bytes("late")))
                        .join())
                .hasCauseInstanceOf(ClosedException.class);
    }

    @Test
    @SuppressWarnings("NullAway") // That is what is tried.
    void aNameThatIsNullOrEmptyEndsThatCallAndNothingElse() {
        List<ThrowingCallable> withNull = List.of(
                () -> transport.purge(null),
                () -> transport.inspect(null),
                () -> transport.deleteQueue(null),
                () -> transport.deleteExchange(null),
                () -> QueueDeclaration.durable(null),
                () -> ExchangeDeclaration.durable(null, "direct"),
                () -> ExchangeDeclaration.durable("x", null),
                () -> new Binding(null, "x", ""),
                () -> new Binding("q", null, ""),
                () -> new Binding("q", "x", null),
                () -> ConsumeSpec.shared(null, 1),
                () -> OutgoingMessage.toQueue(null, MessageProperties.NONE, new byte[0]),
                () -> OutgoingMessage.toQueue("q", MessageProperties.NONE, null));
        assertThat(withNull)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("is null"));
        List<ThrowingCallable> withNothing = List.of(
                () -> transport.purge(""),
                () -> transport.inspect(""),
                () -> transport.deleteQueue(""),
                () -> new Binding("", "x", ""),
                () -> ConsumeSpec.shared("", 1),
                () -> QueueOptions.durable(""),
                () -> QueueOptions.existing(""));
        assertThat(withNothing)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("is empty"));
        assertThat(transport.declareQueue(QueueDeclaration.temporary()).join().name())
                .isNotEmpty();
    }
}

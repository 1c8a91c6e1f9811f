package io.ferrymq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.delivery.Consumers.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConsumersTest {
    private final TurnBudget budget = new TurnBudget(Long.MAX_VALUE);
    private long unsettled;

    @Test
    void theHighestPriorityGoesFirstAndTakesTurns() {
        Consumers consumers = consumers(Choice.IN_TURN);
        Consumer low = add(consumers, 0);
        Consumer first = add(consumers, 5);
        Consumer second = add(consumers, 5);

        assertThat(next(consumers, 3)).containsExactly(first, second, first);

        sink(first).credit = false;
        sink(second).credit = false;
        assertThat(next(consumers, 2)).containsExactly(low, low);

        sink(second).credit = true;
        consumers.resume(second);
        assertThat(next(consumers, 2)).containsExactly(second, second);
    }

    @Test
    void asksNoMoreConsumersThanIsEnough() {
        Consumers consumers = consumers(Choice.IN_TURN);
        List<Consumer> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(add(consumers, i % 10));
        }
        all.forEach(consumer -> sink(consumer).amount = 2);
        assertThat(consumers.credit(6, budget)).isEqualTo(6);
        assertThat(asked(all)).isEqualTo(3);
        assertThat(budget.spent()).isEqualTo(3);
        assertThat(consumers.credit(Long.MAX_VALUE, budget)).isEqualTo(2_000);
    }

    @Test
    void asksNobodyTwiceWhoHasNoCredit() {
        Consumers consumers = consumers(Choice.IN_TURN);
        List<Consumer> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(add(consumers, i % 10));
        }
        all.forEach(consumer -> sink(consumer).credit = false);
        assertThat(consumers.credit(6, budget)).isZero();
        assertThat(consumers.credit(6, budget)).isZero();
        assertThat(asked(all)).isEqualTo(1_000);

        Consumer resumed = all.get(500);
        sink(resumed).credit = true;
        consumers.resume(resumed);
        assertThat(consumers.credit(6, budget)).isPositive();
        assertThat(consumers.next()).isSameAs(resumed);
    }

    @Test
    void oneThatEndsLeavesTheOthersInTurn() {
        Consumers consumers = consumers(Choice.IN_TURN);
        List<Consumer> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(add(consumers, 0));
        }
        consumers.remove(all.get(1));
        assertThat(next(consumers, 4)).containsExactly(all.get(0), all.get(2), all.get(3), all.get(0));

        consumers.remove(all.get(2));
        consumers.remove(all.get(3));
        consumers.remove(all.get(0));
        assertThat(consumers.isEmpty()).isTrue();
        assertThat(consumers.next()).isNull();
    }

    @Test
    void aParkedOneThatEndsIsForgotten() {
        Consumers consumers = consumers(Choice.IN_TURN);
        Consumer parked = add(consumers, 1);
        Consumer other = add(consumers, 0);
        sink(parked).credit = false;
        assertThat(next(consumers, 1)).containsExactly(other);

        consumers.remove(parked);
        assertThat(next(consumers, 1)).containsExactly(other);
        assertThat(consumers.count()).isEqualTo(1);
    }

    @Test
    void theActiveOneOfAClassicQueueStaysUntilItEnds() {
        Consumers consumers = consumers(Choice.ONE_WHILE_IT_LASTS);
        Consumer low = add(consumers, 0);
        Consumer middle = add(consumers, 5);
        Consumer high = add(consumers, 10);
        assertThat(next(consumers, 2)).containsExactly(low, low);

        consumers.remove(low);
        assertThat(next(consumers, 1)).containsExactly(high);
        assertThat(consumers.isHandingOver()).isFalse();
        consumers.remove(high);
        assertThat(next(consumers, 1)).containsExactly(middle);
    }

    @Test
    void theActiveOneOfAQuorumQueueGivesWayToAHigherPriority() {
        Consumers consumers = consumers(Choice.ONE_OF_THE_HIGHEST);
        Consumer low = add(consumers, 0);
        Consumer equal = add(consumers, 0);
        assertThat(next(consumers, 1)).containsExactly(low);

        Consumer high = add(consumers, 10);
        assertThat(next(consumers, 1)).containsExactly(high);
        consumers.remove(low);
        consumers.remove(high);
        assertThat(next(consumers, 1)).containsExactly(equal);
    }

    @Test
    void itGetsNoMoreAndTheOtherWaitsUntilAllIsSettled() {
        Consumers consumers = consumers(Choice.ONE_OF_THE_HIGHEST);
        add(consumers, 0);
        unsettled = 2;
        Consumer high = add(consumers, 10);

        assertThat(consumers.next()).isNull();
        assertThat(consumers.credit(1, budget)).isZero();
        assertThat(consumers.isHandingOver()).isTrue();

        unsettled = 0;
        assertThat(next(consumers, 1)).containsExactly(high);
        assertThat(consumers.isHandingOver()).isFalse();
    }

    @Test
    void itGoesOnIfTheOtherEndsMeanwhile() {
        Consumers consumers = consumers(Choice.ONE_OF_THE_HIGHEST);
        Consumer low = add(consumers, 0);
        unsettled = 1;
        Consumer high = add(consumers, 10);
        assertThat(consumers.next()).isNull();

        consumers.remove(high);
        assertThat(next(consumers, 1)).containsExactly(low);
    }

    @Test
    void theOtherTakesOverAtOnceIfItEnds() {
        Consumers consumers = consumers(Choice.ONE_OF_THE_HIGHEST);
        Consumer low = add(consumers, 0);
        unsettled = 1;
        Consumer high = add(consumers, 10);

        consumers.remove(low);
        assertThat(next(consumers, 1)).containsExactly(high);
    }

    private Consumers consumers(Choice choice) {
        return new Consumers(choice, () -> unsettled);
    }

    private static List<@Nullable Consumer> next(Consumers consumers, int times) {
        List<@Nullable Consumer> chosen = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            chosen.add(consumers.next());
        }
        return chosen;
    }

    private static Consumer add(Consumers consumers, int priority) {
        SubscriptionRequest request = new SubscriptionRequest(
                "q",
                "tag",
                SubscriptionRequest.Settling.ON_DELIVERY,
                SubscriptionRequest.Sharing.SHARED,
                Map.of("x-priority", priority));
        Consumer consumer = new Consumer(request, new Taker(), new Nobody(), 0);
        consumers.add(consumer);
        return consumer;
    }

    private static Taker sink(Consumer consumer) {
        return (Taker) consumer.sink();
    }

    private static int asked(List<Consumer> consumers) {
        return consumers.stream().mapToInt(consumer -> sink(consumer).asked).sum();
    }

    private static final class Taker implements DeliverySink {
        private boolean credit = true;
        private int amount = 1;
        private int asked;

        @Override
        public boolean hasCredit() {
            asked++;
            return credit;
        }

        @Override
        public int credit() {
            return credit ? amount : 0;
        }

        @Override
        public void deliver(Delivery delivery) {}

        @Override
        public void cancelled() {}
    }

    private static final class Nobody implements Consumer.Source {
        @Override
        public void resumed(Consumer consumer) {}

        @Override
        public void cancelled(Consumer consumer) {}
    }
}

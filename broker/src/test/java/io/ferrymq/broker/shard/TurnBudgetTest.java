package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing keeps the lane longer than a turn's budget, and what takes several turns looks as if it took one. */
class TurnBudgetTest {
    private static final int MANY = 20_000;

    private World world;
    private Guest guest;
    private Guest other;

    @BeforeEach
    void open() throws IOException {
        world = World.fresh();
        guest = new Guest(world);
        other = new Guest(world);
    }

    private void fill(String queue, int count) {
        for (int i = 0; i < count; i++) {
            guest.publishTransient(queue, "" + i);
        }
        world.settle();
    }

    private static List<String> texts(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    /** How many turns the lane has until nothing is left to do. */
    private int turns() {
        int turns = 0;
        while (world.lane.turn()) {
            turns++;
        }
        return turns;
    }

    @Test
    void aTurnsBudgetIsForAllQueuesTogetherAndEachHasItsGo() {
        List<Inbox> inboxes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            guest.declareTransient("q" + i);
            fill("q" + i, 400);
        }
        for (int i = 0; i < 100; i++) {
            inboxes.add(guest.consumeSettled("q" + i, Integer.MAX_VALUE));
        }
        int before = 0;
        while (world.lane.turn()) {
            int received =
                    inboxes.stream().mapToInt(inbox -> inbox.received.size()).sum();
            assertThat(received - before).isLessThan(6_000);
            before = received;
            if (received >= 20_000) {
                assertThat(inboxes).allMatch(inbox -> !inbox.received.isEmpty());
            }
        }
        assertThat(inboxes).allMatch(inbox -> inbox.texts().equals(texts(400)));
    }

    @Test
    void aLongPurgeTakesSeveralTurnsAndItsAnswerComesAfterIt() {
        guest.declareTransient("q");
        fill("q", MANY);
        boolean[] answered = {false};
        assertThat(guest.link.purgeQueue("q")).isEqualTo(MANY);
        guest.link.afterDurable(() -> answered[0] = true);
        assertThat(answered[0]).isFalse();
        assertThat(other.ready("q")).isPositive();
        other.publishTransient("q", "later");
        Inbox inbox = other.consumeSettled("q", Integer.MAX_VALUE);
        assertThat(turns()).isGreaterThan(2);
        world.settle();
        assertThat(answered[0]).isTrue();
        assertThat(inbox.texts()).containsExactly("later");
    }

    @Test
    void aLongQueueIsGoneAtOnceAndLetsGoOfItsMessagesLater() {
        guest.declareTransient("q");
        fill("q", 50_000);
        guest.link.deleteQueue("q", Set.of());
        guest.declareTransient("q");
        assertThat(guest.ready("q")).isZero();
        guest.publishTransient("q", "new");
        assertThat(turns()).isGreaterThan(1);
        assertThat(guest.drain(world, "q")).containsExactly("new");
    }

    /** As a channel does that ends with very many deliveries. */
    private void giveBackAll(Inbox inbox, Settlement settlement) {
        int[] next = {0};
        guest.link.work(
                budget -> {
                    while (next[0] < inbox.received.size()) {
                        if (budget.isSpent()) {
                            return false;
                        }
                        guest.link.settle(inbox.held(next[0]++), settlement);
                        budget.spend(TurnBudget.SETTLEMENT);
                    }
                    return true;
                },
                () -> {});
    }

    @Test
    void whileVeryManyMessagesComeBackNoneOvertakesAnother() {
        guest.declareTransient("q");
        fill("q", MANY);
        Inbox first = guest.consume("q", MANY);
        world.settle();
        assertThat(first.received).hasSize(MANY);
        guest.publishTransient("q", "" + MANY);
        giveBackAll(first, Settlement.REQUEUE);
        Inbox second = other.consumeSettled("q", Integer.MAX_VALUE);
        world.lane.turn();
        assertThat(second.received).isEmpty();
        world.settle();
        assertThat(second.texts()).isEqualTo(texts(MANY + 1));
    }

    @Test
    void veryManyRejectedMessagesDieInSeveralTurnsAndInTheirOrder() {
        guest.declareTransient("dead");
        guest.declareTransient("q", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        fill("q", 5_000);
        Inbox inbox = guest.consume("q", 5_000);
        world.settle();
        giveBackAll(inbox, Settlement.REJECT);
        assertThat(turns()).isGreaterThan(3);
        world.settle();
        assertThat(guest.drain(world, "dead")).isEqualTo(texts(5_000));
    }

    @Test
    void whatALinkAsksForComesAfterItsWorkThatIsUnderWay() {
        guest.declareTransient("q");
        fill("q", MANY);
        List<String> order = new ArrayList<>();
        guest.link.purgeQueue("q");
        guest.link.work(_ -> true, () -> order.add("work"));
        guest.link.close(() -> order.add("gone"));
        other.link.work(_ -> true, () -> order.add("other"));
        assertThat(order).containsExactly("other");
        world.settle();
        assertThat(order).containsExactly("other", "work", "gone");
    }

    private void declareExclusive(Guest owner, String name) {
        owner.link.declareQueue(new QueueSpec(name, false, true, false, QueueArguments.NONE));
    }

    @Test
    void veryManyExclusiveQueuesGoInSeveralTurnsAndAreGoneForOthersAtOnce() {
        for (int i = 0; i < 5_000; i++) {
            declareExclusive(guest, "mine" + i);
        }
        boolean[] gone = {false};
        guest.link.close(() -> gone[0] = true);
        assertThat(gone[0]).isFalse();
        declareExclusive(other, "mine4999");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> other.link.checkQueue("mine4998"))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.NotFound.class));
        assertThat(turns()).isGreaterThan(3);
        assertThat(gone[0]).isTrue();
        assertThat(other.ready("mine4999")).isZero();
    }
}

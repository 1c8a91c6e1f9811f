package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A dead letter is in memory until it is written: however many messages die together, and of what, only a few large ones
 * are at once.
 */
final class DeadLetterBytesTest {
    private static final int PENDING_MAX = 100_000;
    private static final int BODY_BYTES = 60_000;
    private static final int MESSAGES = 10;
    /** What may be pending when one more is begun, and the one, whose header says the same as its body. */
    private static final long AT_ONCE_MAX = PENDING_MAX + 2 * BODY_BYTES + 2_000;

    private static final BrokerOptions OPTIONS =
            new BrokerOptions(100, Long.MAX_VALUE, 0, PENDING_MAX, 20, 1, 1, Set.of("guest"));

    private World world = World.open(new FakeDisk(), 1_000_000, OPTIONS, World.SMALL_LOG);
    private Guest guest = new Guest(world);
    private long pendingMost;

    DeadLetterBytesTest() throws IOException {
        guest.declare("dead");
    }

    private void declare(Object... arguments) {
        Object[] all = new Object[arguments.length + 4];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "x-dead-letter-exchange";
        all[arguments.length + 1] = "";
        all[arguments.length + 2] = "x-dead-letter-routing-key";
        all[arguments.length + 3] = "dead";
        guest.declare("q", all);
    }

    private void publish() {
        for (int i = 0; i < MESSAGES; i++) {
            guest.publish("q", "x".repeat(BODY_BYTES));
        }
        world.settle();
    }

    /** Lets a slow disk write only when the lane has nothing left to do, and notes how much ever waits for it. */
    private void run(long millis) {
        pendingMost = 0;
        for (long passed = 0; passed < millis; passed += 5) {
            boolean turned = true;
            while (turned) {
                while (world.lane.turn()) {
                    pendingMost = Math.max(pendingMost, world.log.pendingBytes());
                }
                turned = world.journal.turn() | world.background.turn();
            }
            world.lane.pass(5);
        }
    }

    private void assertAllDiedAFewAtATime() {
        assertThat(guest.ready("dead")).isEqualTo(MESSAGES);
        assertThat(guest.ready("q")).isZero();
        assertThat(pendingMost).isBetween(1L, AT_ONCE_MAX);
    }

    @Test
    void thoseThatExpireTogether() {
        declare("x-message-ttl", 1_000);
        publish();
        run(2_000);
        assertAllDiedAFewAtATime();
    }

    @Test
    void thoseThatExpireBeforeAConsumerWhoWaitsForWhatIsBehindThem() {
        declare();
        for (int i = 0; i < MESSAGES; i++) {
            guest.send("q", "x".repeat(BODY_BYTES), true, 0, 1_000);
        }
        guest.publish("q", "stays");
        world.settle();
        world.lane.pass(1_001);
        Inbox inbox = guest.consume("q", 10);
        run(1_000);
        assertThat(inbox.texts()).containsExactly("stays");
        assertAllDiedAFewAtATime();
    }

    @Test
    void thoseThatHaveExpiredBeforeTheStart() throws IOException {
        declare("x-message-ttl", 1_000);
        publish();
        guest.link.close();
        world.stop();
        world = World.open(world.disk, world.lane.nowMillis() + 60_000, OPTIONS, World.SMALL_LOG);
        guest = new Guest(world);
        run(1_000);
        assertAllDiedAFewAtATime();
    }

    @Test
    void thoseThatAreRejectedTogether() {
        declare();
        publish();
        settleTogether(Settlement.REJECT);
        assertAllDiedAFewAtATime();
    }

    @Test
    void thoseThatHaveFailedTooOften() {
        declare("x-queue-type", "quorum", "x-delivery-limit", 0);
        publish();
        settleTogether(Settlement.REQUEUE);
        assertAllDiedAFewAtATime();
    }

    @Test
    void thoseThatTheBoundDoesNotHold() {
        declare("x-max-length", 1);
        Inbox inbox = guest.consume("q", MESSAGES);
        publish();
        assertThat(inbox.received).hasSize(MESSAGES);
        inbox.cancel();
        settle(inbox, Settlement.RELEASE);
        run(1_000);
        assertThat(guest.ready("dead")).isEqualTo(MESSAGES - 1);
        assertThat(pendingMost).isBetween(1L, AT_ONCE_MAX);
    }

    private void settleTogether(Settlement settlement) {
        Inbox inbox = guest.consume("q", MESSAGES);
        world.settle();
        assertThat(inbox.received).hasSize(MESSAGES);
        inbox.cancel();
        settle(inbox, settlement);
        run(1_000);
    }

    private void settle(Inbox inbox, Settlement settlement) {
        ArrayDeque<Unsettled> held = new ArrayDeque<>();
        inbox.received.forEach(received -> held.add(received.unsettled()));
        guest.link.work(
                budget -> {
                    while (!held.isEmpty() && !budget.isSpent()) {
                        guest.link.settle(held.remove(), settlement);
                        budget.spend(TurnBudget.SETTLEMENT);
                    }
                    return held.isEmpty();
                },
                () -> {});
    }

    @Test
    void whoRejectsOneAfterTheOtherIsToldToWait() {
        declare();
        publish();
        Inbox inbox = guest.consume("q", MESSAGES);
        world.settle();
        assertThat(guest.link.lagging()).isFalse();
        inbox.settle(guest, 0, Settlement.REJECT);
        inbox.settle(guest, 1, Settlement.REJECT);
        assertThat(guest.link.lagging()).isTrue();
        assertThat(guest.heard).doesNotContain("relieved");
        world.settle();
        assertThat(guest.heard).contains("relieved");
        assertThat(guest.link.lagging()).isFalse();
    }
}

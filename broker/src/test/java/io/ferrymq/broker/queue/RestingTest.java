package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Queues of type quorum that delay another delivery of what came back. */
final class RestingTest {
    private World world = World.fresh();
    private Guest guest = new Guest(world);

    RestingTest() throws IOException {}

    /** A queue with delayed retry, 100 ms at first, and more arguments. */
    private void declare(String type, Object... more) {
        List<Object> arguments = new ArrayList<>(
                List.of("x-queue-type", "quorum", "x-delayed-retry-type", type, "x-delayed-retry-min", 100));
        arguments.addAll(List.of(more));
        guest.declare("q", arguments.toArray());
    }

    private void publish(String... bodies) {
        guest.publish("q", bodies);
        world.settle();
    }

    /** Takes the first ready message and gives it back. */
    private Inbox.Received giveBack(Settlement settlement) {
        Inbox inbox = guest.fetch("q");
        guest.link.settle(inbox.held(0), settlement);
        world.settle();
        return inbox.last();
    }

    /** The milliseconds after which a message is ready that rests now. */
    private long millisUntilReady() {
        long millis = 0;
        while (guest.ready("q") == 0) {
            world.pass(1);
            millis++;
        }
        return millis;
    }

    private void losePower(long downMillis) throws IOException {
        world.pass(50);
        world = World.open(world.disk.afterPowerLoss(new Random(3)), world.lane.nowMillis() + downMillis);
        world.settle();
        guest = new Guest(world);
    }

    private void restart() throws IOException {
        guest.link.close();
        world = world.restart();
        world.settle();
        guest = new Guest(world);
    }

    @Test
    void whatComesBackIsNotReadyBeforeItsTime() {
        declare("all");
        publish("a");
        giveBack(Settlement.REQUEUE);
        world.pass(99);
        assertThat(guest.ready("q")).isZero();
        assertThat(guest.fetch("q").texts()).isEmpty();
        world.pass(1);
        assertThat(guest.ready("q")).isEqualTo(1);
        Inbox.Received again = giveBack(Settlement.REQUEUE);
        assertThat(again.redelivered()).isTrue();
        assertThat(again.failedDeliveries()).isEqualTo(1);
    }

    @Test
    void aConsumerGetsItWhenItsTimeHasCome() {
        declare("all");
        Inbox inbox = guest.consume("q", 9);
        publish("a");
        inbox.settle(guest, 0, Settlement.REQUEUE);
        world.pass(99);
        assertThat(inbox.texts()).containsExactly("a");
        world.pass(1);
        assertThat(inbox.texts()).containsExactly("a", "a");
    }

    @Test
    void theWaitGrowsWithEveryReturnUpToItsMost() {
        declare("all", "x-delayed-retry-max", 250);
        publish("a");
        for (long millis : new long[] {100, 200, 250, 250}) {
            giveBack(Settlement.REQUEUE);
            assertThat(millisUntilReady()).isEqualTo(millis);
        }
    }

    @Test
    void theWaitDoublesWhereTheQueueSaysSo() {
        declare("all", "x-delayed-retry-max", 700, "x-ferry-retry-backoff", "exponential");
        publish("a");
        for (long millis : new long[] {100, 200, 400, 700}) {
            giveBack(Settlement.REQUEUE);
            assertThat(millisUntilReady()).isEqualTo(millis);
        }
    }

    @Test
    void jitterLeavesPartOfTheWaitToChance() {
        declare("all", "x-ferry-retry-jitter", 40);
        publish("a");
        for (double chance : new double[] {0, 0.5, 0.99}) {
            world.chance = chance;
            giveBack(Settlement.REQUEUE);
            assertThat(millisUntilReady()).isEqualTo(100 - (long) (40 * chance));
        }
    }

    @Test
    void fullJitterMayLeaveNoWaitAtAll() {
        declare("all", "x-delayed-retry-min", 1, "x-ferry-retry-jitter", 100);
        publish("a");
        world.chance = 0.999_999;
        giveBack(Settlement.REQUEUE);
        assertThat(millisUntilReady()).isLessThanOrEqualTo(1);
    }

    @Test
    void onlyFailuresWaitWhereTheQueueSaysFailed() {
        declare("failed");
        publish("a");
        giveBack(Settlement.RELEASE);
        assertThat(guest.ready("q")).isEqualTo(1);
        giveBack(Settlement.REQUEUE);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void onlyWhatDidNotFailWaitsWhereTheQueueSaysReturned() {
        declare("returned");
        publish("a");
        giveBack(Settlement.REQUEUE);
        assertThat(guest.ready("q")).isEqualTo(1);
        giveBack(Settlement.RELEASE);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void nothingWaitsWhereTheQueueSaysDisabled() {
        declare("disabled");
        publish("a");
        giveBack(Settlement.REQUEUE);
        giveBack(Settlement.RELEASE);
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void whatIsRejectedDoesNotWait() {
        declare("all");
        publish("a", "b");
        giveBack(Settlement.REJECT);
        world.pass(1_000);
        assertThat(guest.drain(world, "q")).containsExactly("b");
    }

    @Test
    void othersGoOnMeanwhileAndItComesBackToItsPlace() {
        declare("all");
        publish("a", "b", "c");
        giveBack(Settlement.REQUEUE);
        Inbox inbox = guest.fetch("q");
        assertThat(inbox.texts()).containsExactly("b");
        guest.link.settle(inbox.held(0), Settlement.ACCEPT);
        world.pass(100);
        assertThat(guest.drain(world, "q")).containsExactly("a", "c");
    }

    @Test
    void aDeadLetterIsMadeAtTheDeliveryLimitWithoutAnotherRest() {
        guest.declare("dead");
        declare("all", "x-delivery-limit", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        publish("a");
        giveBack(Settlement.REQUEUE);
        world.pass(100);
        giveBack(Settlement.RELEASE);
        assertThat(guest.drain(world, "dead")).containsExactly("a");
    }

    @Test
    void itExpiresWhileItRests() {
        guest.declare("dead");
        declare("all", "x-message-ttl", 30, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        publish("a");
        giveBack(Settlement.REQUEUE);
        world.pass(29);
        assertThat(guest.ready("dead")).isZero();
        world.pass(1);
        Inbox inbox = guest.fetch("dead");
        assertThat(inbox.texts()).containsExactly("a");
        assertThat(Objects.requireNonNull(inbox.last().history())
                        .deaths()
                        .getFirst()
                        .reason())
                .isEqualTo(Death.Reason.EXPIRED);
        world.pass(200);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void whatIsTooOldWhenItComesBackExpiresAtOnce() {
        guest.declare("dead");
        declare("all", "x-message-ttl", 30, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        publish("a");
        Inbox inbox = guest.fetch("q");
        world.pass(50);
        guest.link.settle(inbox.held(0), Settlement.REQUEUE);
        world.settle();
        assertThat(guest.ready("dead")).isEqualTo(1);
    }

    @Test
    void aPurgeForgetsWhatRests() throws IOException {
        declare("all");
        publish("a", "b");
        giveBack(Settlement.REQUEUE);
        assertThat(guest.link.purgeQueue("q")).isEqualTo(2);
        world.pass(1_000);
        assertThat(guest.ready("q")).isZero();
        losePower(0);
        world.pass(1_000);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void aQueueInWhichMessagesRestIsNotEmpty() {
        declare("all");
        publish("a");
        giveBack(Settlement.REQUEUE);
        assertThatThrownBy(() -> guest.link.deleteQueue("q", Set.of(DeleteCondition.IF_EMPTY)))
                .isInstanceOf(RefusedException.class);
        guest.link.deleteQueue("q", Set.of());
        world.pass(1_000);
        assertThat(world.hasFailed()).isFalse();
    }

    @Test
    void anUnusedQueueGoesWithWhatRests() {
        declare("all", "x-expires", 60);
        publish("a");
        giveBack(Settlement.REQUEUE);
        world.pass(60);
        assertThatThrownBy(() -> guest.ready("q")).isInstanceOf(RefusedException.class);
        world.pass(1_000);
        assertThat(world.hasFailed()).isFalse();
    }

    @Test
    void whatRestsCountsForTheBoundAndIsNotDropped() {
        declare("all", "x-max-length", 2);
        publish("a", "b");
        giveBack(Settlement.REQUEUE);
        publish("c");
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(100);
        assertThat(guest.drain(world, "q")).containsExactly("a", "c");
    }

    @Test
    void whatRestsCountsForTheBoundInBytes() {
        declare("all", "x-max-length-bytes", 3);
        publish("aa", "b");
        giveBack(Settlement.REQUEUE);
        publish("c");
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(100);
        assertThat(guest.drain(world, "q")).containsExactly("aa", "c");
    }

    @Test
    void aPublisherIsRefusedWhereMessagesRestThatFillTheQueue() {
        declare("all", "x-max-length", 1, "x-overflow", "reject-publish");
        publish("a");
        giveBack(Settlement.REQUEUE);
        assertThat(guest.send("q", "b", true, 0, Publication.NEVER).outcome()).isEqualTo(Publication.Outcome.REJECTED);
        guest.consume("q", 1);
        assertThat(guest.send("q", "c", true, 0, Publication.NEVER).outcome()).isEqualTo(Publication.Outcome.REJECTED);
    }

    @Test
    void itGoesOnRestingAfterPowerLoss() throws IOException {
        declare("all");
        publish("a");
        giveBack(Settlement.REQUEUE);
        losePower(20);
        assertThat(guest.ready("q")).isZero();
        assertThat(millisUntilReady()).isEqualTo(30);
        assertThat(giveBack(Settlement.REQUEUE).failedDeliveries()).isEqualTo(1);
        assertThat(millisUntilReady()).isEqualTo(100);
    }

    @Test
    void itGoesOnRestingAfterARestartFromACheckpoint() throws IOException {
        declare("all");
        publish("a", "b");
        giveBack(Settlement.REQUEUE);
        restart();
        assertThat(world.log.statistics().recordsReplayed()).isZero();
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(100);
        assertThat(guest.drain(world, "q")).containsExactly("a", "b");
    }

    @Test
    void whatRestedUntilTheBrokerWasDownIsReadyInItsPlace() throws IOException {
        declare("all");
        publish("a", "b");
        giveBack(Settlement.REQUEUE);
        losePower(100);
        assertThat(guest.drain(world, "q")).containsExactly("a", "b");
    }

    @Test
    void itComesBackToItsPlaceAmongThoseThatNobodyTookSinceTheRestart() throws IOException {
        declare("all");
        publish("a", "b", "c", "d");
        Inbox inbox = guest.consume("q", 4);
        world.settle();
        for (int n : new int[] {1, 2}) {
            guest.link.settle(inbox.held(n), Settlement.REQUEUE);
        }
        losePower(0);
        assertThat(guest.ready("q")).isEqualTo(2);
        world.pass(100);
        assertThat(guest.ready("q")).isEqualTo(4);
        assertThat(guest.drain(world, "q")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void itStaysPutWhenAllOthersWereTakenSinceTheRestart() throws IOException {
        declare("all");
        publish("a", "b", "c");
        Inbox inbox = guest.consume("q", 3);
        world.settle();
        guest.link.settle(inbox.held(1), Settlement.REQUEUE);
        losePower(0);
        assertThat(guest.drain(world, "q")).containsExactly("a", "c");
        world.pass(100);
        assertThat(guest.drain(world, "q")).containsExactly("b");
        losePower(0);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void aPurgeAfterARestartForgetsWhatRests() throws IOException {
        declare("all");
        publish("a", "b", "c");
        giveBack(Settlement.REQUEUE);
        restart();
        assertThat(guest.link.purgeQueue("q")).isEqualTo(3);
        publish("d");
        world.pass(100);
        assertThat(guest.drain(world, "q")).containsExactly("d");
    }

    @Test
    void aLongRowThatIsDueTogetherComesBackInItsOrder() {
        declare("all");
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            bodies.add("m" + i);
        }
        publish(bodies.toArray(new String[0]));
        Inbox inbox = guest.consume("q", Integer.MAX_VALUE);
        for (int i = 0; inbox.received.size() < bodies.size(); i++) {
            assertThat(i).isLessThan(100);
            world.settle();
        }
        inbox.cancel();
        for (int n = bodies.size() - 1; n >= 0; n--) {
            guest.link.settle(inbox.held(n), Settlement.REQUEUE);
        }
        assertThat(world.lane.timersWaiting()).isLessThan(10);
        for (int i = 0; i < 110; i++) {
            world.pass(1);
        }
        assertThat(guest.ready("q")).isEqualTo(bodies.size());
        assertThat(guest.drain(world, "q")).isEqualTo(bodies);
    }

    @Test
    void theLongestWaitEndsWithTheCalendar() {
        declare("all", "x-delayed-retry-min", Long.MAX_VALUE, "x-delayed-retry-max", Long.MAX_VALUE);
        publish("a");
        giveBack(Settlement.REQUEUE);
        world.pass(1_000_000_000_000L);
        assertThat(guest.ready("q")).isZero();
        assertThat(guest.link.purgeQueue("q")).isEqualTo(1);
    }
}

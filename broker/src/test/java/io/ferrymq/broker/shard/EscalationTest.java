package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens as memory becomes short: nobody is ended, and everybody is served again when it is over. */
final class EscalationTest {
    private static final int HEAP_BYTES = 1_000_000;

    private World world;
    private Guest greedy;
    private Guest modest;

    @BeforeEach
    void open() throws IOException {
        world = World.open(
                new FakeDisk(),
                1_000_000,
                BrokerOptions.defaults().withMemory(HEAP_BYTES, Long.MAX_VALUE / 2),
                World.SMALL_LOG);
        greedy = new Guest(world);
        modest = new Guest(world);
    }

    private void look() {
        world.pass(1_000);
    }

    private static void assertRefused(ThrowingCallable request) {
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal()).isEqualTo(new Refusal.LimitReached("broker memory", HEAP_BYTES)));
    }

    private static int declareUntilRefused(Guest guest, String prefix) {
        for (int i = 0; i < 100_000; i++) {
            try {
                guest.declare(prefix + i);
            } catch (RefusedException e) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }

    @Test
    void declarationsAreRefusedBeforeTheHeapIsFullAndTakenAgainWhenOthersAreDeleted() {
        int declared = declareUntilRefused(greedy, "q");
        assertThat(declared).isBetween(100, 1_000);
        assertRefused(() -> modest.declare("another"));
        assertRefused(() -> modest.link.bindQueue("q0", "amq.topic", "key", Map.of()));
        modest.declare("q0");
        for (int i = 0; i < 20; i++) {
            greedy.link.deleteQueue("q" + i, java.util.Set.of());
        }
        modest.declare("another");
    }

    @Test
    void messagesStillComeAndGoWhenNothingMoreCanBeDeclared() {
        declareUntilRefused(greedy, "q");
        Inbox inbox = modest.consume("q1", 10);
        modest.publish("q1", "one", "two");
        world.settle();
        assertThat(inbox.take()).containsExactly("one", "two");
    }

    @Test
    void aBrokerWithAsMuchAsMayBeDeclaredStopsAndStartsAgain() throws IOException {
        int declared = declareUntilRefused(greedy, "q");
        greedy.link.close();
        modest.link.close();
        world.settle();
        world.stop();
        World again = World.open(
                world.disk,
                world.lane.nowMillis(),
                BrokerOptions.defaults().withMemory(HEAP_BYTES, Long.MAX_VALUE / 2),
                World.SMALL_LOG);
        Guest guest = new Guest(again);
        assertThat(guest.ready("q" + (declared - 1))).isZero();
        assertRefused(() -> guest.declare("another"));
        guest.link.close();
        again.stop();
    }

    @Test
    void whoeverHoldsMostGetsNoDeliveriesUntilItHoldsLessAndOthersGoOn() {
        greedy.declare("q");
        greedy.declare("other");
        Inbox hoarder = greedy.consume("q", 100);
        Inbox honest = modest.consume("other", 100);
        greedy.link.holdUnsettled(760_000);
        look();
        modest.publish("q", "late");
        modest.publish("other", "soon");
        world.settle();
        assertThat(hoarder.texts()).isEmpty();
        assertThat(honest.take()).containsExactly("soon");
        greedy.link.holdUnsettled(-700_000);
        look();
        assertThat(hoarder.texts()).containsExactly("late");
    }

    @Test
    void aPausedLinkMaySettle() {
        greedy.declare("q");
        Inbox hoarder = greedy.consume("q", 100);
        greedy.publish("q", "m");
        world.settle();
        greedy.link.holdUnsettled(760_000);
        look();
        greedy.link.settle(hoarder.held(0), Settlement.ACCEPT);
        assertThat(greedy.ready("q")).isZero();
        assertThat(greedy.link.deleteQueue("q", java.util.Set.of())).isZero();
    }

    @Test
    void publishersAreBlockedNextAndTheNewIsRefusedLast() {
        greedy.declare("q");
        greedy.link.hold(860_000);
        look();
        assertThat(modest.heard).doesNotContain("blocked: low on memory");
        for (int i = 0; i < 80_000; i++) {
            greedy.publishTransient("q", "m");
        }
        look();
        assertThat(modest.heard).contains("blocked: low on memory");
        assertRefused(() -> new Guest(world));
        assertRefused(() -> modest.link.subscribe(
                new SubscriptionRequest("q", "tag", Settling.BY_CONSUMER, Sharing.SHARED, Map.of()), new Inbox(1)));
        assertRefused(() -> modest.link.openReplyAddress(new Inbox(1)));
        greedy.link.close();
        look();
        assertThat(modest.heard).contains("unblocked");
        modest.consume("q", 1);
        assertThat(new Guest(world).ready("q")).isEqualTo(80_000);
    }

    private int bindUntilRefused(String exchange) {
        for (int i = 0; i < 100_000; i++) {
            try {
                greedy.link.bindQueue("q", exchange, i + ".k".repeat(120), Map.of());
            } catch (RefusedException e) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }

    @Test
    void everyWordOfATopicPatternCountsAndIsGivenBackWithIt() {
        greedy.declare("q");
        greedy.link.declareExchange(new ExchangeSpec(
                "later", ExchangeType.DELAYED, false, false, false, Map.of("x-delayed-type", "topic")));
        int bound = bindUntilRefused("amq.topic");
        assertThat(bound).isBetween(10, 40);
        for (String full : List.of("amq.topic", "later", "amq.topic")) {
            for (int i = 0; i < bound; i++) {
                greedy.link.unbindQueue("q", full, i + ".k".repeat(120), Map.of());
            }
            assertThat(bindUntilRefused(full.equals("later") ? "amq.topic" : "later"))
                    .isBetween(bound - 1, bound + 1);
        }
    }

    @Test
    void theArgumentsOfAConsumerCountWithAllThatIsInThem() {
        greedy.declare("q");
        Map<String, Object> large = Map.of("x", Map.of("nested", List.of("t".repeat(100_000))));
        for (int i = 0; i < 5; i++) {
            greedy.link.subscribe(consuming("tag" + i, large), new Inbox(1));
        }
        assertRefused(() -> greedy.link.subscribe(consuming("more", large), new Inbox(1)));
        modest.link.subscribe(consuming("small", Map.of("x-priority", 1)), new Inbox(1));
    }

    private static SubscriptionRequest consuming(String tag, Map<String, Object> arguments) {
        return new SubscriptionRequest(
                "q", tag, Settling.BY_CONSUMER, Sharing.SHARED, new java.util.HashMap<>(arguments));
    }

    /** Fills the heap with declared queues and their messages, until the last level has begun. */
    private void fillWithBacklog() {
        Guest large = new Guest(world);
        large.link.hold(100_000);
        for (int i = 0; i < 300; i++) {
            greedy.declare("q" + i, "x-max-priority", 9);
        }
        for (int i = 0; i < 3_000; i++) {
            greedy.send("q" + i % 300, "m" + i, true, i / 300, Publication.NEVER);
            if (i % 50 == 0) {
                look();
                if (isRefused(() -> large.link.requireRoom(1))) {
                    return;
                }
            }
        }
        throw new AssertionError("there is still room");
    }

    private static boolean isRefused(Runnable request) {
        try {
            request.run();
            return false;
        } catch (RefusedException e) {
            return true;
        }
    }

    @Test
    void aBacklogPausesNobodyWhoMakesItShorter() {
        greedy.declare("q");
        Inbox inbox = modest.consume("q", 10);
        fillWithBacklog();
        modest.publish("q", "one", "two");
        world.settle();
        assertThat(inbox.take()).containsExactly("one", "two");
        Inbox drains = modest.consume("q0", 10);
        world.settle();
        assertThat(drains.texts()).isNotEmpty();
    }

    @Test
    void whoeverComesToDrainABacklogIsLetIn() throws IOException {
        fillWithBacklog();
        drainAsANewcomer(world);
    }

    @Test
    void whoeverComesToDrainABacklogIsLetInAfterARestart() throws IOException {
        fillWithBacklog();
        greedy.link.close();
        modest.link.close();
        world.settle();
        world.stop();
        World again = World.open(
                world.disk,
                world.lane.nowMillis(),
                BrokerOptions.defaults().withMemory(HEAP_BYTES, Long.MAX_VALUE / 2),
                World.SMALL_LOG);
        drainAsANewcomer(again);
    }

    private static void drainAsANewcomer(World world) {
        Guest newcomer = new Guest(world);
        assertThat(newcomer.heard).isEmpty();
        newcomer.link.requireRoom(1_500);
        newcomer.declare("own");
        Inbox inbox = newcomer.consume("q1", 10);
        world.settle();
        assertThat(inbox.texts()).isNotEmpty();
        assertThat(newcomer.fetch("q2").texts()).hasSize(1);
        assertThat(newcomer.link.purgeQueue("q3")).isPositive();
        assertThat(newcomer.link.deleteQueue("q4", java.util.Set.of())).isPositive();
    }

    @Test
    void theReserveIsNoWayAroundTheLimit() {
        fillWithBacklog();
        int comers = 0;
        while (comers < 100 && !isRefused(() -> new Guest(world))) {
            comers++;
        }
        assertThat(comers).isBetween(1, 10);
    }

    @Test
    void aPausedLinkGoesOnWhenItHasSettledAlthoughMemoryIsStillShort() {
        greedy.declare("q");
        Inbox hoarder = greedy.consume("q", 100);
        modest.link.hold(460_000);
        greedy.link.holdUnsettled(400_000);
        look();
        modest.publish("q", "late");
        world.settle();
        assertThat(hoarder.texts()).isEmpty();
        modest.link.hold(300_000);
        greedy.link.holdUnsettled(-310_000);
        look();
        assertThat(hoarder.texts()).containsExactly("late");
        assertThat(modest.heard).as("what sessions hold blocks no publisher").isEmpty();
    }

    @Test
    void ofManyWhoHoldTheSameHalfMayGoOn() {
        greedy.declare("q");
        greedy.consume("q", 100);
        modest.consume("q", 100);
        greedy.link.holdUnsettled(390_000);
        modest.link.holdUnsettled(390_000);
        look();
        modest.publish("q", "m");
        world.settle();
        assertThat(greedy.ready("q")).isZero();
    }

    @Test
    void aThousandConsumersThatComeAndGoLeaveNothingBehind() {
        greedy.declare("q");
        for (int round = 0; round < 3; round++) {
            Guest guest = new Guest(world);
            for (int i = 0; i < 300; i++) {
                guest.consume("q", 1);
            }
            assertRefused(() -> guest.link.requireRoom(HEAP_BYTES / 2));
            guest.link.close();
            world.settle();
            greedy.link.requireRoom(HEAP_BYTES / 2);
        }
    }

    @Test
    void whatAQueueHeldIsForgottenWithIt() {
        for (int round = 0; round < 5; round++) {
            greedy.declare("q");
            for (int i = 0; i < 20_000; i++) {
                greedy.publishTransient("q", "m");
            }
            world.settle();
            greedy.link.deleteQueue("q", java.util.Set.of());
            look();
        }
        assertThat(modest.heard).doesNotContain("blocked: low on memory");
    }
}

package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.access.Permissions;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.VhostSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What had very much is gone for everybody at once, and what it had is forgotten in as many turns as that takes. */
class LongEndsTest {
    private static final int MANY = 3_000;

    private World world;
    private Guest guest;

    @BeforeEach
    void open() throws IOException {
        world = World.fresh();
        guest = new Guest(world);
    }

    private int turns() {
        int turns = 0;
        while (world.lane.turn()) {
            turns++;
        }
        return turns;
    }

    private Publication publish(String exchange, String key) {
        return publish(guest.link, exchange, key);
    }

    private static Publication publish(Link link, String exchange, String key) {
        Publication message = Guest.message("", "body");
        message.address(ShortText.of(exchange), ShortText.of(key), List.of());
        message.terms(false, 0, Publication.NEVER);
        link.publish(message);
        return message;
    }

    private void bindMany(String exchange) {
        for (int i = 0; i < MANY; i++) {
            guest.link.bindQueue("q", exchange, "key." + i, Map.of());
        }
        world.settle();
    }

    private static void requireGone(Guest asker, String exchange) {
        assertThatThrownBy(() -> asker.link.checkExchange(exchange))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.NotFound.class));
    }

    @Test
    void theBindingsOfAQueueLeadNowhereAtOnceAndGoInSeveralTurns() {
        guest.declareTransient("q");
        bindMany("amq.topic");
        guest.link.deleteQueue("q", Set.of());
        assertThat(publish("amq.topic", "key.2999").outcome()).isEqualTo(Publication.Outcome.UNROUTED);
        assertThat(turns()).isGreaterThan(3);
        assertThat(publish("amq.topic", "key.2999").outcome()).isEqualTo(Publication.Outcome.UNROUTED);
    }

    @Test
    void anotherQueueOfThatNameHasItsOwnBindingsMeanwhile() {
        guest.declareTransient("q");
        bindMany("amq.topic");
        guest.link.deleteQueue("q", Set.of());
        guest.declareTransient("q");
        guest.link.bindQueue("q", "amq.topic", "key.2999", Map.of());
        assertThat(publish("amq.topic", "key.2998").outcome()).isEqualTo(Publication.Outcome.UNROUTED);
        assertThat(publish("amq.topic", "key.2999").outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        world.settle();
        assertThat(publish("amq.topic", "key.2999").outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        world.settle();
        assertThat(guest.ready("q")).isEqualTo(2);
    }

    @Test
    void theBindingsOfAnExchangeGoInSeveralTurnsAndAnotherOfThatNameHasNone() {
        ExchangeSpec spec = new ExchangeSpec("x", ExchangeType.TOPIC, false, false, false, Map.of());
        guest.link.declareExchange(spec);
        guest.declareTransient("q");
        bindMany("x");
        guest.link.deleteExchange("x", Set.of());
        requireGone(guest, "x");
        guest.link.declareExchange(spec);
        assertThat(publish("x", "key.1").outcome()).isEqualTo(Publication.Outcome.UNROUTED);
        guest.link.bindQueue("q", "x", "key.1", Map.of());
        assertThat(turns()).isGreaterThan(3);
        assertThat(publish("x", "key.1").outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(publish("x", "key.2").outcome()).isEqualTo(Publication.Outcome.UNROUTED);
    }

    private void declareAutoDelete(int count, boolean durable) {
        guest.link.declareQueue(new QueueSpec("q", durable, false, false, QueueArguments.NONE));
        for (int i = 0; i < count; i++) {
            guest.link.declareExchange(new ExchangeSpec("x" + i, ExchangeType.FANOUT, durable, true, false, Map.of()));
            guest.link.bindQueue("q", "x" + i, "", Map.of());
        }
        world.settle();
    }

    @Test
    void veryManyExchangesFollowTheQueueOfTheirLastBindings() {
        declareAutoDelete(MANY, false);
        guest.link.deleteQueue("q", Set.of());
        assertThat(turns()).isGreaterThan(6);
        for (int i = 0; i < MANY; i++) {
            requireGone(guest, "x" + i);
        }
    }

    @Test
    void aChainOfExchangesGoesWithItsEndWhateverItsLength() {
        declareAutoDelete(MANY, false);
        for (int i = 1; i < MANY; i++) {
            guest.link.unbindQueue("q", "x" + i, "", Map.of());
        }
        world.settle();
        requireGone(guest, "x1");
        for (int i = 1; i < MANY; i++) {
            guest.link.declareExchange(new ExchangeSpec("x" + i, ExchangeType.FANOUT, false, true, false, Map.of()));
            guest.link.bindExchange("x" + (i - 1), "x" + i, "", Map.of());
        }
        world.settle();
        guest.link.deleteQueue("q", Set.of());
        assertThat(turns()).isGreaterThan(6);
        requireGone(guest, "x0");
        requireGone(guest, "x" + (MANY - 1));
    }

    @Test
    void whatACrashCutOffOfThatIsDoneWhenRecoveryIsOver() throws IOException {
        declareAutoDelete(MANY, true);
        world.quiet();
        guest.link.deleteQueue("q", Set.of());
        world.lane.turn();
        world.journal.turn();
        world.lane.turn();
        guest.link.checkExchange("x" + (MANY - 1));
        World after = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        world.abandon();
        Guest again = new Guest(after);
        after.settle();
        assertThatThrownBy(() -> again.link.checkQueue("q")).isInstanceOf(RefusedException.class);
        for (int i = 0; i < MANY; i++) {
            requireGone(again, "x" + i);
        }
        World once = after.restart();
        requireGone(new Guest(once), "x" + (MANY - 1));
    }

    @Test
    void theQueuesOfAVirtualHostAreOutOfReachAtOnceAndGoInSeveralTurns() throws IOException {
        world.broker.administration().putVhost(VhostSpec.named("v"));
        world.broker.administration().putPermissions("guest", "v", Permissions.ALL);
        Link link = world.broker.administration().operatorLink("v");
        for (int i = 0; i < MANY; i++) {
            link.declareQueue(new QueueSpec("q" + i, true, false, false, QueueArguments.NONE));
            assertThat(publish(link, "", "q" + i).outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        }
        world.settle();
        Inbox inbox = new Inbox(1);
        link.subscribe(
                new io.ferrymq.broker.SubscriptionRequest(
                        "q2999",
                        "t",
                        io.ferrymq.broker.SubscriptionRequest.Settling.ON_DELIVERY,
                        io.ferrymq.broker.SubscriptionRequest.Sharing.SHARED,
                        Map.of()),
                inbox);
        world.broker.administration().deleteVhost("v");
        assertThat(publish(link, "", "q2999").outcome()).isEqualTo(Publication.Outcome.UNROUTED);
        assertThatThrownBy(() -> link.declareQueue(new QueueSpec("new", true, false, false, QueueArguments.NONE)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.VhostNotFound.class));
        world.broker.administration().putVhost(VhostSpec.named("v"));
        Link other = world.broker.administration().operatorLink("v");
        other.declareQueue(new QueueSpec("q1", true, false, false, QueueArguments.NONE));
        assertThat(turns()).isGreaterThan(3);
        assertThat(inbox.received).isEmpty();
        assertThat(inbox.cancelled).isTrue();
        assertThat(other.checkQueue("q1").messagesReady()).isZero();
        world.quiet();
        world.restart();
    }

    @Test
    void aFetchBehindVeryManyExpiredMessagesWaitsUntilTheyAreBuried() {
        guest.declareTransient("dead");
        guest.declareTransient("q", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        for (int i = 0; i < 10_000; i++) {
            guest.send("q", "" + i, false, 0, 10);
        }
        guest.publishTransient("q", "alive");
        world.settle();
        world.lane.pass(20);
        assertThat(guest.fetch("q").texts()).isEmpty();
        assertThat(guest.ready("dead")).isLessThan(5_000);
        List<String> again = new ArrayList<>();
        guest.link.afterDurable(() -> again.addAll(guest.fetch("q").texts()));
        assertThat(again).isEmpty();
        assertThat(turns()).isGreaterThan(2);
        assertThat(again).containsExactly("alive");
        assertThat(guest.ready("dead")).isEqualTo(10_000);
    }

    @Test
    void veryManyConsumersHearInSeveralTurnsThatTheirQueueIsGone() {
        guest.declareTransient("q");
        List<Inbox> inboxes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            inboxes.add(guest.consume("q", 1));
        }
        world.settle();
        guest.link.deleteQueue("q", Set.of());
        assertThat(inboxes.stream().filter(inbox -> inbox.cancelled).count()).isBetween(1L, 500L);
        inboxes.get(MANY - 1).cancel();
        assertThat(turns()).isGreaterThan(3);
        assertThat(inboxes.subList(0, MANY - 1)).allMatch(inbox -> inbox.cancelled);
        assertThat(inboxes.get(MANY - 1).cancelled).isFalse();
    }

    @Test
    void veryManyLinksHearInSeveralTurnsThatAnAlarmIsOver() {
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            guests.add(new Guest(world));
        }
        world.diskFreeBytes = 0;
        world.pass(1_000);
        assertThat(guests).allMatch(one -> one.heard.equals(List.of("blocked: low on disk")));
        world.diskFreeBytes = Long.MAX_VALUE;
        world.lane.pass(1_000);
        long before = 0;
        while (world.lane.turn()) {
            long told = guests.stream()
                    .filter(one -> one.heard.contains("unblocked"))
                    .count();
            assertThat(told - before).isLessThanOrEqualTo(500);
            before = told;
        }
        assertThat(before).isEqualTo(2_000);
    }

    @Test
    void whoWaitsStillWhenAnotherAlarmBeginsWaitsForItsEnd() {
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            guests.add(new Guest(world));
        }
        world.diskFreeBytes = 0;
        world.pass(1_000);
        world.diskFreeBytes = Long.MAX_VALUE;
        world.lane.pass(1_000);
        while (guests.stream().noneMatch(one -> one.heard.contains("unblocked"))) {
            world.lane.turn();
        }
        world.diskFreeBytes = 0;
        world.lane.pass(1_000);
        world.settle();
        assertThat(guests.stream()
                        .filter(one -> one.heard.contains("unblocked"))
                        .count())
                .isLessThan(1_000);
        world.diskFreeBytes = Long.MAX_VALUE;
        world.pass(1_000);
        assertThat(guests).allMatch(one -> one.heard.getLast().equals("unblocked"));
    }

    @Test
    void veryManyLinksHearOfTheirConfirmsInSeveralTurns() {
        List<Guest> guests = new ArrayList<>();
        guest.declare("q");
        world.settle();
        for (int i = 0; i < 1_200; i++) {
            Guest one = new Guest(world);
            one.link.awaitDurable(one.send("q", "m", true, 0, Publication.NEVER).durableAt());
            guests.add(one);
        }
        long before = 0;
        boolean turned = true;
        while (turned) {
            turned = world.lane.turn();
            long told =
                    guests.stream().filter(one -> one.heard.contains("durable")).count();
            assertThat(told - before).isLessThanOrEqualTo(500);
            before = told;
            turned |= world.journal.turn();
            turned |= world.background.turn();
        }
        assertThat(before).isEqualTo(1_200);
    }

    @Test
    void aMessageForManyQueuesCostsMoreUnitsThanOneForOne() {
        for (int i = 0; i < 100; i++) {
            guest.declareTransient("q" + i);
            guest.link.bindQueue("q" + i, "amq.fanout", "", Map.of());
        }
        long first = guest.link.spentUnits();
        publish("", "q1");
        long one = guest.link.spentUnits() - first;
        publish("amq.fanout", "");
        assertThat(guest.link.spentUnits() - first - one).isGreaterThan(10 * one);
    }
}

package io.ferrymq.broker.shard;

import static io.ferrymq.broker.shard.TaskDraft.revoke;
import static io.ferrymq.broker.shard.TaskDraft.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.DamagedMessage;
import io.ferrymq.broker.DamagedMessages;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.log.FakeDisk;
import io.ferrymq.log.LogDamager;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A message whose record is damaged ends alone: its place goes on, and an error list has it. */
final class SetAsideTest {
    private static final Resource Q = Resource.queue("q", "/");

    private World world = World.fresh();
    private Guest guest = new Guest(world);

    SetAsideTest() throws IOException {}

    private DamagedMessages damaged() {
        return world.broker.administration().damagedMessages("/");
    }

    private List<Long> listed(Resource place) {
        return damaged().list(place, 0, 100).stream().map(DamagedMessage::id).toList();
    }

    /** Publishes persistent messages that live for so long; returns the sequences of their records. */
    private List<Long> publish(String queue, long expirationMillis, String... bodies) {
        List<Long> sequences = new ArrayList<>();
        for (String body : bodies) {
            sequences.add(guest.send(queue, body, true, 0, expirationMillis).durableAt());
        }
        return sequences;
    }

    private List<Long> publish(String queue, String... bodies) {
        return publish(queue, Publication.NEVER, bodies);
    }

    /** The same after a clean stop: nothing is in memory, and no record is looked at before somebody wants it. */
    private void restart() throws IOException {
        world.quiet();
        use(world.restart());
    }

    private void losePower() throws IOException {
        world.quiet();
        World after = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        world.abandon();
        use(after);
    }

    private void use(World other) {
        world = other;
        guest = new Guest(other);
        world.settle();
    }

    private void damage(long sequence) {
        new LogDamager(world.disk).damagePayload(sequence);
    }

    // ---- ways to meet the damage ----

    @Test
    void aConsumerGetsTheNextMessage() throws IOException {
        guest.declare("q");
        List<Long> sequences = publish("q", "a", "b", "c");
        restart();
        damage(sequences.get(1));
        assertThat(guest.drain(world, "q")).containsExactly("a", "c");
        assertThat(guest.ready("q")).isZero();
        DamagedMessage message = damaged().list(Q, 0, 100).getFirst();
        assertThat(message.id()).isEqualTo(sequences.get(1));
        assertThat(message.place()).isEqualTo(Q);
        assertThat(message.reason()).contains("j-0000000000000002 is damaged at ", "does not match its checksum");
        assertThat(message.bodyBytes()).isEqualTo(1);
        assertThat(message.persistent()).isTrue();
        assertThat(message.setAsideMillis()).isEqualTo(world.lane.nowMillis());
        assertThat(world.broker.administration().setAsideSinceStart()).isEqualTo(1);
        assertThat(world.hasFailed()).isFalse();
    }

    @Test
    void aFetchGetsTheNextMessage() throws IOException {
        guest.declare("q");
        List<Long> sequences = publish("q", "a", "b", "c");
        restart();
        damage(sequences.get(0));
        damage(sequences.get(1));
        assertThat(guest.fetch("q").texts()).containsExactly("c");
        assertThat(guest.fetch("q").texts()).isEmpty();
        assertThat(listed(Q)).containsExactlyElementsOf(sequences.subList(0, 2));
    }

    @Test
    void whatExpiresIntoADeadLetterIsSetAsideAtEveryStart() throws IOException {
        guest.declare("dead");
        guest.declare("q", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        List<Long> sequences = publish("q", 5_000, "a", "b", "c");
        restart();
        damage(sequences.get(1));
        world.pass(6_000);
        assertThat(guest.drain(world, "dead")).containsExactly("a", "c");
        assertThat(listed(Q)).containsExactly(sequences.get(1));
        for (int start = 0; start < 3; start++) {
            losePower();
            world.pass(6_000);
            assertThat(world.hasFailed()).isFalse();
            assertThat(listed(Q)).containsExactly(sequences.get(1));
            assertThat(guest.ready("q")).isZero();
        }
    }

    @Test
    void whatABoundDropsIntoADeadLetterIsSetAside() throws IOException {
        guest.declare("dead");
        guest.declare("q", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead", "x-max-length", 2);
        List<Long> sequences = publish("q", "a", "b");
        restart();
        damage(sequences.get(0));
        publish("q", "c");
        world.quiet();
        assertThat(listed(Q)).containsExactly(sequences.get(0));
        assertThat(guest.drain(world, "q")).containsExactly("b", "c");
        assertThat(guest.drain(world, "dead")).isEmpty();
    }

    @Test
    void whatExpiresAndGoesNowhereIsNotMissed() throws IOException {
        guest.declare("q");
        List<Long> sequences = publish("q", 5_000, "a");
        restart();
        damage(sequences.getFirst());
        world.pass(6_000);
        assertThat(damaged().count()).isZero();
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void everyQueueThatHasTheMessageSetsItAside() throws IOException {
        guest.declare("q");
        guest.declare("other");
        guest.link.bindQueue("other", "amq.fanout", "", Map.of());
        guest.link.bindQueue("q", "amq.fanout", "", Map.of());
        Publication message = Guest.message("", "a");
        message.address(ShortText.of("amq.fanout"), ShortText.of(""), List.of());
        guest.link.publish(message);
        restart();
        damage(message.durableAt());
        assertThat(guest.drain(world, "q")).isEmpty();
        assertThat(guest.drain(world, "other")).isEmpty();
        assertThat(damaged().count()).isEqualTo(2);
        assertThat(damaged().drop(Q, message.durableAt())).isTrue();
        losePower();
        assertThat(listed(Q)).isEmpty();
        assertThat(listed(Resource.queue("other", "/"))).containsExactly(message.durableAt());
    }

    @Test
    void deletingATaskByItsIdSetsAsideWhatItCannotRead() throws IOException {
        guest.declare("q", "x-ferry-celery", true);
        List<Long> sequences = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            sequences.add(task(id).to(guest, "q").durableAt());
        }
        long held =
                task("d").eta(world.lane.nowMillis() + 60_000).to(guest, "q").durableAt();
        restart();
        damage(sequences.get(0));
        damage(held);
        assertThat(world.broker.administration().deleteTask("/", "q", "b")).isEqualTo(1);
        assertThat(listed(Q)).containsExactly(sequences.get(0), held);
        assertThat(guest.drain(world, "q")).containsExactly("c");
        losePower();
        assertThat(listed(Q)).containsExactly(sequences.get(0), held);
        world.pass(120_000);
        assertThat(guest.drain(world, "q")).isEmpty();
    }

    @Test
    void aTaskThatMayBeRevokedIsSetAsideWhenSomebodyIsToGetIt() throws IOException {
        guest.link.declareExchange(
                new ExchangeSpec("celery.pidbox", ExchangeType.FANOUT, true, false, false, Map.of()));
        guest.declare("q", "x-ferry-celery", true);
        long damaged = task("a").to(guest, "q").durableAt();
        task("b").to(guest, "q");
        task("c").to(guest, "q");
        restart();
        damage(damaged);
        revoke(guest, "b");
        world.quiet();
        assertThat(guest.drain(world, "q")).containsExactly("c");
        assertThat(listed(Q)).containsExactly(damaged);
    }

    // ---- what waits for its time ----

    private long publishDelayed(String body, long delayMillis) {
        Publication message = Guest.message("message_id=" + body, body);
        message.address(ShortText.EMPTY, ShortText.of("q"), List.of());
        message.delays(delayMillis, 0);
        guest.link.publish(message);
        return message.durableAt();
    }

    @Test
    void aDelayedMessageIsSetAsideAtItsExchangeWhenItIsDue() throws IOException {
        Resource exchange = Resource.exchange("", "/");
        guest.declare("q");
        long damaged = publishDelayed("a", 5_000);
        publishDelayed("b", 5_000);
        restart();
        damage(damaged);
        world.pass(6_000);
        assertThat(guest.drain(world, "q")).containsExactly("b");
        assertThat(listed(exchange)).containsExactly(damaged);
        for (int start = 0; start < 2; start++) {
            losePower();
            world.pass(6_000);
            assertThat(listed(exchange)).containsExactly(damaged);
            assertThat(guest.drain(world, "q")).isEmpty();
        }
        assertThat(damaged().dropAll(exchange)).isEqualTo(1);
        losePower();
        assertThat(listed(exchange)).isEmpty();
    }

    @Test
    void whoeverLooksAtADelayedMessageSetsItAside() throws IOException {
        guest.declare("q");
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sequences.add(publishDelayed("m" + i, 60_000));
        }
        restart();
        sequences.subList(0, 3).forEach(this::damage);
        var delayed = world.broker.administration().delayedMessages("/");
        assertThat(delayed.runNow(sequences.get(0))).isFalse();
        assertThat(delayed.postpone(sequences.get(1), 0)).isZero();
        assertThat(delayed.list(null, null, 10)).extracting("id").containsExactly(sequences.get(3));
        assertThat(delayed.count()).isEqualTo(1);
        assertThat(damaged().count()).isEqualTo(3);
    }

    // ---- what cannot be understood ----

    private record Foreign(byte id) implements MessageFormat {
        @Override
        public Map<String, @Nullable Object> headers(ByteBuf header) {
            return Map.of();
        }

        @Override
        public @Nullable Object header(ByteBuf header, String name) {
            return null;
        }

        @Override
        public @Nullable String property(ByteBuf header, String name) {
            return null;
        }

        @Override
        public ByteBuf withProperties(Map<String, String> properties) {
            return Unpooled.EMPTY_BUFFER;
        }
    }

    private static Publication foreign(long delayMillis) {
        Publication message = new Publication(new Foreign((byte) 55));
        message.content(Unpooled.EMPTY_BUFFER, Unpooled.copiedBuffer("the body", StandardCharsets.UTF_8));
        message.terms(true, 0, Publication.NEVER);
        message.address(ShortText.EMPTY, ShortText.of("q"), List.of());
        message.delays(delayMillis, 0);
        return message;
    }

    @Test
    void aMessageInAFormatThatNobodyKnowsIsSetAside() {
        guest.declare("q");
        guest.link.publish(foreign(0));
        guest.link.publish(foreign(1_000));
        guest.publish("q", "a");
        world.pass(2_000);
        assertThat(guest.drain(world, "q")).containsExactly("a");
        assertThat(damaged().list(Q, 0, 1).getFirst().reason()).contains("format 55");
        long id = listed(Q).getFirst();
        assertThat(new String(damaged().raw(Q, id, 1_000), StandardCharsets.UTF_8))
                .endsWith("the body");
        assertThat(damaged().raw(Q, id, 3)).hasSize(3);
        assertThat(damaged().raw(Q, 4711, 3)).isEmpty();
        assertThat(damaged().count(Resource.exchange("", "/"))).isEqualTo(1);
    }

    // ---- the list ----

    private List<Long> threeSetAside() throws IOException {
        guest.declare("q");
        List<Long> sequences = publish("q", "a", "b", "c");
        restart();
        sequences.forEach(this::damage);
        assertThat(guest.drain(world, "q")).isEmpty();
        return sequences;
    }

    @Test
    void theListOutlivesPowerLossAndCleanStopAndKeepsTheBytes() throws IOException {
        List<Long> sequences = threeSetAside();
        for (int start = 0; start < 3; start++) {
            losePower();
            assertThat(listed(Q)).isEqualTo(sequences);
            restart();
            assertThat(listed(Q)).isEqualTo(sequences);
            guest.declare("busy");
            for (int i = 0; i < 300; i++) {
                guest.publish("busy", "something that fills segments " + i);
            }
            guest.drain(world, "busy");
        }
        assertThat(damaged().raw(Q, sequences.getFirst(), 20)).hasSize(20);
        assertThat(damaged().list(Q, sequences.get(0), 1)).extracting("id").containsExactly(sequences.get(1));
    }

    /** The disk gives again what it did not give. */
    private void mend(long sequence) throws IOException {
        damage(sequence);
        restart();
    }

    @Test
    void whatCanBeReadAgainIsGivenBack() throws IOException {
        List<Long> sequences = threeSetAside();
        mend(sequences.get(1));
        guest.publish("q", "d");
        assertThat(damaged().giveBack(Q, sequences.get(1))).isTrue();
        assertThat(damaged().giveBack(Q, sequences.get(1))).isFalse();
        losePower();
        assertThat(guest.drain(world, "q")).containsExactly("d", "b");
        assertThat(listed(Q)).containsExactly(sequences.get(0), sequences.get(2));
    }

    @Test
    void whatStillCannotBeReadStaysAndIsRefusedInWords() throws IOException {
        List<Long> sequences = threeSetAside();
        assertThatThrownBy(() -> damaged().giveBack(Q, sequences.get(1)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal())
                                .isInstanceOfSatisfying(Refusal.Unreadable.class, unreadable -> {
                                    assertThat(unreadable.place()).isEqualTo(Q);
                                    assertThat(unreadable.why()).contains("does not match its checksum");
                                }));
        assertThat(listed(Q)).isEqualTo(sequences);
        assertThat(guest.ready("q")).isZero();
        guest.link.publish(foreign(0));
        assertThat(guest.drain(world, "q")).isEmpty();
        assertThatThrownBy(() -> damaged().giveBack(Q, listed(Q).getLast()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("format 55");
        assertThat(world.lane.breaks).isEmpty();
    }

    @Test
    void aDelayedMessageIsGivenBackThroughItsExchange() throws IOException {
        Resource exchange = Resource.exchange("", "/");
        guest.declare("q");
        long damaged = publishDelayed("a", 5_000);
        restart();
        damage(damaged);
        world.pass(6_000);
        assertThat(listed(exchange)).containsExactly(damaged);
        mend(damaged);
        assertThat(damaged().giveBack(exchange, damaged)).isTrue();
        losePower();
        assertThat(guest.drain(world, "q")).containsExactly("a");
        assertThat(listed(exchange)).isEmpty();
    }

    @Test
    void aTaskThatWasHeldIsGivenBackToItsQueue() throws IOException {
        guest.declare("q", "x-ferry-celery", true);
        long held =
                task("d").eta(world.lane.nowMillis() + 60_000).to(guest, "q").durableAt();
        restart();
        damage(held);
        world.pass(120_000);
        assertThat(listed(Q)).containsExactly(held);
        mend(held);
        assertThat(damaged().giveBack(Q, held)).isTrue();
        assertThat(guest.drain(world, "q")).containsExactly("d");
    }

    @Test
    void whatIsDroppedIsGoneForGood() throws IOException {
        List<Long> sequences = threeSetAside();
        assertThat(damaged().drop(Q, sequences.get(1))).isTrue();
        assertThat(damaged().drop(Q, sequences.get(1))).isFalse();
        losePower();
        assertThat(listed(Q)).containsExactly(sequences.get(0), sequences.get(2));
        assertThat(damaged().dropAll(Q)).isEqualTo(2);
        assertThat(damaged().dropAll(Q)).isZero();
        losePower();
        assertThat(damaged().count()).isZero();
    }

    @Test
    void purgingLeavesTheListAndDeletingEndsIt() throws IOException {
        List<Long> sequences = threeSetAside();
        guest.link.purgeQueue("q");
        losePower();
        assertThat(listed(Q)).isEqualTo(sequences);
        guest.link.deleteQueue("q", Set.of());
        assertThatThrownBy(() -> listed(Q)).isInstanceOf(RefusedException.class);
        guest.declare("q");
        losePower();
        assertThat(listed(Q)).isEmpty();
        assertThat(damaged().count()).isZero();
    }

    @Test
    void deletingTheVirtualHostEndsItsLists() throws IOException {
        threeSetAside();
        world.broker.administration().deleteVhost("/");
        assertThatThrownBy(this::damaged).isInstanceOf(RefusedException.class);
        world.quiet();
        world = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        assertThat(damaged().count())
                .as("of the first virtual host of a new broker")
                .isZero();
    }

    /** The power is lost in every operation on the disk while a queue meets the damage. */
    @Test
    void aCrashLeavesTheMessageInItsQueueOrInTheListNeverInNeither() throws IOException {
        guest.declare("q");
        List<Long> sequences = publish("q", "a", "b", "c");
        world.quiet();
        world.stop();
        FakeDisk stopped = world.disk;
        boolean cut = true;
        for (int operation = 1; cut; operation++) {
            FakeDisk disk = stopped.copy();
            World dying = World.open(disk, world.lane.nowMillis());
            Guest reader = new Guest(dying);
            new LogDamager(disk).damagePayload(sequences.get(1));
            disk.faults().losePowerAt(operation);
            Inbox inbox = reader.consumeSettled("q", 10);
            for (int i = 0; i < 4 && !dying.hasFailed(); i++) {
                dying.pass(25);
            }
            assertThat(inbox.texts()).isSubsetOf("a", "c");
            cut = disk.faults().powerIsLost();

            World found = World.open(disk.afterPowerLoss(new Random(operation)), dying.lane.nowMillis());
            use(found);
            assertThat(guest.drain(found, "q")).isSubsetOf("a", "c");
            assertThat(listed(Q)).as("operation " + operation).containsExactly(sequences.get(1));
            assertThat(guest.ready("q")).isZero();
        }
    }
}

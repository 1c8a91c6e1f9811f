package io.ferrymq.broker.shard;

import static io.ferrymq.broker.shard.TaskDraft.held;
import static io.ferrymq.broker.shard.TaskDraft.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.DelayedMessage;
import io.ferrymq.broker.DelayedMessages;
import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.message.MessageView;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks with an eta, in a queue that understands them. */
final class CeleryEtaTest {
    private static final long HOUR = 3_600_000;

    private World world = World.fresh();
    private Guest guest = new Guest(world);

    CeleryEtaTest() throws IOException {}

    @BeforeEach
    void declare() {
        guest.declare("q", "x-ferry-celery", true);
        world.quiet();
    }

    private long in(long millis) {
        return world.lane.nowMillis() + millis;
    }

    private List<String> arrived() {
        return guest.drain(world, "q");
    }

    private void losePower() throws IOException {
        world.quiet();
        World after = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        world.abandon();
        world = after;
        guest = new Guest(after);
        world.settle();
    }

    private void restart() throws IOException {
        world.quiet();
        world = world.restart();
        guest = new Guest(world);
        world.settle();
    }

    // ---- holding ----

    @Test
    void holdsATaskUntilItsEta() {
        Publication message = task("a").eta(in(500)).to(guest, "q");
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(guest.ready("q")).isZero();
        assertThat(held(world, "q")).isEqualTo(1);
        world.pass(499);
        assertThat(arrived()).isEmpty();
        world.pass(1);
        assertThat(arrived()).containsExactly("a");
        assertThat(held(world, "q")).isZero();
    }

    @Test
    void holdsATaskForAThousandYears() {
        task("a").header("eta", "3024-02-29T12:00:00.5+01:00").to(guest, "q");
        world.pass(1_000 * HOUR);
        assertThat(arrived()).isEmpty();
        assertThat(held(world, "q")).isEqualTo(1);
    }

    @Test
    void handsOutATaskWhoseEtaHasPassed() {
        task("a").eta(in(0)).to(guest, "q");
        task("b").eta(in(-HOUR)).to(guest, "q");
        assertThat(arrived()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "2999-01-01T00:00:00",
                "2999-13-01T00:00:00+00:00",
                "+999999999-12-31T00:00:00Z",
                "true"
            })
    void handsOutATaskWhoseEtaItCannotRead(String eta) {
        task("a").header("eta", eta).to(guest, "q");
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void handsOutAtOnceWhatIsNoTask() {
        Publication message = Guest.message("eta=" + TaskDraft.time(in(HOUR)), "a");
        message.address(message.exchange(), ShortText.of("q"), List.of());
        guest.link.publish(message);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void holdsNothingInAQueueThatDoesNotUnderstandTasks() {
        guest.declare("plain");
        guest.declare("not", "x-ferry-celery", false);
        task("a").eta(in(HOUR)).to(guest, "plain");
        task("b").eta(in(HOUR)).to(guest, "not");
        assertThat(guest.drain(world, "plain")).containsExactly("a");
        assertThat(guest.drain(world, "not")).containsExactly("b");
    }

    @Test
    void holdsATaskForEachQueueThatUnderstandsIt() throws IOException {
        guest.link.declareExchange(ExchangeSpec.durable("all", ExchangeType.FANOUT));
        guest.declare("other", "x-ferry-celery", true);
        guest.declare("plain");
        for (String queue : List.of("q", "other", "plain")) {
            guest.link.bindQueue(queue, "all", "", Map.of());
        }
        Publication message = task("a").eta(in(10_000)).to(guest, "all", "key");
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(guest.drain(world, "plain")).containsExactly("a");
        guest.link.purgeQueue("other");
        losePower();
        world.pass(10_000);
        assertThat(arrived()).containsExactly("a");
        assertThat(guest.drain(world, "other")).isEmpty();
        assertThat(guest.drain(world, "plain")).isEmpty();
    }

    @Test
    void deliversATaskAsItWasPublished() {
        guest.link.bindQueue("q", "amq.topic", "a.#", Map.of());
        task("a").eta(in(500)).to(guest, "amq.topic", "a.b");
        world.pass(500);
        List<String> seen = new ArrayList<>();
        guest.link.subscribe(
                new SubscriptionRequest("q", "tag", Settling.ON_DELIVERY, Sharing.SHARED, Map.of()),
                new DeliverySink() {
                    @Override
                    public boolean hasCredit() {
                        return true;
                    }

                    @Override
                    public void deliver(Delivery delivery) {
                        MessageView view = delivery.message();
                        seen.add(text(view, view.exchangeOffset(), view.exchangeLength()));
                        seen.add(text(view, view.routingKeyOffset(), view.routingKeyLength()));
                        seen.add(text(view, view.headerOffset(), view.headerLength()));
                        assertThat(view.persistent()).isTrue();
                        assertThat(view.wasDelayed()).isFalse();
                        assertThat(delivery.redelivered()).isFalse();
                    }

                    @Override
                    public void cancelled() {}
                });
        world.settle();
        assertThat(seen).hasSize(3).startsWith("amq.topic", "a.b");
        assertThat(seen.get(2)).contains("task=module.function", "eta=" + TaskDraft.time(world.lane.nowMillis()));
    }

    private static String text(MessageView view, int offset, int length) {
        return view.buffer().toString(offset, length, StandardCharsets.UTF_8);
    }

    @Test
    void keepsThePriorityOfATask() {
        guest.declare("prior", "x-ferry-celery", true, "x-max-priority", 5);
        Publication low = task("low").eta(in(500)).to(guest, "prior");
        assertThat(low.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        Publication high = Guest.message("task=t\nid=high\neta=" + TaskDraft.time(in(600)), "high");
        high.address(high.exchange(), ShortText.of("prior"), List.of());
        high.terms(true, 4, Publication.NEVER);
        guest.link.publish(high);
        world.pass(600);
        assertThat(guest.drain(world, "prior")).containsExactly("high", "low");
    }

    @Test
    void holdsARetryOfTheSameTaskAgain() {
        task("a").to(guest, "q");
        Inbox inbox = guest.consume("q", 5);
        world.settle();
        task("a").eta(in(1_000)).header("retries", "1").to(guest, "q");
        inbox.settle(guest, 0, Settlement.ACCEPT);
        world.pass(999);
        assertThat(inbox.texts()).containsExactly("a");
        world.pass(1);
        assertThat(inbox.texts()).containsExactly("a", "a");
    }

    @Test
    void holdsATaskThatHasWaitedAtAnExchange() throws IOException {
        guest.declare("plain");
        guest.link.bindQueue("q", "amq.fanout", "", Map.of());
        guest.link.bindQueue("plain", "amq.fanout", "", Map.of());
        task("a").delay(1_000).eta(in(90_000)).to(guest, "amq.fanout", "");
        world.pass(1_000);
        losePower();
        assertThat(guest.drain(world, "plain")).containsExactly("a");
        assertThat(held(world, "q")).isEqualTo(1);
        losePower();
        world.pass(90_000);
        assertThat(arrived()).containsExactly("a");
        losePower();
        world.pass(HOUR);
        assertThat(arrived()).isEmpty();
        assertThat(world.broker.administration().delayedMessages("/").count()).isZero();
    }

    @Test
    void handsOutManyThatAreDueTogether() {
        for (int i = 0; i < 2_000; i++) {
            task("" + i).eta(in(500)).to(guest, "q");
        }
        world.pass(500);
        assertThat(arrived()).hasSize(2_000).doesNotHaveDuplicates();
    }

    // ---- durability ----

    @Test
    void confirmsWhenTheHeldTaskIsDurable() {
        Publication message = task("a").eta(in(HOUR)).to(guest, "q");
        assertThat(message.durableAt()).isGreaterThan(guest.link.durableSequence());
        world.settle();
        assertThat(guest.link.durableSequence()).isGreaterThanOrEqualTo(message.durableAt());
    }

    @Test
    void findsHeldTasksAfterALossOfPower() throws IOException {
        task("a").eta(in(20_000)).to(guest, "q");
        task("b").eta(in(10_000)).to(guest, "q");
        losePower();
        assertThat(arrived()).isEmpty();
        world.pass(20_000);
        assertThat(arrived()).containsExactly("b", "a");
        losePower();
        world.pass(20_000);
        assertThat(arrived()).isEmpty();
    }

    @Test
    void findsHeldTasksInACheckpoint() throws IOException {
        guest.declare("other", "x-ferry-celery", true);
        task("a").eta(in(20_000)).to(guest, "q");
        task("b").eta(in(20_000)).to(guest, "other");
        restart();
        assertThat(held(world, "q")).isEqualTo(1);
        assertThat(held(world, "other")).isEqualTo(1);
        world.pass(20_000);
        assertThat(arrived()).containsExactly("a");
        assertThat(guest.drain(world, "other")).containsExactly("b");
    }

    @Test
    void handsOutAfterwardsWhatBecameDueWhileThereWasNoPower() throws IOException {
        task("a").eta(in(20_000)).to(guest, "q");
        world.quiet();
        world.lane.pass(HOUR);
        losePower();
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void forgetsTransientTasksWithTheProcess() throws IOException {
        guest.declareTransient("gone", "x-ferry-celery", true);
        Publication message = task("a").notPersistent().eta(in(20_000)).to(guest, "q");
        assertThat(message.durableAt()).isZero();
        assertThat(task("b").eta(in(20_000)).to(guest, "gone").durableAt()).isZero();
        restart();
        assertThat(world.broker.administration().delayedMessages("/").count()).isZero();
    }

    @Test
    void handsOutTransientTasks() {
        guest.declareTransient("t", "x-ferry-celery", true);
        task("a").notPersistent().eta(in(500)).to(guest, "q");
        task("b").eta(in(500)).to(guest, "t");
        world.pass(500);
        assertThat(arrived()).containsExactly("a");
        assertThat(guest.drain(world, "t")).containsExactly("b");
    }

    @Test
    void keepsEveryTaskOfAQuorumQueue() throws IOException {
        guest.declare("quorum", "x-ferry-celery", true, "x-queue-type", "quorum");
        task("a").notPersistent().eta(in(20_000)).to(guest, "quorum");
        losePower();
        world.pass(20_000);
        assertThat(guest.drain(world, "quorum")).containsExactly("a");
    }

    // ---- queues ----

    @Test
    void purgesHeldTasksAndCountsThem() throws IOException {
        task("held").eta(in(20_000)).to(guest, "q");
        task("ready").to(guest, "q");
        assertThat(guest.link.purgeQueue("q")).isEqualTo(2);
        assertThat(guest.link.purgeQueue("q")).isZero();
        task("kept").eta(in(20_000)).to(guest, "q");
        losePower();
        world.pass(20_000);
        assertThat(arrived()).containsExactly("kept");
    }

    @Test
    void dropsHeldTasksWithTheirQueue() throws IOException {
        task("a").eta(in(20_000)).to(guest, "q");
        assertThat(guest.link.deleteQueue("q", Set.of())).isEqualTo(1);
        guest.declare("q", "x-ferry-celery", true);
        losePower();
        world.pass(20_000);
        assertThat(arrived()).isEmpty();
        assertThat(world.log.statistics().segments()).isLessThanOrEqualTo(2);
    }

    @Test
    void dropsHeldTasksWithTheirVirtualHost() throws IOException {
        world.broker.administration().putVhost(VhostSpec.named("other"));
        var link = world.broker.administration().operatorLink("other");
        link.declareQueue(new QueueSpec("q", true, false, false, QueueArguments.of(Map.of("x-ferry-celery", true))));
        Publication message = Guest.message("task=t\nid=a\neta=" + TaskDraft.time(in(20_000)), "a");
        message.address(message.exchange(), ShortText.of("q"), List.of());
        link.publish(message);
        assertThat(world.broker.administration().delayedMessages("other").count())
                .isEqualTo(1);
        world.broker.administration().deleteVhost("other");
        losePower();
        world.broker.administration().putVhost(VhostSpec.named("other"));
        assertThat(world.broker.administration().delayedMessages("other").count())
                .isZero();
    }

    @Test
    void isNotEmptyWhileItHoldsTasks() {
        task("a").eta(in(20_000)).to(guest, "q");
        assertThatThrownBy(() -> guest.link.deleteQueue("q", Set.of(DeleteCondition.IF_EMPTY)))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void asksTheBoundWhenATaskComesAndNotAgainWhenItIsDue() {
        guest.declare("small", "x-ferry-celery", true, "x-max-length", 1, "x-overflow", "reject-publish");
        task("held").eta(in(500)).to(guest, "small");
        task("ready").to(guest, "small");
        assertThat(task("refused").eta(in(500)).to(guest, "small").outcome()).isEqualTo(Publication.Outcome.REJECTED);
        world.pass(500);
        assertThat(guest.drain(world, "small")).containsExactly("ready", "held");
    }

    // ---- for operators ----

    private DelayedMessages delayed() {
        return world.broker.administration().delayedMessages("/");
    }

    @Test
    void tellsWhatIsKnownOfAHeldTask() {
        task("abc").eta(in(5_000)).to(guest, "q");
        assertThat(delayed().listAtQueue("q", null, 10)).isEqualTo(delayed().list(null, null, 10));
        DelayedMessage message = delayed().listAtQueue("q", null, 10).getFirst();
        assertThat(message)
                .isEqualTo(new DelayedMessage(message.id(), in(5_000), Resource.queue("q", "/"), "", "q", true, 3));
        assertThat(delayed().count("")).isZero();
        assertThat(delayed().list("", null, 10)).isEmpty();
        assertThat(delayed().countAtQueue("none")).isZero();
        assertThat(delayed().listAtQueue("none", null, 10)).isEmpty();
    }

    @Test
    void cancelsPostponesAndRunsHeldTasks() throws IOException {
        task("cancelled").eta(in(5_000)).to(guest, "q");
        task("postponed").eta(in(6_000)).to(guest, "q");
        task("run").eta(in(7_000)).to(guest, "q");
        List<DelayedMessage> all = delayed().listAtQueue("q", null, 10);
        assertThat(delayed().cancel(all.get(0).id())).isTrue();
        assertThat(delayed().postpone(all.get(1).id(), in(90_000))).isPositive();
        assertThat(delayed().runNow(all.get(2).id())).isTrue();
        losePower();
        assertThat(arrived()).containsExactly("run");
        world.pass(60_000);
        assertThat(arrived()).isEmpty();
        world.pass(60_000);
        assertThat(arrived()).containsExactly("postponed");
    }
}

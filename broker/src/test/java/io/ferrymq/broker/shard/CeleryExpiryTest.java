package io.ferrymq.broker.shard;

import static io.ferrymq.broker.shard.TaskDraft.held;
import static io.ferrymq.broker.shard.TaskDraft.result;
import static io.ferrymq.broker.shard.TaskDraft.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that expire, in a queue that understands them, and what their callers hear. */
final class CeleryExpiryTest {
    private World world = World.fresh();
    private Guest guest = new Guest(world);

    CeleryExpiryTest() throws IOException {}

    @BeforeEach
    void declare() {
        guest.declare("q", "x-ferry-celery", true);
        guest.declare("replies");
        world.quiet();
    }

    private long in(long millis) {
        return world.lane.nowMillis() + millis;
    }

    private List<String> arrived() {
        return guest.drain(world, "q");
    }

    private List<String> told() {
        return guest.drain(world, "replies");
    }

    private TaskDraft called(String id) {
        return task(id).header("reply_to", "replies");
    }

    private void losePower() throws IOException {
        world.quiet();
        World after = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        world.abandon();
        world = after;
        guest = new Guest(after);
        world.settle();
    }

    @Test
    void neverHandsOutATaskThatHasExpired() {
        called("a").expires(in(500)).to(guest, "q");
        called("b").to(guest, "q");
        world.pass(499);
        assertThat(guest.ready("q")).isEqualTo(2);
        assertThat(told()).isEmpty();
        world.pass(1);
        assertThat(guest.ready("q")).isEqualTo(1);
        assertThat(told()).containsExactly(result("a", "expired"));
        assertThat(arrived()).containsExactly("b");
    }

    @Test
    void handsOutATaskBeforeItExpires() {
        called("a").expires(in(500)).to(guest, "q");
        assertThat(arrived()).containsExactly("a");
        world.pass(1_000);
        assertThat(told()).isEmpty();
    }

    @Test
    void neverHandsOutATaskThatHadExpiredWhenItCame() {
        Inbox inbox = guest.consume("q", 5);
        called("a").expires(in(-1)).to(guest, "q");
        called("b").expires(in(-1)).expiration(0).to(guest, "q");
        called("c").header("expires", "1815-12-10T00:00:00+00:00").expiration(0).to(guest, "q");
        world.settle();
        assertThat(inbox.texts()).isEmpty();
        assertThat(told()).containsExactly(result("a", "expired"), result("b", "expired"), result("c", "expired"));
    }

    @Test
    void keepsTheStrictestOfAllTimes() {
        called("a").expires(in(900)).expiration(300).to(guest, "q");
        called("b").expires(in(600)).expiration(900).to(guest, "q");
        world.pass(300);
        assertThat(told()).containsExactly(result("a", "expired"));
        world.pass(300);
        assertThat(told()).containsExactly(result("b", "expired"));
    }

    @Test
    void keepsWhenATaskExpiresOverALossOfPower() throws IOException {
        called("a").expires(in(20_000)).to(guest, "q");
        losePower();
        assertThat(guest.ready("q")).isEqualTo(1);
        losePower();
        world.pass(20_000);
        assertThat(guest.ready("q")).isZero();
        assertThat(told()).containsExactly(result("a", "expired"));
        losePower();
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void endsAHeldTaskWhenItExpires() {
        called("a").eta(in(2_000)).expires(in(1_000)).to(guest, "q");
        assertThat(held(world, "q")).isEqualTo(1);
        world.pass(1_000);
        assertThat(held(world, "q")).isZero();
        assertThat(told()).containsExactly(result("a", "expired"));
        world.pass(2_000);
        assertThat(arrived()).isEmpty();
    }

    @Test
    void handsOutAHeldTaskThatHasNotExpired() {
        called("a").eta(in(1_000)).expires(in(2_000)).expiration(2_000).to(guest, "q");
        world.pass(1_000);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void expiresNothingInAQueueThatDoesNotUnderstandTasks() {
        guest.declare("plain");
        guest.declare("both", "x-ferry-celery", true);
        called("a").expires(in(-1)).to(guest, "plain");
        assertThat(guest.drain(world, "plain")).containsExactly("a");
        guest.link.bindQueue("plain", "amq.fanout", "", Map.of());
        guest.link.bindQueue("both", "amq.fanout", "", Map.of());
        called("b").expires(in(-1)).to(guest, "amq.fanout", "");
        assertThat(guest.drain(world, "both")).isEmpty();
        assertThat(guest.drain(world, "plain")).containsExactly("b");
    }

    @Test
    void tellsNobodyWhoDoesNotWantToKnow() {
        called("a").header("ignore_result", "true").expires(in(-1)).to(guest, "q");
        task("b").expires(in(-1)).to(guest, "q");
        task("c").header("reply_to", "nobody").expires(in(-1)).to(guest, "q");
        task("d").header("reply_to", "x".repeat(300)).expires(in(-1)).to(guest, "q");
        called("e".repeat(300)).expires(in(-1)).to(guest, "q");
        world.settle();
        assertThat(guest.ready("q")).isZero();
        assertThat(told()).isEmpty();
    }

    @Test
    void tellsNobodyOfAMessageThatIsNoTask() {
        guest.send("q", "a", true, 0, 100);
        world.pass(100);
        assertThat(guest.ready("q")).isZero();
        assertThat(told()).isEmpty();
    }

    @Test
    void tellsTheCallerWhenTheTimeToLiveOfTheQueueEndsATask() {
        guest.declare("short", "x-ferry-celery", true, "x-message-ttl", 100);
        called("a").to(guest, "short");
        world.pass(100);
        assertThat(told()).containsExactly(result("a", "expired"));
    }

    @Test
    void tellsNobodyWhenTheTimeToLiveOfTheQueueSendsATaskElsewhere() {
        guest.declare(
                "wait",
                "x-ferry-celery",
                true,
                "x-message-ttl",
                100,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "q");
        called("a").expires(in(5_000)).to(guest, "wait");
        world.pass(100);
        assertThat(told()).isEmpty();
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void sendsAnExpiredTaskWhereItsQueueSendsDeadLettersAndTellsTheCaller() {
        guest.declare(
                "dying", "x-ferry-celery", true, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        guest.declare("dead");
        called("a").expires(in(100)).to(guest, "dying");
        world.pass(100);
        Inbox inbox = guest.consume("dead", 1);
        world.settle();
        assertThat(Objects.requireNonNull(inbox.last().history()).first().reason())
                .isEqualTo(Death.Reason.EXPIRED);
        assertThat(told()).containsExactly(result("a", "expired"));
    }

    @Test
    void keepsAResultAsLongAsItsTask() throws IOException {
        called("kept").expires(in(-1)).to(guest, "q");
        called("gone").notPersistent().expires(in(-1)).to(guest, "q");
        world.settle();
        losePower();
        assertThat(told()).containsExactly(result("kept", "expired"));
    }
}

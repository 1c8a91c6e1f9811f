package io.ferrymq.broker.shard;

import static io.ferrymq.broker.shard.TaskDraft.held;
import static io.ferrymq.broker.shard.TaskDraft.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker does whose wall clock is set, by half an hour and by years, while it runs and while it does not. */
final class ClockTest {
    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600 * SECOND;

    /** Within this time the broker has noticed. */
    private static final long NOTICED_MILLIS = 1_100;

    private static final long BEGIN_MILLIS = 1_700_000_000_000L;

    private World world = World.open(new FakeDisk(), BEGIN_MILLIS);
    private Guest guest = new Guest(world);

    ClockTest() throws IOException {}

    /** The wall clock is set while the broker runs. */
    private void set(long byMillis) {
        world.settle();
        world.clockSetByMillis += byMillis;
    }

    private long wallMillis() {
        return world.lane.nowMillis() + world.clockSetByMillis;
    }

    /** The broker stops and begins again, and the wall clock is set meanwhile. */
    private void restart(long setByMillis, boolean cleanly) throws IOException {
        world.quiet();
        long now = wallMillis() + setByMillis;
        if (cleanly) {
            world.stop();
            world = World.open(world.disk, now);
        } else {
            World after = World.open(world.disk.afterPowerLoss(new Random(1)), now);
            world.abandon();
            world = after;
        }
        guest = new Guest(world);
        world.settle();
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR / 2, -HOUR / 2, 500 * 24 * HOUR, -500 * 24 * HOUR})
    void aTimeToLiveIsADuration(long byMillis) {
        guest.declareTransient("q", "x-message-ttl", 60_000);
        guest.publishTransient("q", "a");
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(50 * SECOND - 1);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(1);
        assertThat(guest.ready("q")).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR / 2, -HOUR / 2})
    void whatComesAfterTheClockWasSetExpiresInTime(long byMillis) {
        guest.declareTransient("day", "x-message-ttl", 86_400_000);
        guest.declareTransient("soon", "x-message-ttl", 100);
        guest.publishTransient("day", "a");
        world.pass(SECOND);
        set(byMillis);
        for (int i = 0; i < 100; i++) {
            guest.publishTransient("soon", "b" + i);
            world.pass(99);
            assertThat(guest.ready("soon")).isEqualTo(1);
            world.pass(1);
            assertThat(guest.ready("soon")).isZero();
        }
        assertThat(guest.ready("day")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR, -HOUR})
    void aTimeToLiveGoesOnAfterARestartAsTheClockWasSet(long byMillis) throws IOException {
        for (boolean cleanly : new boolean[] {true, false}) {
            String queue = "q" + cleanly;
            guest.declare(queue, "x-message-ttl", 60_000);
            guest.publish(queue, "a");
            world.pass(10 * SECOND);
            set(byMillis);
            world.pass(10 * SECOND);
            restart(0, cleanly);
            world.pass(30 * SECOND);
            assertThat(guest.ready(queue)).isEqualTo(1);
            world.pass(10 * SECOND);
            assertThat(guest.ready(queue)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingLivesLongerBecauseTheClockWasSetBackBetweenTwoRuns(boolean cleanly) throws IOException {
        guest.declare("q", "x-message-ttl", 60_000);
        guest.publish("q", "a");
        restart(-HOUR, cleanly);
        world.pass(50 * SECOND);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(10 * SECOND);
        assertThat(guest.ready("q")).isZero();
        guest.publish("q", "b");
        world.pass(60 * SECOND - 1);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(1);
        assertThat(guest.ready("q")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void timePassesWhileTheBrokerDoesNotRun(boolean cleanly) throws IOException {
        guest.declare("q", "x-message-ttl", 60_000);
        guest.publish("q", "a");
        restart(50 * SECOND, cleanly);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(10 * SECOND);
        assertThat(guest.ready("q")).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR / 2, -HOUR / 2})
    void anUnusedQueueGoesWhenItWasUnusedForAsLongAsItSays(long byMillis) {
        guest.declareTransient("looked at", "x-expires", 60_000);
        guest.declareTransient("unused", "x-expires", 60_000);
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(50 * SECOND - 1);
        assertThat(guest.ready("looked at")).isZero();
        world.pass(1);
        assertThatThrownBy(() -> guest.ready("unused")).isInstanceOf(RefusedException.class);
        assertThat(guest.ready("looked at")).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR / 2, -HOUR / 2})
    void aDelayIsADuration(long byMillis) throws IOException {
        guest.declare("q");
        delayed("a", 60_000);
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(40 * SECOND);
        restart(0, true);
        assertThat(guest.ready("q")).isZero();
        world.pass(6 * SECOND);
        assertThat(guest.ready("q")).isZero();
        world.pass(4 * SECOND);
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    private void delayed(String body, long delayMillis) {
        Publication message = Guest.message("message_id=" + body, body);
        message.address(ShortText.EMPTY, ShortText.of("q"), List.of());
        message.terms(true, 0, Publication.NEVER);
        message.delays(delayMillis, 0);
        guest.link.publish(message);
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR / 2, -HOUR / 2})
    void aRestIsADuration(long byMillis) {
        guest.declare("q", "x-queue-type", "quorum", "x-delayed-retry-type", "all", "x-delayed-retry-min", 60_000);
        guest.publish("q", "a");
        world.quiet();
        Inbox inbox = guest.fetch("q");
        inbox.settle(guest, 0, Settlement.REQUEUE);
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(50 * SECOND - 1);
        assertThat(guest.ready("q")).isZero();
        world.pass(1);
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {100 * SECOND, -100 * SECOND})
    void anEtaIsAMomentOfTheCalendar(long byMillis) throws IOException {
        guest.declare("q", "x-ferry-celery", true);
        world.quiet();
        long eta = wallMillis() + HOUR;
        task("a").eta(eta).to(guest, "q");
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(NOTICED_MILLIS);
        world.pass(eta - wallMillis() - 1);
        assertThat(guest.ready("q")).isZero();
        assertThat(held(world, "q")).isEqualTo(1);
        world.pass(1);
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {2 * HOUR, -2 * HOUR})
    void anEtaIsKeptWhenTheClockWasSetBeforeAPowerLoss(long byMillis) throws IOException {
        guest.declare("q", "x-ferry-celery", true);
        world.quiet();
        long eta = wallMillis() + 24 * HOUR;
        task("a").eta(eta).to(guest, "q");
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(NOTICED_MILLIS);
        task("b").eta(eta).to(guest, "q");
        restart(-HOUR, false);
        restart(0, true);
        world.pass(eta - wallMillis() - SECOND);
        assertThat(guest.ready("q")).isZero();
        assertThat(held(world, "q")).isEqualTo(2);
        world.pass(2 * SECOND);
        assertThat(guest.ready("q")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {2 * HOUR, -2 * HOUR})
    void theCallerOfATaskThatExpiresIsToldWhateverTheClockWasSetTo(long byMillis) {
        guest.declare("dead");
        guest.declare("q", "x-ferry-celery", true, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        guest.declare("results");
        world.quiet();
        task("a")
                .expires(wallMillis() + 60 * SECOND)
                .header("reply_to", "results")
                .to(guest, "q");
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(NOTICED_MILLIS);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(50 * SECOND);
        assertThat(guest.ready("q")).isZero();
        assertThat(guest.ready("dead")).isEqualTo(1);
        assertThat(guest.drain(world, "results")).singleElement().asString().contains("[\"expired\"]");
    }

    @ParameterizedTest
    @ValueSource(longs = {2 * HOUR})
    void anEtaThatTheClockWasSetPastHasComeWithinTwoSeconds(long byMillis) {
        guest.declare("q", "x-ferry-celery", true);
        world.quiet();
        task("a").eta(wallMillis() + HOUR).to(guest, "q");
        world.pass(10 * SECOND);
        set(byMillis);
        world.pass(NOTICED_MILLIS);
        assertThat(guest.ready("q")).isEqualTo(1);
    }
}

package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.DelayedMessage;
import io.ferrymq.broker.DelayedMessages;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.VhostSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class VhostDelaysTest {
    private World world = World.fresh();
    private Guest guest = new Guest(world);
    private DelayedMessages delayed = world.broker.administration().delayedMessages("/");

    VhostDelaysTest() throws IOException {}

    @BeforeEach
    void declare() {
        guest.declare("q");
    }

    private void publish(String exchange, String body, boolean persistent, long delayMillis) {
        Publication message = Guest.message("message_id=" + body, body);
        message.address(ShortText.of(exchange), ShortText.of("q"), List.of());
        message.terms(persistent, 0, Publication.NEVER);
        message.delays(delayMillis, 0);
        guest.link.publish(message);
    }

    private long idOf(int n) {
        return delayed.list(null, null, 100).get(n).id();
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
        delayed = after.broker.administration().delayedMessages("/");
        world.settle();
    }

    @Test
    void countsWhatWaitsInAllAndAtAnExchange() {
        publish("", "a", true, 5_000);
        publish("", "b", true, 5_000);
        publish("amq.direct", "c", true, 5_000);
        assertThat(delayed.count()).isEqualTo(3);
        assertThat(delayed.count("")).isEqualTo(2);
        assertThat(delayed.count("amq.direct")).isEqualTo(1);
        assertThat(delayed.count("amq.topic")).isZero();
    }

    @Test
    void showsOneVirtualHost() {
        publish("", "a", true, 5_000);
        world.broker.administration().putVhost(VhostSpec.named("other"));
        DelayedMessages other = world.broker.administration().delayedMessages("other");
        assertThat(other.count()).isZero();
        assertThat(other.list(null, null, 10)).isEmpty();
        assertThat(other.cancel(idOf(0))).isFalse();
        assertThatThrownBy(() -> world.broker.administration().delayedMessages("none"))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void tellsWhatIsKnownOfAMessage() {
        publish("amq.direct", "abc", true, 5_000);
        DelayedMessage message = delayed.list(null, null, 10).getFirst();
        assertThat(message)
                .isEqualTo(new DelayedMessage(
                        message.id(),
                        world.lane.nowMillis() + 5_000,
                        Resource.exchange("amq.direct", "/"),
                        "amq.direct",
                        "q",
                        true,
                        3));
    }

    @Test
    void listsInPagesInTheOrderOfDueTimes() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            publish(i % 3 == 0 ? "amq.direct" : "", "m", i % 5 > 0, 1_000 + random.nextLong(50_000_000));
        }
        List<DelayedMessage> all = new ArrayList<>();
        @Nullable DelayedMessage last = null;
        for (List<DelayedMessage> page = delayed.list(null, last, 37);
                !page.isEmpty();
                page = delayed.list(null, last, 37)) {
            all.addAll(page);
            last = page.getLast();
        }
        assertThat(all).hasSize(500).isSortedAccordingTo((a, b) -> Long.compare(a.dueMillis(), b.dueMillis()));
        assertThat(delayed.list("", null, DelayedMessages.PAGE_MAX))
                .hasSize(333)
                .isEqualTo(all.stream()
                        .filter(each -> each.heldBy().name().isEmpty())
                        .toList());
    }

    @Test
    void dropsAMessageForGood() throws IOException {
        publish("", "a", true, 5_000);
        publish("", "b", true, 6_000);
        world.quiet();
        assertThat(delayed.cancel(idOf(0))).isTrue();
        losePower();
        assertThat(delayed.count()).isEqualTo(1);
        world.pass(6_000);
        assertThat(arrived()).containsExactly("b");
    }

    @Test
    void answersWhenACancellationIsDurable() {
        publish("", "a", true, 5_000);
        world.quiet();
        List<String> answers = new ArrayList<>();
        delayed.cancel(idOf(0));
        guest.link.afterDurable(() -> answers.add("cancelled"));
        assertThat(answers).isEmpty();
        world.settle();
        assertThat(answers).containsExactly("cancelled");
    }

    @Test
    void routesAMessageNowAndNotAgain() throws IOException {
        publish("", "a", true, 5_000);
        publish("", "b", true, 6_000);
        world.quiet();
        assertThat(delayed.runNow(idOf(1))).isTrue();
        assertThat(arrived()).containsExactly("b");
        losePower();
        world.pass(6_000);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void givesAMessageAnotherTime() throws IOException {
        publish("", "a", true, 5_000);
        publish("", "b", true, 6_000);
        publish("", "c", false, 7_000);
        long now = world.lane.nowMillis();
        long id = delayed.postpone(idOf(0), now + 8_000);
        assertThat(delayed.list(null, null, 10).getLast().id()).isEqualTo(id);
        delayed.postpone(idOf(1), now);
        world.settle();
        world.pass(1);
        assertThat(arrived()).containsExactly("c");
        losePower();
        assertThat(delayed.count()).isEqualTo(2);
        world.pass(10_000);
        assertThat(arrived()).containsExactly("b", "a");
    }

    @Test
    void knowsNothingOfWhatDoesNotWait() {
        publish("", "a", true, 5_000);
        long id = idOf(0);
        assertThat(delayed.cancel(id)).isTrue();
        assertThat(delayed.cancel(id)).isFalse();
        assertThat(delayed.runNow(id)).isFalse();
        assertThat(delayed.postpone(id, 0)).isZero();
        assertThat(delayed.cancel(1_000_000)).isFalse();
    }
}

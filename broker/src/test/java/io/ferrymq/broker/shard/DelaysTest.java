package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.VhostSpec;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DelaysTest {
    private static final String LATER = "later";

    private World world = World.fresh();
    private Guest guest = new Guest(world);

    DelaysTest() throws IOException {}

    @BeforeEach
    void declare() {
        declareDelayed(true);
        guest.declare("q");
        guest.link.bindQueue("q", LATER, "key", Map.of());
        world.quiet();
    }

    private void declareDelayed(boolean durable) {
        guest.link.declareExchange(new ExchangeSpec(
                LATER, ExchangeType.DELAYED, durable, false, false, Map.of("x-delayed-type", "direct")));
    }

    private Publication publish(String body, long delayMillis) {
        return publish(LATER, "key", body, true, 0, delayMillis);
    }

    private Publication publish(
            String exchange, String key, String body, boolean persistent, long delayMillis, long exchangeDelayMillis) {
        Publication message = Guest.message("message_id=" + body, body);
        message.address(ShortText.of(exchange), ShortText.of(key), List.of());
        message.terms(persistent, 0, Publication.NEVER);
        message.delays(delayMillis, exchangeDelayMillis);
        guest.link.publish(message);
        return message;
    }

    private List<String> arrived() {
        return guest.drain(world, "q");
    }

    private void losePower() throws IOException {
        World after = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        world.abandon();
        world = after;
        guest = new Guest(after);
        world.settle();
    }

    @Test
    void routesAMessageWhenItIsDueAndNotBefore() {
        publish("a", 1_000);
        world.pass(999);
        assertThat(arrived()).isEmpty();
        world.pass(1);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void routesAtOnceWhatAsksForNoDelay() {
        publish("a", 0);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void keepsTheOrderOfEqualDueTimes() {
        publish("late", 501);
        publish("a", 500);
        publish("b", 500);
        world.lane.pass(1);
        publish("c", 499);
        world.pass(1_000);
        assertThat(arrived()).containsExactly("a", "b", "c", "late");
    }

    @Test
    void delaysAtAnyExchangeWhatAsksForThat() {
        publish("", "q", "a", true, 300, 0);
        assertThat(arrived()).isEmpty();
        world.pass(300);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void ignoresTheDelayOfAnExchangeThatDelaysElsewhere() {
        publish("", "q", "a", true, 0, 300);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void delaysAMessageOnce() {
        publish(LATER, "key", "a", true, 300, 900);
        world.pass(300);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void delaysOnlyWhatComesToTheExchangeThatDelays() {
        guest.link.declareExchange(ExchangeSpec.durable("all", ExchangeType.FANOUT));
        guest.declare("now");
        guest.link.bindQueue("now", "all", "", Map.of());
        guest.link.bindExchange(LATER, "all", "", Map.of());
        Publication message = publish("all", "key", "a", true, 0, 300);
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(guest.drain(world, "now")).containsExactly("a");
        assertThat(arrived()).isEmpty();
        world.pass(300);
        assertThat(arrived()).containsExactly("a");
        assertThat(guest.drain(world, "now")).isEmpty();
    }

    @Test
    void routesWithTheBindingsOfTheTimeWhenItIsDue() {
        publish("a", 300);
        guest.link.unbindQueue("q", LATER, "key", Map.of());
        guest.declare("other");
        guest.link.bindQueue("other", LATER, "key", Map.of());
        world.pass(300);
        assertThat(arrived()).isEmpty();
        assertThat(guest.drain(world, "other")).containsExactly("a");
    }

    @Test
    void dropsWhatNobodyTakesWhenItIsDue() throws IOException {
        publish("a", 300);
        guest.link.deleteQueue("q", Set.of());
        world.pass(300);
        world.quiet();
        guest.declare("q");
        guest.link.bindQueue("q", LATER, "key", Map.of());
        world.quiet();
        losePower();
        assertThat(arrived()).isEmpty();
    }

    @Test
    void dropsWhatItsExchangeHeldWhenThatIsDeleted() throws IOException {
        publish("a", 300);
        guest.link.deleteExchange(LATER, Set.of());
        declareDelayed(true);
        guest.link.bindQueue("q", LATER, "key", Map.of());
        world.quiet();
        losePower();
        world.pass(1_000);
        assertThat(arrived()).isEmpty();
    }

    @Test
    void confirmsWhenTheDelayedMessageIsDurable() {
        Publication message = publish("a", 10_000);
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(message.durableAt()).isGreaterThan(guest.link.durableSequence());
        world.settle();
        assertThat(guest.link.durableSequence()).isGreaterThanOrEqualTo(message.durableAt());
    }

    @Test
    void findsDelayedMessagesAfterALossOfPower() throws IOException {
        publish("a", 10_000);
        publish("b", 5_000);
        world.quiet();
        losePower();
        assertThat(arrived()).isEmpty();
        world.pass(10_000);
        assertThat(arrived()).containsExactly("b", "a");
    }

    @Test
    void routesAtOnceWhatBecameDueWhileThereWasNoPower() throws IOException {
        publish("a", 10_000);
        world.quiet();
        world.lane.pass(20_000);
        losePower();
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void routesNothingTwiceOverALossOfPower() throws IOException {
        publish("a", 100);
        publish("b", 60_000);
        world.pass(100);
        world.quiet();
        losePower();
        assertThat(arrived()).containsExactly("a");
        world.pass(60_000);
        world.quiet();
        losePower();
        assertThat(arrived()).containsExactly("b");
    }

    @Test
    void findsDelayedMessagesInACheckpoint() throws IOException {
        publish("a", 10_000);
        publish("gone", 100);
        world.pass(100);
        world.quiet();
        assertThat(arrived()).containsExactly("gone");
        world.quiet();
        world = world.restart();
        guest = new Guest(world);
        assertThat(arrived()).isEmpty();
        world.pass(10_000);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void forgetsTransientMessagesWithTheProcess() throws IOException {
        Publication message = publish(LATER, "key", "a", false, 0, 10_000);
        assertThat(message.durableAt()).isZero();
        publish("b", 10_000);
        world.quiet();
        world = world.restart();
        guest = new Guest(world);
        world.pass(10_000);
        assertThat(arrived()).containsExactly("b");
    }

    @Test
    void delaysTransientMessages() {
        publish(LATER, "key", "a", false, 0, 200);
        publish("b", 200);
        world.pass(200);
        assertThat(arrived()).containsExactly("a", "b");
    }

    @Test
    void countsTheExpirationFromWhenItIsRouted() {
        Publication message = Guest.message("", "a");
        message.address(ShortText.of(LATER), ShortText.of("key"), List.of());
        message.terms(true, 0, 500);
        message.delays(0, 10_000);
        guest.link.publish(message);
        world.pass(10_499);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(500);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void keepsFurtherRoutingKeysThatTheHeaderDoesNotTell() {
        guest.link.bindQueue("q", LATER, "secret", Map.of());
        Publication message = Guest.message("", "a");
        message.address(ShortText.of(LATER), ShortText.of("nobody"), List.of("secret"));
        message.delays(0, 100);
        guest.link.publish(message);
        world.pass(100);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void doesNotDelayADeadLetterThatHasWaited() {
        guest.declare("dying", "x-dead-letter-exchange", LATER, "x-dead-letter-routing-key", "key");
        guest.link.bindQueue("dying", LATER, "dying", Map.of());
        Publication message = Guest.message("x-delay=1000", "a");
        message.address(ShortText.of(LATER), ShortText.of("dying"), List.of());
        message.delays(0, 1_000);
        guest.link.publish(message);
        world.pass(1_000);
        Inbox inbox = guest.consume("dying", 1);
        world.settle();
        inbox.settle(guest, 0, Settlement.REJECT);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void delaysADeadLetterThatHasNotWaited() {
        guest.declare("dying", "x-dead-letter-exchange", LATER, "x-dead-letter-routing-key", "key");
        Publication message = Guest.message("x-delay=1000", "a");
        message.address(ShortText.EMPTY, ShortText.of("dying"), List.of());
        guest.link.publish(message);
        Inbox inbox = guest.consume("dying", 1);
        world.settle();
        inbox.settle(guest, 0, Settlement.REJECT);
        assertThat(arrived()).isEmpty();
        world.pass(1_000);
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void keepsNothingInAVirtualHostThatIsGone() {
        world.broker.administration().putVhost(VhostSpec.named("v"));
        Link link = world.broker.administration().operatorLink("v");
        world.broker.administration().deleteVhost("v");
        Publication late = Guest.message("", "late");
        late.address(ShortText.EMPTY, ShortText.of("q"), List.of());
        late.delays(1_000, 0);
        long before = world.log.appendedSequence();
        link.publish(late);
        assertThat(late.outcome()).isEqualTo(Publication.Outcome.UNROUTED);
        assertThat(world.log.appendedSequence()).isEqualTo(before);
    }

    @Test
    void routesManyThatAreDueTogether() {
        for (int i = 0; i < 2_000; i++) {
            publish(Integer.toString(i), 500);
        }
        world.pass(500);
        assertThat(arrived()).hasSize(2_000).isSortedAccordingTo(Comparator.comparingInt(Integer::parseInt));
    }
}

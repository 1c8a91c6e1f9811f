package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DeadLettersTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    DeadLettersTest() throws IOException {}

    private static final String DLX = "x-dead-letter-exchange";
    private static final String DEAD_KEY = "x-dead-letter-routing-key";

    private Inbox dead(String queue) {
        world.settle();
        Inbox inbox = guest.consumeSettled(queue, Integer.MAX_VALUE);
        world.settle();
        inbox.cancel();
        return inbox;
    }

    private void reject(String queue) {
        world.settle();
        guest.link.settle(guest.fetch(queue).held(0), Settlement.REJECT);
    }

    private static History history(Inbox inbox) {
        return Objects.requireNonNull(inbox.last().history());
    }

    @Test
    void aRejectedMessageGoesWhereItsQueueSaysWithItsHistory() {
        guest.declare("work", DLX, "", DEAD_KEY, "dead");
        guest.declare("dead");
        guest.publish("work", "a");
        reject("work");

        Inbox dead = dead("dead");
        assertThat(dead.texts()).containsExactly("a");
        Death death = history(dead).first();
        assertThat(death)
                .isEqualTo(
                        new Death("work", Death.Reason.REJECTED, 1, world.lane.nowMillis(), "", List.of("work"), null));
        assertThat(history(dead).extraKeysRemoved()).isTrue();
        assertThat(guest.ready("work")).isZero();
    }

    @Test
    void keepsItsKeyIfTheQueueNamesNone() {
        guest.link.declareExchange(ExchangeSpec.durable("dlx", ExchangeType.DIRECT));
        guest.declare("work", DLX, "dlx");
        guest.declare("dead");
        guest.link.bindQueue("dead", "dlx", "work", Map.of());
        guest.publish("work", "a");
        reject("work");
        assertThat(dead("dead").texts()).containsExactly("a");
    }

    @Test
    void goesToSecretKeysAgainWhichItsHistoryDoesNotShow() {
        guest.link.declareExchange(ExchangeSpec.durable("dlx", ExchangeType.DIRECT));
        guest.declare("work", DLX, "dlx");
        guest.declare("first", DLX, "dlx");
        guest.declare("second");
        guest.link.bindQueue("first", "dlx", "secret", Map.of());
        guest.link.bindQueue("second", "dlx", "work", Map.of());
        Publication message = Guest.message("CC=copy", "a");
        message.address(ShortText.EMPTY, ShortText.of("work"), List.of("copy", "secret"), List.of("secret"));
        guest.link.publish(message);
        reject("work");
        assertThat(dead("second").texts()).containsExactly("a");
        reject("first");
        Inbox twice = dead("second");
        assertThat(twice.texts()).containsExactly("a");
        assertThat(history(twice).deaths()).extracting(Death::queue).containsExactly("first", "work");
        assertThat(history(twice).deaths())
                .allSatisfy(death -> assertThat(death.routingKeys()).containsExactly("work", "copy"));
    }

    @Test
    void forgetsSecretKeysWhereTheQueueNamesAKey() {
        guest.declare("work", DLX, "", DEAD_KEY, "dead");
        guest.declare("dead", DLX, "");
        Publication message = Guest.message("", "a");
        message.address(ShortText.EMPTY, ShortText.of("work"), List.of("none"), List.of("none"));
        guest.link.publish(message);
        reject("work");
        guest.link.deleteQueue("work", Set.of());
        guest.declare("none");
        reject("dead");
        world.settle();
        assertThat(guest.ready("none")).isZero();
    }

    @Test
    void isForgottenWithoutAnExchangeOrIfThereIsNone() {
        guest.declare("plain");
        guest.declare("lost", DLX, "nowhere");
        guest.publish("plain", "a");
        guest.publish("lost", "b");
        reject("plain");
        reject("lost");
        world.settle();
        assertThat(guest.ready("plain")).isZero();
        assertThat(guest.ready("lost")).isZero();
    }

    @Test
    void anExpiredMessageDoesNotExpireAgainAndKeepsWhatItWasSentWith() {
        guest.declare("work", DLX, "", DEAD_KEY, "dead");
        guest.declare("dead");
        Publication message = Guest.message("expiration=50", "a");
        message.address(ShortText.EMPTY, ShortText.of("work"), List.of());
        message.terms(true, 0, 50);
        guest.link.publish(message);
        world.pass(50);
        world.pass(10_000);

        Inbox dead = dead("dead");
        assertThat(dead.texts()).containsExactly("a");
        assertThat(history(dead).first().reason()).isEqualTo(Death.Reason.EXPIRED);
        assertThat(history(dead).first().originalExpiration()).isEqualTo("50");
        assertThat(history(dead).expirationRemoved()).isTrue();
    }

    @Test
    void countsWhatAConsumerRejectsAgainAndAgain() {
        guest.declare("work", DLX, "");
        guest.publish("work", "a");
        reject("work");
        reject("work");
        reject("work");
        Inbox again = dead("work");
        assertThat(again.texts()).containsExactly("a");
        assertThat(history(again).deaths()).hasSize(1);
        assertThat(history(again).deaths().getFirst().count()).isEqualTo(3);
    }

    @Test
    void endsACircleThatNobodyRejectsIn() {
        guest.declare("work", DLX, "", "x-message-ttl", 10);
        guest.publish("work", "a");
        world.pass(10);
        world.pass(10);
        assertThat(guest.ready("work")).isZero();
    }

    @Test
    void aRefusedMessageDiesOnItsWayIn() {
        guest.declare("work", DLX, "", DEAD_KEY, "dead", "x-max-length", 1, "x-overflow", "reject-publish-dlx");
        guest.declare("dead");
        guest.publish("work", "a");
        Publication second = guest.send("work", "b", true, 0, Publication.NEVER);

        assertThat(second.outcome()).isEqualTo(Publication.Outcome.REJECTED);
        Inbox dead = dead("dead");
        assertThat(dead.texts()).containsExactly("b");
        assertThat(history(dead).first().reason()).isEqualTo(Death.Reason.MAXLEN);
    }

    @Test
    void aDeadLetterThatIsRefusedDiesOnceMoreAndTellsOfBoth() {
        guest.declare("work", DLX, "", DEAD_KEY, "full");
        guest.declare("full", DLX, "", DEAD_KEY, "dead", "x-max-length", 0, "x-overflow", "reject-publish-dlx");
        guest.declare("dead");
        guest.publish("work", "a");
        reject("work");

        Inbox dead = dead("dead");
        assertThat(dead.texts()).containsExactly("a");
        assertThat(history(dead).deaths().stream().map(Death::queue)).containsExactly("full", "work");
        assertThat(history(dead).first().queue()).isEqualTo("work");
    }

    @Test
    void aRefusedDeadLetterTakesNoOtherMessageWithIt() {
        guest.declare("work", DLX, "", DEAD_KEY, "full");
        guest.declare("full", DLX, "", DEAD_KEY, "dead", "x-max-length", 0, "x-overflow", "reject-publish-dlx");
        guest.declare("dead");
        guest.declare("other");
        guest.publish("work", "a");
        reject("work");
        guest.publish("other", "b");
        assertThat(dead("dead").texts()).containsExactly("a");
        assertThat(dead("other").texts()).containsExactly("b");
    }

    @Test
    void fullQueuesThatPointAtEachOtherEnd() {
        guest.declare("a", DLX, "", DEAD_KEY, "b", "x-max-length", 0, "x-overflow", "reject-publish-dlx");
        guest.declare("b", DLX, "", DEAD_KEY, "a", "x-max-length", 0, "x-overflow", "reject-publish-dlx");
        guest.publish("a", "x");
        world.settle();
        assertThat(guest.ready("a") + guest.ready("b")).isZero();
    }

    @Test
    void diesAfterTooManyFailures() {
        guest.declare("work", DLX, "", DEAD_KEY, "dead", "x-queue-type", "quorum", "x-delivery-limit", 1);
        guest.declare("dead");
        guest.publish("work", "a");
        world.settle();
        guest.link.settle(guest.fetch("work").held(0), Settlement.REQUEUE);
        assertThat(guest.ready("work")).isEqualTo(1);
        guest.link.settle(guest.fetch("work").held(0), Settlement.REQUEUE);
        assertThat(guest.ready("work")).isZero();
        assertThat(history(dead("dead")).first().reason()).isEqualTo(Death.Reason.DELIVERY_LIMIT);
    }

    @Test
    void goesToItsExtraKeysTooUnlessTheQueueNamesAKey() {
        guest.link.declareExchange(ExchangeSpec.durable("dlx", ExchangeType.DIRECT));
        guest.declare("work", DLX, "dlx");
        guest.declare("dead");
        guest.link.bindQueue("dead", "dlx", "copy", Map.of());
        Publication message = Guest.message("CC=copy", "a");
        message.address(ShortText.EMPTY, ShortText.of("work"), List.of("copy"));
        guest.link.publish(message);
        reject("work");
        Inbox dead = dead("dead");
        assertThat(dead.texts()).containsExactly("a");
        assertThat(history(dead).first().routingKeys()).containsExactly("work", "copy");
        assertThat(history(dead).extraKeysRemoved()).isFalse();
    }

    @Test
    void refusesAnAddressThatNoMessageCouldHave() {
        String longer = "k".repeat(256);
        assertThatThrownBy(() -> guest.declare("work", DLX, "", DEAD_KEY, longer))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("longer than 255 bytes");
        guest.declare("work", DLX, "", DEAD_KEY, "k".repeat(255));
    }

    @Test
    void isNeitherHereNorThereAtNoMoment() throws IOException {
        guest.declare("work", DLX, "", DEAD_KEY, "dead");
        guest.declare("dead");
        guest.publish("work", "a");
        world.quiet();
        guest.link.settle(guest.fetch("work").held(0), Settlement.REJECT);
        for (int seed = 0; seed < 20; seed++) {
            World found = World.open(world.disk.afterPowerLoss(new Random(seed)), world.lane.nowMillis());
            Guest survivor = new Guest(found);
            found.settle();
            assertThat(survivor.ready("work") + survivor.ready("dead")).isGreaterThanOrEqualTo(1);
            found.abandon();
            world.lane.turn();
            if (seed > 5) {
                world.journal.turn();
            }
        }
    }
}

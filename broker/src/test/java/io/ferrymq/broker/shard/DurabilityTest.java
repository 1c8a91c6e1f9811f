package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What waits for the disk, and in which order it is told. */
final class DurabilityTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    DurabilityTest() throws IOException {}

    private final List<String> told = new ArrayList<>();

    @Test
    void anAnswerIsGivenInsideTheCallIfNothingIsPending() {
        guest.declare("q");
        world.settle();
        guest.link.afterDurable(() -> told.add("a"));
        assertThat(told).containsExactly("a");
    }

    @Test
    void answersKeepTheirOrderEvenIfOneNeedNotWait() {
        guest.declare("q");
        guest.link.afterDurable(() -> told.add("declared"));
        new Guest(world).link.afterDurable(() -> told.add("other"));
        guest.declareTransient("t");
        guest.link.afterDurable(() -> told.add("transient"));
        assertThat(told).isEmpty();
        world.settle();
        assertThat(told).containsExactly("declared", "other", "transient");
    }

    @Test
    void anAnswerMayAskForMore() {
        guest.declare("q");
        guest.link.afterDurable(() -> {
            told.add("first");
            guest.link.afterDurable(() -> told.add("nothing new"));
            guest.declare("q2");
            guest.link.afterDurable(() -> told.add("second"));
        });
        world.settle();
        assertThat(told).containsExactly("first", "nothing new", "second");
    }

    @Test
    void aConfirmWaitsForItsOwnSequence() {
        guest.declare("q");
        world.settle();
        Publication publication = guest.send("q", "a", true, 0, Publication.NEVER);
        guest.link.awaitDurable(publication.durableAt());
        assertThat(guest.link.durableSequence()).isLessThan(publication.durableAt());
        assertThat(guest.heard).isEmpty();
        world.settle();
        assertThat(guest.heard).containsExactly("durable");
        assertThat(guest.link.durableSequence()).isGreaterThanOrEqualTo(publication.durableAt());
        guest.publish("q", "b");
        world.settle();
        assertThat(guest.heard).as("nobody asked").hasSize(1);
    }

    @Test
    void anAnswerWaitsForSettlementsThatAreWrittenAtOnce() throws IOException {
        guest.declare("q");
        guest.publish("q", "a", "b");
        world.settle();
        guest.link.settle(guest.fetch("q").held(0), Settlement.ACCEPT);
        guest.link.afterDurable(() -> told.add("nobody waits"));
        assertThat(told).containsExactly("nobody waits");

        guest.link.writeSettlements();
        guest.link.afterDurable(() -> told.add("settled"));
        assertThat(told).hasSize(1);
        world.settle();
        assertThat(told).containsExactly("nobody waits", "settled");
        World found = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        assertThat(new Guest(found).ready("q")).isEqualTo(1);
    }

    @Test
    void aTransientMessageWaitsForNothing() {
        guest.declare("q");
        guest.declareTransient("t");
        assertThat(guest.send("q", "a", false, 0, Publication.NEVER).durableAt())
                .isZero();
        assertThat(guest.send("t", "a", true, 0, Publication.NEVER).durableAt()).isZero();
    }

    @Test
    void whoAsksAgainWhileBeingToldIsToldOnceEachTime() {
        guest.declare("q");
        world.settle();
        List<Long> sequences = new ArrayList<>();
        class Asker implements LinkListener {
            private final Link link = world.link(this);

            void publish() {
                link.awaitDurable(
                        guest.send("q", "a", true, 0, Publication.NEVER).durableAt());
            }

            @Override
            public void durable(long sequence) {
                sequences.add(sequence);
                if (sequences.size() < 4) {
                    publish();
                }
            }

            @Override
            public void blocked(String reason) {}

            @Override
            public void unblocked() {}

            @Override
            public void relieved() {}

            @Override
            public void closing(String reason) {}
        }
        new Asker().publish();
        world.settle();
        assertThat(sequences).hasSize(4).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void aClosedLinkIsToldNothing() {
        guest.declare("q");
        Publication publication = guest.send("q", "a", true, 0, Publication.NEVER);
        guest.link.awaitDurable(publication.durableAt());
        guest.link.close();
        world.settle();
        assertThat(guest.heard).isEmpty();
    }

    @Test
    void aQuorumQueueKeepsEveryMessage() throws IOException {
        guest.declare("q", "x-queue-type", "quorum");
        guest.declare("classic");
        assertThat(guest.send("q", "a", false, 0, -1).durableAt()).isPositive();
        assertThat(guest.send("classic", "b", false, 0, -1).durableAt()).isZero();
        world.settle();
        World found = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        Guest later = new Guest(found);
        assertThat(later.drain(found, "classic")).isEmpty();
        assertThat(later.drain(found, "q")).containsExactly("a");
    }
}

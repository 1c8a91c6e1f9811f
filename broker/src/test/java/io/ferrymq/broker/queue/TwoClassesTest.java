package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.QueueArguments;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** RabbitMQ 4: quorum queues know two classes of priority. The orders in these tests are its own, as measured. */
class TwoClassesTest {
    private static final int NORMAL = 4;
    private static final int HIGH = 5;

    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    TwoClassesTest() throws IOException {
        guest.declare("q", "x-queue-type", "quorum");
    }

    @Test
    void twoHighMessagesGoForOneThatIsOlder() {
        publish("n1 n2 n3 n4 h1 h2 h3 h4 h5 h6");
        assertThat(taken(10)).isEqualTo("h1 h2 n1 h3 h4 n2 h5 h6 n3 n4");
    }

    @Test
    void aHighMessageDoesNotWaitForWhatCameAfterIt() {
        publish("h1 h2 h3 n1 h4 h5 h6");
        assertThat(taken(7)).isEqualTo("h1 h2 h3 h4 h5 n1 h6");
    }

    @Test
    void normalMessagesCountAsTaken() {
        publish("n1 n2 n3");
        assertThat(taken(2)).isEqualTo("n1 n2");
        publish("h1 h2 h3 h4");
        assertThat(taken(5)).isEqualTo("n3 h1 h2 h3 h4");
    }

    @Test
    void whatComesBackKeepsItsPlaceInItsClass() {
        publish("n1 n2 h1 h2 h3");
        Inbox inbox = new Inbox(Integer.MAX_VALUE);
        guest.link.fetch("q", Settling.BY_CONSUMER, inbox);
        guest.link.fetch("q", Settling.BY_CONSUMER, inbox);
        guest.link.settle(inbox.held(1), Settlement.REQUEUE);
        guest.link.settle(inbox.held(0), Settlement.REQUEUE);
        assertThat(taken(5)).isEqualTo("n1 h1 h2 n2 h3");
    }

    @Test
    void classesOutliveARestart() throws IOException {
        publish("n1 n2 h1 h2 h3");
        assertThat(taken(1)).isEqualTo("h1");
        guest.link.close();
        World again = world.restart();
        assertThat(new Guest(again).drain(again, "q")).containsExactly("h2", "h3", "n1", "n2");
    }

    @Test
    void aClassicQueueKnowsNoClasses() {
        guest.declare("classic");
        guest.send("classic", "n", true, NORMAL, Publication.NEVER);
        guest.send("classic", "h", true, HIGH, Publication.NEVER);
        world.settle();
        assertThat(guest.drain(world, "classic")).containsExactly("n", "h");
    }

    @Test
    void whatWasSettledBeforeThereWereClassesStaysSettled() {
        Quorum quorum = new Quorum();
        quorum.put(1, 0);
        quorum.put(2, 9);
        quorum.put(3, 0);
        quorum.put(4, 9);
        quorum.queue.settleRange(0, 1, 3);
        quorum.queue.recovered();

        assertThat(quorum.queue.readyCount()).isEqualTo(1);
        assertThat(quorum.order()).containsExactly(4L);
    }

    @Test
    void aRangeOfOneClassLeavesTheOther() {
        Quorum quorum = new Quorum();
        quorum.put(1, 0);
        quorum.put(2, 9);
        quorum.put(3, 0);
        quorum.queue.settleRange(1, 1, 3);
        quorum.queue.recovered();

        assertThat(quorum.order()).containsExactly(2L);
    }

    @Test
    void aCheckpointFromBeforeIsNormalAndComesFirst() {
        LooseQueue before = new LooseQueue();
        before.publish(3, 1);
        ByteBuf checkpoint = Unpooled.buffer();
        before.queue.encode(checkpoint);

        Quorum quorum = new Quorum();
        quorum.queue.decode(checkpoint, sequence -> {});
        quorum.put(4, 0);
        quorum.put(5, 9);
        quorum.queue.recovered();

        assertThat(quorum.order()).containsExactly(5L, 1L, 2L, 3L, 4L);
    }

    @Test
    void aCheckpointKeepsClasses() {
        Quorum quorum = new Quorum();
        quorum.put(1, 0);
        quorum.put(2, 9);
        ByteBuf checkpoint = Unpooled.buffer();
        quorum.queue.encode(checkpoint);

        Quorum again = new Quorum();
        again.queue.decode(checkpoint, sequence -> {});
        again.queue.recovered();

        assertThat(again.order()).containsExactly(2L, 1L);
    }

    private void publish(String bodies) {
        for (String body : bodies.split(" ", -1)) {
            guest.send("q", body, true, body.startsWith("h") ? HIGH : NORMAL, Publication.NEVER);
        }
        world.settle();
    }

    private String taken(int count) {
        Inbox inbox = new Inbox(Integer.MAX_VALUE);
        for (int i = 0; i < count; i++) {
            guest.link.fetch("q", Settling.ON_DELIVERY, inbox);
        }
        world.settle();
        return String.join(" ", inbox.texts());
    }

    /** A quorum queue by itself, which tells messages apart by their sequences. */
    private static final class Quorum extends LooseQueue {
        private final List<Long> read = new ArrayList<>();

        private Quorum() {
            super(QueueArguments.of(Map.of("x-queue-type", "quorum")));
        }

        private void put(long sequence, int priority) {
            queue.enqueue(sequence, 100, priority, true, 0, Publication.NEVER, Publication.NEVER);
        }

        private List<Long> order() {
            Inbox inbox = new Inbox(Integer.MAX_VALUE);
            read.clear();
            boolean found = true;
            while (found) {
                found = queue.fetch(true, inbox);
            }
            return read;
        }

        @Override
        public StoredMessage read(long sequenceOfMessage) {
            read.add(sequenceOfMessage);
            return super.read(sequenceOfMessage);
        }
    }
}

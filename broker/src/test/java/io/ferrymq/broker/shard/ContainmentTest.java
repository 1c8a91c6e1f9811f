package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a fault ends: a session that throws ends itself alone; the shard's own code that throws ends everything. */
final class ContainmentTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    ContainmentTest() throws IOException {}

    /** A session that throws where it is told to, and closes its link when it hears of that. */
    private class Faulty implements LinkListener, DeliverySink {
        final Link link = world.link(this);
        private final String where;
        final List<String> failures = new ArrayList<>();

        Faulty(String where) {
            this.where = where;
        }

        void consume(String queue, Settling settling) {
            link.subscribe(new SubscriptionRequest(queue, "faulty", settling, Sharing.SHARED, Map.of()), this);
        }

        private void at(String place) {
            if (place.equals(where)) {
                throw new IndexOutOfBoundsException(place);
            }
        }

        @Override
        public boolean hasCredit() {
            at("credit");
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            at("deliver");
        }

        @Override
        public void cancelled() {
            at("cancelled");
        }

        @Override
        public void durable(long sequence) {
            at("durable");
        }

        @Override
        public void blocked(String reason) {
            at("blocked");
        }

        @Override
        public void unblocked() {}

        @Override
        public void relieved() {}

        @Override
        public void closing(String reason) {
            at("closing");
        }

        @Override
        public void failed(RuntimeException cause) {
            failures.add(cause.getMessage());
            link.close();
        }
    }

    @Test
    void everyCallPassesTheBorder() {
        assertThat(names(GuardedLink.class.getDeclaredMethods())).containsAll(names(Link.class.getMethods()));
        assertThat(names(GuardedSink.class.getDeclaredMethods())).containsAll(names(DeliverySink.class.getMethods()));
    }

    private static List<String> names(java.lang.reflect.Method[] methods) {
        return java.util.Arrays.stream(methods)
                .map(java.lang.reflect.Method::getName)
                .toList();
    }

    @Test
    void aSinkThatThrowsEndsItsSessionAndStarvesNobody() {
        List.of("a", "b", "c").forEach(guest::declare);
        Faulty faulty = new Faulty("deliver");
        faulty.consume("b", Settling.BY_CONSUMER);
        List<Inbox> inboxes = List.of(guest.consume("a", 9), guest.consume("c", 9));
        guest.publish("a", "1");
        guest.publish("b", "2");
        guest.publish("c", "3");
        world.settle();
        assertThat(faulty.failures).containsExactly("deliver");
        assertThat(inboxes).allSatisfy(inbox -> assertThat(inbox.texts()).hasSize(1));
        guest.publish("a", "4");
        guest.publish("c", "5");
        world.settle();
        assertThat(inboxes).allSatisfy(inbox -> assertThat(inbox.texts()).hasSize(2));
        assertThat(guest.drain(world, "b")).as("given back").containsExactly("2");
        assertThat(world.lane.breaks).isEmpty();
    }

    @Test
    void aFetchThatCannotBeTakenGivesItsMessageBack() {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        Faulty faulty = new Faulty("deliver");
        faulty.link.fetch("q", Settling.BY_CONSUMER, faulty);
        world.settle();
        assertThat(faulty.failures).containsExactly("deliver");
        assertThat(guest.drain(world, "q")).containsExactly("a");
    }

    @Test
    void whatASessionGivesBackThatThrewWhenItGotItIsNotGivenBackAgain() {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        List<Unsettled> noted = new ArrayList<>();
        Faulty faulty = new Faulty("deliver") {
            @Override
            public void deliver(Delivery delivery) {
                noted.add(Objects.requireNonNull(delivery.unsettled()));
                super.deliver(delivery);
            }

            @Override
            public void failed(RuntimeException cause) {
                failures.add(cause.getMessage());
                noted.forEach(delivery -> link.settle(delivery, Settlement.REQUEUE));
            }
        };
        faulty.link.fetch("q", Settling.BY_CONSUMER, faulty);
        Inbox inbox = guest.consume("q", 9);
        world.settle();
        assertThat(inbox.texts()).containsExactly("a");
        faulty.link.close();
        world.settle();
        guest.link.settle(inbox.held(0), Settlement.ACCEPT);
        world.settle();
        assertThat(world.lane.breaks).isEmpty();
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void aClosedSessionThatCannotLetGoEndsTheBroker() {
        Faulty faulty = new Faulty("nowhere");
        IllegalStateException cannot = new IllegalStateException("injected");
        faulty.link.close();
        Chore letGo = budget -> {
            throw cannot;
        };
        assertThatThrownBy(() -> faulty.link.work(letGo, () -> {})).isInstanceOf(BrokenShardException.class);
        assertThat(world.lane.breaks).containsExactly(cannot);
    }

    @Test
    void aSinkThatCannotSayItsCreditIsPassedOver() {
        guest.declare("q");
        Faulty faulty = new Faulty("credit");
        faulty.consume("q", Settling.ON_DELIVERY);
        Inbox inbox = guest.consume("q", 9);
        guest.publish("q", "a", "b");
        world.settle();
        assertThat(inbox.texts()).containsExactly("a", "b");
        assertThat(faulty.failures).containsExactly("credit");
    }

    @Test
    void aListenerThatThrowsKeepsNobodyElseWaiting() {
        guest.declare("q");
        world.settle();
        Faulty faulty = new Faulty("durable");
        for (Link link : List.of(faulty.link, guest.link)) {
            link.awaitDurable(guest.send("q", "a", true, 0, Publication.NEVER).durableAt());
        }
        world.settle();
        assertThat(faulty.failures).containsExactly("durable");
        assertThat(guest.heard).containsExactly("durable");
    }

    @Test
    void anAnswerThatThrowsKeepsNobodyElseWaiting() {
        guest.declare("q");
        Faulty faulty = new Faulty("answer");
        faulty.link.afterDurable(() -> faulty.at("answer"));
        guest.link.afterDurable(() -> guest.heard.add("answered"));
        world.settle();
        assertThat(faulty.failures).containsExactly("answer");
        assertThat(guest.heard).containsExactly("answered");
    }

    @Test
    void aSessionThatThrowsWhenItsQueueGoesLosesOnlyItself() {
        guest.declare("q");
        Faulty faulty = new Faulty("cancelled");
        faulty.consume("q", Settling.BY_CONSUMER);
        Inbox inbox = guest.consume("q", 1);
        guest.link.deleteQueue("q", Set.of());
        world.settle();
        assertThat(inbox.cancelled).isTrue();
        assertThat(faulty.failures).containsExactly("cancelled");
    }

    @Test
    void aRefusalChangesNothingAndEndsNothing() {
        assertThatThrownBy(() -> guest.link.checkQueue("none")).isInstanceOf(RefusedException.class);
        assertThat(world.lane.breaks).isEmpty();
        guest.declare("q");
    }

    @Test
    void whatTheShardThrowsItselfEndsTheBrokerAndNothingMoreIsAskedOfIt() {
        guest.declare("q", "x-message-ttl", 10L);
        world.settle();
        world.clockFault = new IllegalStateException("injected");
        assertThatThrownBy(() -> guest.publish("q", "a")).isInstanceOf(BrokenShardException.class);
        assertThat(world.lane.breaks).containsExactly(world.clockFault);
        world.clockFault = null;
        assertThatThrownBy(() -> guest.declare("other")).isInstanceOf(BrokenShardException.class);
        assertThatThrownBy(() -> guest.publish("q", "b")).isInstanceOf(BrokenShardException.class);
        assertThat(world.lane.breaks).hasSize(1);
        guest.link.close();
    }

    @Test
    void anErrorOutOfASessionIsNoSessionsOwn() {
        guest.declare("q");
        DeliverySink sink = new DeliverySink() {
            @Override
            public boolean hasCredit() {
                return true;
            }

            @Override
            public void deliver(Delivery delivery) {
                throw new StackOverflowError("injected");
            }

            @Override
            public void cancelled() {}
        };
        guest.publish("q", "a");
        world.settle();
        assertThatThrownBy(() -> guest.link.fetch("q", Settling.BY_CONSUMER, sink))
                .isInstanceOf(BrokenShardException.class);
        assertThat(world.lane.breaks).hasSize(1);
    }
}

package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.access.Permissions;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.VhostSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What goes with a link, and with a virtual host. */
final class LinkEndTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    LinkEndTest() throws IOException {}

    private static QueueSpec exclusive(String name) {
        return new QueueSpec(name, true, true, false, QueueArguments.NONE);
    }

    @Test
    void anExclusiveQueueIsItsLinksOwnAndGoesWithIt() {
        Guest owner = new Guest(world);
        owner.link.declareQueue(exclusive("mine"));
        assertThatThrownBy(() -> guest.ready("mine"))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.refusal()).isInstanceOf(Refusal.Locked.class));
        assertThatThrownBy(() -> guest.consume("mine", 1)).isInstanceOf(RefusedException.class);
        guest.publish("mine", "anybody may send there");
        assertThat(owner.ready("mine")).isEqualTo(1);
        owner.link.close();
        assertThatThrownBy(() -> guest.ready("mine"))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.refusal()).isInstanceOf(Refusal.NotFound.class));
    }

    @Test
    void anExclusiveQueueOfTheSameNameButAnotherOwnerStays() {
        Guest first = new Guest(world);
        first.link.declareQueue(exclusive("mine"));
        first.link.deleteQueue("mine", Set.of());
        guest.link.declareQueue(exclusive("mine"));
        first.link.close();
        assertThat(guest.ready("mine")).isZero();
    }

    @Test
    void consumersEndWithTheirLinkAndOthersTakeOver() {
        guest.declare("q");
        Guest leaving = new Guest(world);
        Inbox gone = leaving.consume("q", 9);
        guest.publish("q", "a", "b");
        world.settle();
        Inbox next = guest.consume("q", 9);
        for (int n = 0; n < 2; n++) {
            leaving.link.settle(gone.held(n), Settlement.REQUEUE);
        }
        leaving.link.close();
        leaving.link.close();
        world.settle();
        assertThat(next.texts()).containsExactly("a", "b");
        assertThat(guest.link.checkQueue("q").consumers()).isEqualTo(1);
    }

    @Test
    void aVirtualHostTakesItsQueuesConsumersAndLinksAlong() throws IOException {
        world.broker.administration().putVhost(VhostSpec.named("v"));
        world.broker.administration().putPermissions("guest", "v", Permissions.ALL);
        Guest listener = new Guest(world);
        Link link = world.broker.open(new Identity("guest", Set.of()), "v", "", listener);
        link.declareQueue(new QueueSpec("q", true, false, false, QueueArguments.NONE));
        link.bindQueue("q", "amq.fanout", "", Map.of());
        world.broker.administration().deleteVhost("v");
        assertThat(listener.heard).containsExactly("closing: vhost 'v' is deleted");
        link.close();
        assertThatThrownBy(() -> world.broker.open(new Identity("guest", Set.of()), "v", "", listener))
                .isInstanceOf(RefusedException.class);
        world.settle();
        guest.link.close();
        World again = world.restart();
        assertThatThrownBy(() -> again.broker.administration().operatorLink("v"))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void whatIsPublishedIntoADeletedVirtualHostIsNotKept() throws IOException {
        world.broker.administration().putVhost(VhostSpec.named("v"));
        Link link = world.broker.administration().operatorLink("v");
        link.declareQueue(new QueueSpec("q", true, false, false, QueueArguments.NONE));
        world.broker.administration().deleteVhost("v");
        var late = Guest.message("", "late");
        late.address(ShortText.EMPTY, ShortText.of("q"), List.of());
        link.publish(late);
        assertThat(late.outcome()).isEqualTo(Publication.Outcome.UNROUTED);
        world.settle();
        guest.link.close();
        world.restart();
    }
}

package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.access.HashingAlgorithm;
import io.ferrymq.broker.access.Origin;
import io.ferrymq.broker.access.PasswordHash;
import io.ferrymq.broker.access.Permissions;
import io.ferrymq.broker.access.TopicPermission;
import io.ferrymq.broker.access.User;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a link is not allowed changes nothing. */
final class PermissionsTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    PermissionsTest() throws IOException {}

    private Link link(String configure, String write, String read) {
        world.broker.administration().putUser(new User("ann", PasswordHash.NONE, List.of()));
        permit(configure, write, read);
        return world.broker.open(new Identity("ann", Set.of()), "/", "", new Guest(world));
    }

    private void permit(String configure, String write, String read) {
        world.broker.administration().putPermissions("ann", "/", new Permissions(configure, write, read));
    }

    @Test
    void refusedLoginsAreCounted() {
        assertThatThrownBy(() -> world.broker.login("guest", "wrong", Origin.LOOPBACK))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> world.broker.loginProven("nobody", Origin.REMOTE))
                .isInstanceOf(RefusedException.class);
        world.broker.login("guest", "guest", Origin.LOOPBACK);
        assertThat(world.broker.administration().refusedLoginsSinceStart()).isEqualTo(2);
    }

    @Test
    void theOctetsOfAPasswordNeedNotBeText() {
        byte[] latin1 = {'p', (byte) 0xE9, (byte) 0xFF};
        PasswordHash hash = PasswordHash.of(HashingAlgorithm.SHA256, new byte[PasswordHash.SALT_BYTES], latin1);
        world.broker.administration().putUser(new User("ann", hash, List.of()));
        assertThat(world.broker
                        .login("ann", Octets.decode(latin1), Origin.LOOPBACK)
                        .user())
                .isEqualTo("ann");
        byte[] other = {'p', (byte) 0xE8, (byte) 0xFF};
        assertThatThrownBy(() -> world.broker.login("ann", Octets.decode(other), Origin.LOOPBACK))
                .isInstanceOf(RefusedException.class);
    }

    private static void denied(Permission permission, String name, Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal()).isInstanceOfSatisfying(Refusal.PermissionDenied.class, denied -> {
                            assertThat(denied.permission()).isEqualTo(permission);
                            assertThat(denied.resource().name()).isEqualTo(name);
                            assertThat(denied.user()).isEqualTo("ann");
                        }));
    }

    private void permitTopic(String write, String read) {
        world.broker.administration().putTopicPermission("ann", "/", "amq.topic", new TopicPermission(write, read));
    }

    private static void topicDenied(Permission permission, String key, Runnable request) {
        Refusal refusal = new Refusal.TopicDenied(permission, key, Resource.exchange("amq.topic", "/"), "ann");
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(refusal));
    }

    private static QueueSpec queue(String name, Map<String, Object> arguments) {
        return new QueueSpec(name, true, false, false, QueueArguments.of(arguments));
    }

    private static void publish(Link link, String exchange, String key, String... copies) {
        Publication publication = Guest.message("", "a");
        publication.address(ShortText.of(exchange), ShortText.of(key), List.of(copies));
        link.publish(publication);
    }

    @Test
    void declaringAndDeletingNeedsConfigure() {
        guest.declare("other");
        Link link = link("^mine", ".*", ".*");
        link.declareQueue(queue("mine", Map.of()));
        denied(Permission.CONFIGURE, "q", () -> link.declareQueue(queue("q", Map.of())));
        denied(Permission.CONFIGURE, "other", () -> link.deleteQueue("other", Set.of()));
        denied(Permission.CONFIGURE, "x", () -> link.declareExchange(ExchangeSpec.durable("x", ExchangeType.FANOUT)));
        denied(Permission.CONFIGURE, "amq.fanout", () -> link.deleteExchange("amq.fanout", Set.of()));
        assertThatThrownBy(() -> guest.ready("q")).isInstanceOf(RefusedException.class);
        assertThat(guest.ready("other")).isZero();
    }

    @Test
    void aDeadLetterExchangeNeedsReadOfTheQueueAndWriteOfTheExchange() {
        Link link = link(".*", "^allowed", ".*");
        denied(Permission.WRITE, "dlx", () -> link.declareQueue(queue("q", Map.of("x-dead-letter-exchange", "dlx"))));
        link.declareQueue(queue("q", Map.of("x-dead-letter-exchange", "allowed")));
        permit(".*", ".*", "^$");
        denied(Permission.READ, "q2", () -> link.declareQueue(queue("q2", Map.of("x-dead-letter-exchange", "dlx"))));
    }

    @Test
    void consumingFetchingAndPurgingNeedsRead() {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        Link link = link(".*", ".*", "^other");
        SubscriptionRequest request = new SubscriptionRequest(
                "q", "tag", SubscriptionRequest.Settling.BY_CONSUMER, SubscriptionRequest.Sharing.SHARED, Map.of());
        denied(Permission.READ, "q", () -> link.subscribe(request, new Inbox(1)));
        denied(Permission.READ, "q", () -> link.fetch("q", SubscriptionRequest.Settling.ON_DELIVERY, new Inbox(1)));
        denied(Permission.READ, "q", () -> link.purgeQueue("q"));
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void bindingNeedsWriteOfTheDestinationAndReadOfTheSource() {
        guest.declare("q");
        Link link = link(".*", "^none", "^amq.fanout");
        denied(Permission.WRITE, "q", () -> link.bindQueue("q", "amq.fanout", "", Map.of()));
        permit(".*", "^q", "^none");
        denied(Permission.READ, "amq.fanout", () -> link.bindQueue("q", "amq.fanout", "", Map.of()));
        permit(".*", "^q", "^amq.fanout");
        link.bindQueue("q", "amq.fanout", "", Map.of());
        permit(".*", "^none", "^amq.fanout");
        denied(Permission.WRITE, "q", () -> link.unbindQueue("q", "amq.fanout", "", Map.of()));
    }

    @Test
    void publishingNeedsWriteAndFollowsEveryChange() {
        guest.declare("q");
        Link link = link(".*", "^amq.default", ".*");
        publish(link, "", "q");
        denied(Permission.WRITE, "amq.fanout", () -> publish(link, "amq.fanout", ""));
        permit(".*", "^amq.fanout", ".*");
        denied(Permission.WRITE, "amq.default", () -> publish(link, "", "q"));
        publish(link, "amq.fanout", "");
        permit(".*", ".*", ".*");
        publish(link, "", "q");
        world.broker.administration().deleteUser("ann");
        denied(Permission.WRITE, "amq.default", () -> publish(link, "", "q"));
        assertThat(guest.ready("q")).isEqualTo(2);
    }

    @Test
    void topicPermissionsAreAskedForEveryKeyAndFollowEveryChange() {
        guest.declare("q");
        guest.link.bindQueue("q", "amq.topic", "#", Map.of());
        Link link = link(".*", ".*", ".*");
        publish(link, "amq.topic", "b");
        permitTopic("^a", "");
        publish(link, "amq.topic", "a");
        topicDenied(Permission.WRITE, "b", () -> publish(link, "amq.topic", "b"));
        permitTopic("^b", "");
        publish(link, "amq.topic", "b");
        topicDenied(Permission.WRITE, "a", () -> publish(link, "amq.topic", "a"));
        assertThat(guest.ready("q")).isEqualTo(3);
    }

    @Test
    void topicPermissionsAreAskedForCopies() {
        guest.declare("q");
        guest.link.bindQueue("q", "amq.topic", "#", Map.of());
        Link link = link(".*", ".*", ".*");
        permitTopic("^a", "");
        topicDenied(Permission.WRITE, "b", () -> publish(link, "amq.topic", "a", "a.copy", "b"));
        publish(link, "amq.topic", "a", "a.copy");
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void bindingToATopicExchangeAsksForTheKey() {
        guest.declare("q");
        Link link = link(".*", ".*", ".*");
        permitTopic("", "^a");
        topicDenied(Permission.READ, "b", () -> link.bindQueue("q", "amq.topic", "b", Map.of()));
        topicDenied(Permission.READ, "b", () -> link.unbindQueue("q", "amq.topic", "b", Map.of()));
        topicDenied(Permission.READ, "b", () -> link.bindExchange("amq.fanout", "amq.topic", "b", Map.of()));
        topicDenied(Permission.READ, "b", () -> link.unbindExchange("amq.fanout", "amq.topic", "b", Map.of()));
        link.bindQueue("q", "amq.topic", "a", Map.of());
        link.bindExchange("amq.topic", "amq.fanout", "b", Map.of());
    }

    @Test
    void lookingNeedsAnyPermission() {
        guest.declare("q");
        Link link = link("^$", "^$", "^$");
        denied(Permission.CONFIGURE, "q", () -> link.checkQueue("q"));
        denied(Permission.CONFIGURE, "amq.fanout", () -> link.checkExchange("amq.fanout"));
        permit("^$", "^$", "^q");
        assertThat(link.checkQueue("q").messagesReady()).isZero();
    }

    @Test
    void anOperatorNeedsNone() {
        Link operator = world.broker.administration().operatorLink("/");
        operator.declareQueue(queue("q", Map.of()));
        publish(operator, "", "q");
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void usersAndPermissionsOutliveARestart() throws IOException {
        link("^a", "^b", "^c").close();
        guest.link.close();
        World again = world.restart();
        Link link = again.broker.open(new Identity("ann", Set.of()), "/", "", new Guest(again));
        denied(Permission.CONFIGURE, "b", () -> link.declareQueue(queue("b", Map.of())));
        link.declareQueue(queue("a", Map.of()));
    }
}

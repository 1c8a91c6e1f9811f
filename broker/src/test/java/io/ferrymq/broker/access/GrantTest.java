package io.ferrymq.broker.access;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Resource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrantTest {
    private static final Resource QUEUE = Resource.queue("app.q", "/");
    private static final Resource TOPIC = Resource.exchange("amq.topic", "/");

    private final AccessState state = new AccessState();

    @Test
    void eachPermissionHasItsOwnPattern() {
        Grant grant = grant(new Permissions("^app", "^other", ""));

        assertThat(grant.allows(Permission.CONFIGURE, QUEUE)).isTrue();
        assertThat(grant.allows(Permission.WRITE, QUEUE)).isFalse();
        assertThat(grant.allows(Permission.READ, QUEUE)).isFalse();
        assertThatNoException().isThrownBy(() -> grant.require(Permission.CONFIGURE, QUEUE));
        assertThat(refusal(() -> grant.require(Permission.WRITE, QUEUE)))
                .isEqualTo(new Refusal.PermissionDenied(Permission.WRITE, QUEUE, "u"));
    }

    @Test
    void theDefaultExchangeIsKnownAsAmqDefault() {
        Resource theDefault = Resource.exchange("", "/");
        Resource shown = Resource.exchange("amq.default", "/");

        assertThat(grant(new Permissions("", "^amq\\.default$", "")).allows(Permission.WRITE, theDefault))
                .isTrue();
        assertThat(refusal(() -> grant(new Permissions("", "", "")).require(Permission.WRITE, theDefault)))
                .isEqualTo(new Refusal.PermissionDenied(Permission.WRITE, shown, "u"));
    }

    @Test
    void lookingAtSomethingNeedsAnyPermission() {
        assertThatNoException()
                .isThrownBy(() -> grant(new Permissions("", "", "^app")).requireAny(QUEUE));
        assertThatNoException()
                .isThrownBy(() -> grant(new Permissions("", "^app", "")).requireAny(QUEUE));
        assertThatNoException()
                .isThrownBy(() -> grant(new Permissions("^app", "", "")).requireAny(QUEUE));
        assertThat(refusal(() -> grant(new Permissions("", "", "")).requireAny(QUEUE)))
                .isEqualTo(new Refusal.PermissionDenied(Permission.CONFIGURE, QUEUE, "u"));
    }

    @Test
    void aGrantInUseFollowsLaterChanges() {
        Grant grant = grant(Permissions.ALL);
        assertThat(grant.allows(Permission.READ, QUEUE)).isTrue();

        grant(new Permissions("", "", "^nothing"));
        assertThat(grant.allows(Permission.READ, QUEUE)).isFalse();

        grant(Permissions.ALL);
        assertThat(grant.allows(Permission.READ, QUEUE)).isTrue();

        state.apply(new AccessCommand.PermissionCleared("u", "/"));
        assertThat(grant.allows(Permission.READ, QUEUE)).isFalse();
    }

    @Test
    void aDeletedUserMayDoNothing() {
        Grant grant = grant(Permissions.ALL);

        state.apply(new AccessCommand.UserDeleted("u"));

        assertThat(grant.allows(Permission.READ, QUEUE)).isFalse();
        assertThat(state.grants()).isEmpty();
    }

    @Test
    void anyKeyWillDoWhereNoTopicPermissionIs() {
        assertThatNoException()
                .isThrownBy(() -> grant(Permissions.ALL).requireTopic(Permission.WRITE, TOPIC, "k", Map.of()));
    }

    @Test
    void topicPermissionsRestrictKeys() {
        Grant grant = grant(Permissions.ALL);
        topic("^stock\\.", "^news\\.");

        assertThatNoException().isThrownBy(() -> grant.requireTopic(Permission.WRITE, TOPIC, "stock.ibm", Map.of()));
        assertThatNoException().isThrownBy(() -> grant.requireTopic(Permission.READ, TOPIC, "news.today", Map.of()));
        assertThat(refusal(() -> grant.requireTopic(Permission.WRITE, TOPIC, "news.today", Map.of())))
                .isEqualTo(new Refusal.TopicDenied(Permission.WRITE, "news.today", TOPIC, "u"));

        state.apply(new AccessCommand.TopicPermissionCleared("u", "/", "amq.topic"));
        assertThatNoException().isThrownBy(() -> grant.requireTopic(Permission.WRITE, TOPIC, "news.today", Map.of()));
    }

    @Test
    void namesInBracesStandForTheirValuesAndForNothingElse() {
        Grant grant = grant(Permissions.ALL);
        topic("^{username}-{client_id}$", "");

        assertThatNoException()
                .isThrownBy(() -> grant.requireTopic(Permission.WRITE, TOPIC, "u-a.b", Map.of("client_id", "a.b")));
        assertThat(refusal(() -> grant.requireTopic(Permission.WRITE, TOPIC, "u-axb", Map.of("client_id", "a.b"))))
                .isInstanceOf(Refusal.TopicDenied.class);
        assertThat(refusal(() -> grant.requireTopic(Permission.WRITE, TOPIC, "u-x", Map.of("client_id", ".*"))))
                .isInstanceOf(Refusal.TopicDenied.class);
        assertThat(refusal(() -> grant.requireTopic(Permission.WRITE, TOPIC, "u-x", Map.of())))
                .isInstanceOf(Refusal.TopicDenied.class);
    }

    private Grant grant(Permissions permissions) {
        state.apply(new AccessCommand.PermissionPut("u", "/", permissions));
        return state.grant("u", "/").orElseThrow();
    }

    private void topic(String write, String read) {
        state.apply(new AccessCommand.TopicPermissionPut("u", "/", "amq.topic", new TopicPermission(write, read)));
    }
}

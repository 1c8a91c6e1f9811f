package io.ferrymq.broker.access;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessControlTest {
    private static final byte[] SALT = {1, 2, 3, 4};

    private final AccessState state = new AccessState();
    private final AccessRequests requests = new AccessRequests(state);
    private final AccessControl control = new AccessControl(state, AccessControl.LOOPBACK_ONLY_DEFAULT);

    @BeforeEach
    void createUsers() {
        apply(requests.createFirstUser("/", SALT));
        PasswordHash hash = PasswordHash.of(HashingAlgorithm.SHA512, SALT, utf8("secret"));
        apply(requests.putUser(new User("alice", hash, List.of("monitoring"))));
        apply(requests.putUser(new User("cert", PasswordHash.NONE, List.of())));
    }

    @Test
    void letsInWhoKnowsThePassword() {
        User alice = control.login("alice", utf8("secret"), Origin.REMOTE);

        assertThat(alice.name()).isEqualTo("alice");
        assertThat(alice.hasTag("monitoring")).isTrue();
    }

    @Test
    void refusesOtherPasswordsAndNames() {
        assertThat(refusal(() -> control.login("alice", utf8("Secret"), Origin.REMOTE)))
                .isEqualTo(new Refusal.LoginFailed("alice", "wrong password"));
        assertThat(refusal(() -> control.login("bob", utf8("secret"), Origin.REMOTE)))
                .isEqualTo(new Refusal.LoginFailed("bob", "no such user"));
    }

    @Test
    void refusesBlankPasswordsEvenOfUsersWithoutOne() {
        assertThat(refusal(() -> control.login("cert", new byte[0], Origin.LOOPBACK)))
                .isEqualTo(new Refusal.LoginFailed("cert", "blank password"));
        assertThat(refusal(() -> control.login("alice", new byte[0], Origin.LOOPBACK)))
                .isEqualTo(new Refusal.LoginFailed("alice", "blank password"));
    }

    @Test
    void letsGuestInFromThisMachineOnly() {
        assertThat(control.login("guest", utf8("guest"), Origin.LOOPBACK).hasTag(User.ADMINISTRATOR))
                .isTrue();
        assertThat(refusal(() -> control.login("guest", utf8("guest"), Origin.REMOTE)))
                .isEqualTo(new Refusal.LoginFailed("guest", "may connect from this machine only"));
        assertThat(refusal(() -> control.loginProven("guest", Origin.REMOTE)))
                .isEqualTo(new Refusal.LoginFailed("guest", "may connect from this machine only"));
    }

    @Test
    void theOperatorSaysWhoIsBoundToThisMachine() {
        AccessControl open = new AccessControl(state, Set.of());

        assertThat(open.login("guest", utf8("guest"), Origin.REMOTE).name()).isEqualTo("guest");
    }

    @Test
    void letsInWhoProvedTheNameOtherwise() {
        assertThat(control.loginProven("cert", Origin.REMOTE).name()).isEqualTo("cert");
        assertThat(refusal(() -> control.loginProven("nobody", Origin.REMOTE)))
                .isEqualTo(new Refusal.LoginFailed("nobody", "no such user"));
    }

    @Test
    void entersVirtualHostsWithPermissionsOnly() {
        assertThat(control.enter("guest", "/").permissions()).hasValue(Permissions.ALL);
        assertThat(refusal(() -> control.enter("alice", "/"))).isEqualTo(new Refusal.VhostDenied("/", "alice"));

        apply(requests.putPermissions("alice", "/", new Permissions("", "", "")));
        assertThat(control.enter("alice", "/").user()).isEqualTo("alice");
    }

    @Test
    void topicPermissionsAloneDoNotLetIn() {
        apply(requests.putTopicPermission("alice", "/", "amq.topic", new TopicPermission(".*", ".*")));

        assertThat(refusal(() -> control.enter("alice", "/"))).isEqualTo(new Refusal.VhostDenied("/", "alice"));
    }

    private void apply(List<AccessCommand> commands) {
        commands.forEach(state::apply);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

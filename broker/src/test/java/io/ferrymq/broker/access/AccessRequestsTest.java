package io.ferrymq.broker.access;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.access.AccessCommand.PermissionCleared;
import io.ferrymq.broker.access.AccessCommand.PermissionPut;
import io.ferrymq.broker.access.AccessCommand.TopicPermissionCleared;
import io.ferrymq.broker.access.AccessCommand.UserDeleted;
import io.ferrymq.broker.access.AccessCommand.UserPut;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessRequestsTest {
    private static final byte[] SALT = {1, 2, 3, 4};
    private static final User ALICE = new User("alice", PasswordHash.NONE, List.of());

    private final AccessState state = new AccessState();
    private final AccessRequests requests = new AccessRequests(state);

    @Test
    void theFirstUserIsMadeOnce() {
        List<AccessCommand> commands = requests.createFirstUser("/", SALT);
        assertThat(commands).hasSize(2);
        assertThat(commands.get(1)).isEqualTo(new PermissionPut("guest", "/", Permissions.ALL));

        apply(commands);
        assertThat(requests.createFirstUser("/", SALT)).isEmpty();
    }

    @Test
    void theFirstUserIsNotMadeWhereOthersAre() {
        apply(requests.putUser(ALICE));

        assertThat(requests.createFirstUser("/", SALT)).isEmpty();
    }

    @Test
    void whatIsSoAlreadyMakesNoCommand() {
        assertThat(requests.putUser(ALICE)).containsExactly(new UserPut(ALICE));
        apply(requests.putUser(ALICE));
        apply(requests.putPermissions("alice", "/", Permissions.ALL));

        assertThat(requests.putUser(ALICE)).isEmpty();
        assertThat(requests.putPermissions("alice", "/", Permissions.ALL)).isEmpty();
        assertThat(requests.clearPermissions("alice", "v")).isEmpty();
        assertThat(requests.clearTopicPermission("alice", "/", "x")).isEmpty();
    }

    @Test
    void changingAUserKeepsThePermissions() {
        apply(requests.putUser(ALICE));
        apply(requests.putPermissions("alice", "/", Permissions.ALL));

        apply(requests.putUser(new User("alice", PasswordHash.NONE, List.of("policymaker"))));

        assertThat(state.user("alice").orElseThrow().tags()).containsExactly("policymaker");
        assertThat(state.grant("alice", "/")).isPresent();
    }

    @Test
    void deletingAUserTakesThePermissionsAlong() {
        apply(requests.putUser(ALICE));
        apply(requests.putPermissions("alice", "/", Permissions.ALL));

        assertThat(requests.deleteUser("alice")).containsExactly(new UserDeleted("alice"));
        apply(requests.deleteUser("alice"));

        assertThat(state.users()).isEmpty();
        assertThat(state.grants()).isEmpty();
    }

    @Test
    void refusesUsersThatAreMissing() {
        Refusal expected = new Refusal.UserNotFound("bob");

        assertThat(refusal(() -> requests.deleteUser("bob"))).isEqualTo(expected);
        assertThat(refusal(() -> requests.putPermissions("bob", "/", Permissions.ALL)))
                .isEqualTo(expected);
        assertThat(refusal(() -> requests.clearPermissions("bob", "/"))).isEqualTo(expected);
        assertThat(refusal(() -> requests.putTopicPermission("bob", "/", "x", new TopicPermission("", ""))))
                .isEqualTo(expected);
        assertThat(refusal(() -> requests.clearTopicPermission("bob", "/", "x")))
                .isEqualTo(expected);
    }

    @Test
    void refusesNamesAndTagsThatDoNotFit() {
        assertThat(refusal(() -> put("", List.of()))).isEqualTo(new Refusal.InvalidText("user name", "", "empty"));
        assertThat(refusal(() -> put("u".repeat(256), List.of())))
                .extracting("why")
                .isEqualTo("longer than 255 characters");
        assertThat(refusal(() -> put("\uD800", List.of()))).extracting("why").isEqualTo("not valid Unicode");
        assertThat(refusal(() -> put("u", List.of("")))).isEqualTo(new Refusal.InvalidText("tag", "", "empty"));
        assertThat(refusal(() -> put("u", Collections.nCopies(33, "t"))))
                .isEqualTo(new Refusal.LimitReached("tags of a user", 32));
    }

    @Test
    void refusesPatternsThatAreNone() {
        apply(requests.putUser(ALICE));

        for (Permissions wrong :
                List.of(new Permissions("(", "", ""), new Permissions("", "(", ""), new Permissions("", "", "("))) {
            assertThat(refusal(() -> requests.putPermissions("alice", "/", wrong)))
                    .isInstanceOf(Refusal.InvalidText.class);
        }
        assertThat(refusal(
                        () -> requests.putTopicPermission("alice", "/", "x", new TopicPermission("{username}(", ""))))
                .isInstanceOf(Refusal.InvalidText.class);
        assertThat(requests.putTopicPermission("alice", "/", "x", new TopicPermission("^{username}-", "")))
                .hasSize(1);
    }

    @Test
    void aVirtualHostThatGoesTakesEverybodysPermissionsAlong() {
        apply(requests.putUser(ALICE));
        apply(requests.putPermissions("alice", "/", Permissions.ALL));
        apply(requests.putPermissions("alice", "v", Permissions.ALL));
        apply(requests.putTopicPermission("alice", "v", "x", new TopicPermission("", "")));

        List<AccessCommand> commands = requests.forgetVhost("v");
        assertThat(commands)
                .containsExactly(new PermissionCleared("alice", "v"), new TopicPermissionCleared("alice", "v", "x"));

        apply(commands);
        assertThat(state.grants()).extracting(Grant::vhost).containsExactly("/");
    }

    private void put(String name, List<String> tags) {
        apply(requests.putUser(new User(name, PasswordHash.NONE, tags)));
    }

    private void apply(List<AccessCommand> commands) {
        commands.forEach(state::apply);
    }
}

package io.ferrymq.broker.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AccessStateProperties {
    @Property
    void aCommandThatWentThroughTheLogHasTheSameEffect(
            @ForAll("requests") List<Function<AccessRequests, List<AccessCommand>>> requests) {
        AccessState live = new AccessState();
        AccessState replayed = new AccessState();
        for (AccessCommand command : applied(requests, live)) {
            replayed.apply(throughBytes(command));
        }

        assertThat(describe(replayed)).isEqualTo(describe(live));
    }

    @Property
    void aCheckpointRestoresEverything(
            @ForAll("requests") List<Function<AccessRequests, List<AccessCommand>>> requests) {
        AccessState live = new AccessState();
        applied(requests, live);
        ByteBuf checkpoint = Unpooled.buffer();
        live.encodeSnapshot(checkpoint);

        AccessState restored = new AccessState();
        restored.restoreSnapshot(checkpoint);

        assertThat(checkpoint.isReadable()).isFalse();
        assertThat(describe(restored)).isEqualTo(describe(live));
    }

    @Provide
    Arbitrary<List<Function<AccessRequests, List<AccessCommand>>>> requests() {
        Arbitrary<String> users = Arbitraries.of("u", "v", "w");
        Arbitrary<String> vhosts = Arbitraries.of("/", "other");
        Arbitrary<String> patterns = Arbitraries.of("", ".*", "^a", "^{username}");
        Arbitrary<Function<AccessRequests, List<AccessCommand>>> request = Combinators.combine(
                        Arbitraries.integers().between(0, 6), users, vhosts, patterns, patterns)
                .as(AccessStateProperties::request);
        return request.list().ofMaxSize(40);
    }

    private static Function<AccessRequests, List<AccessCommand>> request(
            int choice, String user, String vhost, String one, String other) {
        PasswordHash hash = PasswordHash.of(HashingAlgorithm.SHA256, new byte[4], new byte[] {(byte) one.length()});
        return requests -> switch (choice) {
            case 0, 1 -> requests.putUser(new User(user, hash, List.of(vhost)));
            case 2 -> requests.deleteUser(user);
            case 3 -> requests.putPermissions(user, vhost, new Permissions(".*", "^a", "a|b"));
            case 4 -> requests.clearPermissions(user, vhost);
            case 5 -> requests.putTopicPermission(user, vhost, "amq.topic", new TopicPermission(one, other));
            default -> requests.forgetVhost(vhost);
        };
    }

    private static List<AccessCommand> applied(
            List<Function<AccessRequests, List<AccessCommand>>> requests, AccessState state) {
        List<AccessCommand> all = new ArrayList<>();
        AccessRequests front = new AccessRequests(state);
        for (Function<AccessRequests, List<AccessCommand>> request : requests) {
            List<AccessCommand> commands = commandsOf(request, front);
            commands.forEach(state::apply);
            all.addAll(commands);
        }
        return all;
    }

    private static List<AccessCommand> commandsOf(
            Function<AccessRequests, List<AccessCommand>> request, AccessRequests front) {
        try {
            return request.apply(front);
        } catch (RefusedException userIsMissing) {
            return List.of();
        }
    }

    private static AccessCommand throughBytes(AccessCommand command) {
        ByteBuf bytes = Unpooled.buffer();
        command.encode(bytes);
        AccessCommand decoded = AccessCommand.decode(bytes);
        assertThat(bytes.isReadable()).isFalse();
        return decoded;
    }

    private static List<Object> describe(AccessState state) {
        List<Object> all = new ArrayList<>(state.users());
        state.grants()
                .forEach(grant ->
                        all.add(List.of(grant.user(), grant.vhost(), grant.permissions(), grant.topicPermissions())));
        return all;
    }
}

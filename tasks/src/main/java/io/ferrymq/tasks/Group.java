package io.ferrymq.tasks;

import io.ferrymq.tasks.message.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Calls made at the same time. Immutable.
 *
 * @param <R> what each of them returns
 */
public final class Group<R> {
    private final Tasks tasks;
    private final List<TaskCall<R>> members;

    Group(Tasks tasks, List<TaskCall<R>> members) {
        this.tasks = tasks;
        this.members = List.copyOf(members);
    }

    /** Sends all of them. */
    public GroupResult<R> send() {
        String id = UUID.randomUUID().toString();
        List<AsyncResult<R>> results = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            TaskCall<R> member = members.get(i);
            Signature signature = member.signature()
                    .withOption(SignatureOptions.GROUP_ID, id)
                    .withOption(SignatureOptions.GROUP_INDEX, i);
            results.add(tasks.send(signature, member.resultType()));
        }
        return new GroupResult<>(id, results);
    }
}

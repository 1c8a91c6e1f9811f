package io.ferrymq.tasks;

import io.ferrymq.tasks.message.Signature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Calls made one after the other, each with the result of the one before as its first argument. Workers do that: each
 * takes the next step along in its message. Immutable.
 *
 * @param <R> what the last one returns
 */
public final class Chain<R> {
    private final Tasks tasks;
    private final List<TaskCall<?>> before;
    private final TaskCall<R> last;

    private Chain(Tasks tasks, List<TaskCall<?>> before, TaskCall<R> last) {
        this.tasks = tasks;
        this.before = before;
        this.last = last;
    }

    static <R> Chain<R> of(Tasks tasks, TaskCall<R> first) {
        return new Chain<>(tasks, List.of(), first);
    }

    /** The same chain with one call more at its end. */
    public <S> Chain<S> then(TaskCall<S> next) {
        List<TaskCall<?>> longer = new ArrayList<>(before);
        longer.add(last);
        return new Chain<>(tasks, List.copyOf(longer), next);
    }

    /** Sends the first call, with all others behind it. The promise is that of the last; it fails when any call does. */
    public AsyncResult<R> send() {
        List<AsyncResult<?>> promises = new ArrayList<>();
        List<@Nullable Object> rest = new ArrayList<>();
        AsyncResult<R> result = tasks.promise(newId(last), last.resultType());
        for (TaskCall<?> step : before) {
            promises.add(tasks.promise(newId(step), step.resultType()));
        }
        promises.add(result);
        for (int i = 1; i < promises.size(); i++) {
            promises.get(i).failWith(promises.get(i - 1));
            rest.add(step(i).signature()
                    .withOption(SignatureOptions.TASK_ID, promises.get(i).id())
                    .withOption(SignatureOptions.REPLY_TO, tasks.replyTo())
                    .toMap());
        }
        // The next step stands last.
        Collections.reverse(rest);
        Signature first = step(0).signature()
                .withOption(SignatureOptions.TASK_ID, promises.get(0).id());
        tasks.send(rest.isEmpty() ? first : first.withOption(SignatureOptions.CHAIN, rest), promises.get(0));
        return result;
    }

    private TaskCall<?> step(int i) {
        return i < before.size() ? before.get(i) : last;
    }

    private static String newId(TaskCall<?> call) {
        String given = call.signature().textOption(SignatureOptions.TASK_ID);
        return given == null ? UUID.randomUUID().toString() : given;
    }
}

package io.ferrymq.tasks;

import org.jspecify.annotations.Nullable;

/** What a task does. Runs on a thread of a worker, which interrupts it when its time is over. */
@FunctionalInterface
public interface TaskBody {
    /** Returns the result, which JSON must be able to carry; what is thrown makes the call fail, or be tried again. */
    @Nullable Object run(Call call) throws Exception;
}

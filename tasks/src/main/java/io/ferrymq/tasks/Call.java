package io.ferrymq.tasks;

import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.KombuJson;
import io.ferrymq.tasks.message.TaskMessage;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of a task, as its body sees it. */
public final class Call {
    private final TaskMessage message;

    public Call(TaskMessage message) {
        this.message = message;
    }

    /** The same call, of another task and with other arguments. */
    Call of(String otherTask, List<@Nullable Object> otherArgs) {
        return new Call(message.of(otherTask, otherArgs));
    }

    public String id() {
        return message.id();
    }

    public String task() {
        return message.task();
    }

    /** How often it was tried before. */
    public int retries() {
        return message.retries();
    }

    /** The arguments by place. */
    public List<@Nullable Object> args() {
        return message.args();
    }

    /** The arguments by name. */
    public Map<String, @Nullable Object> kwargs() {
        return message.kwargs();
    }

    public Map<String, @Nullable Object> headers() {
        return message.headers();
    }

    /**
     * One argument by its place, which is not null.
     *
     * @throws WrongArgumentsException if there is none, or it is none of that type
     */
    public <T> T argument(int place, Class<T> type) {
        if (place >= args().size()) {
            throw new WrongArgumentsException(
                    task() + " needs argument " + (place + 1) + ", and the call gives " + args().size(), null);
        }
        try {
            Object value = KombuJson.convert(args().get(place), boxed(type));
            if (value == null) {
                throw new WrongArgumentsException(task() + " takes no null for argument " + (place + 1), null);
            }
            return boxed(type).cast(value);
        } catch (BadMessageException e) {
            throw new WrongArgumentsException(
                    task() + " got a wrong argument " + (place + 1) + ": " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("unchecked") // A primitive's class and its box's have the same values.
    static <T> Class<T> boxed(Class<T> type) {
        return (Class<T>) MethodType.methodType(type).wrap().returnType();
    }

    /** What to throw to be tried again after the task's own delay, if it was not tried too often. */
    public RetryException retry(Throwable cause) {
        return new RetryException(cause, null);
    }

    /** What to throw to be tried again after a delay, if it was not tried too often. */
    public RetryException retry(Throwable cause, Duration delay) {
        return new RetryException(cause, delay);
    }
}

package io.ferrymq.tasks;

import io.ferrymq.tasks.message.Signature;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call in the making: options are added, then it is sent, or becomes a part of something larger. Immutable; each method
 * returns a new one.
 *
 * @param <R> what the task returns
 */
public final class TaskCall<R> implements Step<R>, Link {
    private final Tasks tasks;
    private final Type resultType;
    private final Signature signature;
    private final UniqueCalls.Rule unique;

    TaskCall(Tasks tasks, Type resultType, Signature signature) {
        this(tasks, resultType, signature, UniqueCalls.Rule.NONE);
    }

    private TaskCall(Tasks tasks, Type resultType, Signature signature, UniqueCalls.Rule unique) {
        this.tasks = tasks;
        this.resultType = resultType;
        this.signature = signature;
        this.unique = unique;
    }

    private TaskCall<R> with(String option, @Nullable Object value) {
        return with(signature.withOption(option, value));
    }

    private TaskCall<R> with(Signature changed) {
        return new TaskCall<>(tasks, resultType, changed, unique);
    }

    private TaskCall<R> with(UniqueCalls.Rule rule) {
        return new TaskCall<>(tasks, resultType, signature, rule);
    }

    /** Its id, in place of a new one. */
    public TaskCall<R> taskId(String id) {
        return with(SignatureOptions.TASK_ID, id);
    }

    /** The queue it is sent to, in place of the task's own. */
    public TaskCall<R> queue(String name) {
        return with(SignatureOptions.QUEUE, name);
    }

    /** Not to run before this time has passed, counted from when it is sent. */
    public TaskCall<R> countdown(Duration delay) {
        return with(SignatureOptions.COUNTDOWN, seconds(delay));
    }

    /** Not to run before. */
    public TaskCall<R> eta(Instant moment) {
        return with(SignatureOptions.ETA, moment.toString());
    }

    /** Not to run any more after this time, counted from when it is sent. */
    public TaskCall<R> expires(Duration after) {
        return with(SignatureOptions.EXPIRES, seconds(after));
    }

    /** From 0 to 255. What it means is the queue's to say: it must have been declared with priorities. */
    public TaskCall<R> priority(int priority) {
        if (priority < 0 || priority > 255) {
            throw new IllegalArgumentException("a priority of " + priority + ": 0 to 255 is possible");
        }
        return with(SignatureOptions.PRIORITY, priority);
    }

    /** Has its arguments compressed on their way, with zlib, which Celery calls gzip. */
    public TaskCall<R> compressed() {
        return with(SignatureOptions.COMPRESSION, "gzip");
    }

    /** A header of the caller's own. */
    public TaskCall<R> header(String name, @Nullable Object value) {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(SignatureOptions.headers(signature));
        headers.put(name, value);
        return with(SignatureOptions.HEADERS, headers);
    }

    /** A call that is made with the result. */
    public TaskCall<R> link(TaskCall<?> callback) {
        return with(SignatureOptions.LINK, plus(SignatureOptions.LINK, callback));
    }

    /** A call that is made when this one fails. */
    public TaskCall<R> linkError(TaskCall<?> errback) {
        return with(SignatureOptions.LINK_ERROR, plus(SignatureOptions.LINK_ERROR, errback));
    }

    private List<@Nullable Object> plus(String option, TaskCall<?> more) {
        List<@Nullable Object> all = new ArrayList<>(SignatureOptions.list(signature, option));
        all.add(more.signature.toMap());
        return all;
    }

    /** After this time a run is interrupted. */
    public TaskCall<R> softLimit(Duration limit) {
        return with(SignatureOptions.SOFT_TIME_LIMIT, seconds(limit));
    }

    /** After this time a run is given up. */
    public TaskCall<R> hardLimit(Duration limit) {
        return with(SignatureOptions.TIME_LIMIT, seconds(limit));
    }

    /** Sends no result; its promise is fulfilled with null when the broker has the call. */
    public TaskCall<R> ignoreResult() {
        return with(SignatureOptions.IGNORE_RESULT, true);
    }

    /** Takes no result of a call before it. */
    public TaskCall<R> immutable() {
        return with(signature.withoutResults());
    }

    /**
     * Refuses it while another with the same arguments waits or runs, for this time at most: its promise fails with a
     * {@link DuplicateCallException}. Holds where a program sends it, not for a part of a chain or group.
     */
    public TaskCall<R> uniqueFor(Duration max) {
        return with(new UniqueCalls.Rule(max, unique.key(), unique.attaches()));
    }

    /** What makes it the same as another call of the task, in place of its arguments. */
    public TaskCall<R> uniqueKey(String key) {
        return with(new UniqueCalls.Rule(unique.max(), key, unique.attaches()));
    }

    /** Gives it the result of the call that was first, if it is not unique. The task's results have to be stored. */
    public TaskCall<R> attachToFirst() {
        return with(new UniqueCalls.Rule(unique.max(), unique.key(), true));
    }

    @Override
    public AsyncResult<R> send() {
        return tasks.unique()
                .timeFor(signature.task(), unique)
                .map(max -> tasks.unique().send(this, unique, max))
                .orElseGet(() -> new Canvas(tasks).send(this));
    }

    @Override
    public <S> Chain<S> then(Step<S> next) {
        return Chain.of(tasks, List.of(this), next);
    }

    @Override
    public <S> Group<S> then(Group<S> next) {
        return next.after(List.of(this));
    }

    Type resultType() {
        return resultType;
    }

    /** As it stands in messages. */
    public Signature signature() {
        return signature;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }
}

package io.ferrymq.tasks;

import io.ferrymq.tasks.RetryRules.Jitter;
import io.ferrymq.tasks.TaskOptions.Acknowledge;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that is a task, once {@link Tasks#register} has seen its object. A call gives its arguments by place, or by the
 * names of the parameters: compile with {@code -parameters}, or name them with {@link Argument}. A parameter of the type
 * {@link Call} is the call itself and takes no argument; an {@code Optional} may be left out.
 *
 * <p>The rules are those of {@link TaskOptions}. A time of 0 is none.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface TaskMethod {
    /** The task's name; if empty, the class's with a small first letter, a dot and the method's. */
    String name() default "";

    String queue() default "celery";

    /** How often a failed call is tried again; {@link RetryRules#UNLIMITED} for until it succeeds. */
    int retriesMax() default 3;

    /** The exceptions that are worth a retry that the body does not ask for. */
    Class<? extends Throwable>[] retryFor() default {};

    /** Those that are not, although {@link #retryFor} has them. */
    Class<? extends Throwable>[] dontRetryFor() default {};

    double retryDelaySeconds() default 1;

    /** Each retry waits up to twice as long as the one before, up to this. */
    double retryDelayMaxSeconds() default 600;

    Jitter retryJitter() default Jitter.FULL;

    Acknowledge acknowledge() default Acknowledge.EARLY;

    /** After which a run is interrupted. */
    double softLimitSeconds() default 0;

    /** After which a run is given up. */
    double hardLimitSeconds() default 0;

    /** After which a call is not to run any more, counted from when it is sent. */
    double expiresSeconds() default 0;

    /** 0 to 255; -1 for none. */
    int priority() default -1;

    /** Headers of each call, as {@code name=value}. */
    String[] headers() default {};

    /** Whether nobody wants to know how a call ended. */
    boolean ignoreResult() default false;

    /** How many calls each worker begins in a time, as {@code "10/s"}, {@code "100/m"} or {@code "10/h"}; empty for any. */
    String rateLimit() default "";

    /** Whether callers are told when a run begins. */
    boolean trackStarted() default false;

    /** A call whose result is larger, as JSON, fails. */
    int resultBytesMax() default 16 << 20;

    /** How long the broker keeps the result for everybody. */
    double storeResultSeconds() default 0;

    /** How long there is at most one call with the same arguments that waits or runs. */
    double uniqueForSeconds() default 0;

    /** How often a call that is acknowledged late may have lost its worker before it is parked. */
    int workerLossesMax() default 3;

    /** Hears what became of its calls; made by its constructor without arguments. */
    Class<? extends TaskListener> listener() default TaskListener.class;
}

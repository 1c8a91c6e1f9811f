package io.ferrymq.tasks;

/**
 * What ends with one result: a call, or a chain of calls. Steps are put together to chains and groups. Immutable.
 *
 * @param <R> its result
 */
public sealed interface Step<R> permits TaskCall, Chain {
    /** Sends it, as far as nothing in it waits for something else; workers send the rest. */
    AsyncResult<R> send();

    /** This step, and then another with its result. */
    <S> Chain<S> then(Step<S> next);

    /** This step, and then several at the same time, each with its result. */
    <S> Group<S> then(Group<S> next);
}

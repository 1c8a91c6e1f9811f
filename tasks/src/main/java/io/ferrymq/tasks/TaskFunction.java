package io.ferrymq.tasks;

import org.jspecify.annotations.Nullable;

/** Bodies of tasks by the number of their arguments. They run on a thread of a worker, and may throw what they like. */
public final class TaskFunction {
    private TaskFunction() {}

    /** A body without arguments and without a result. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    /** A body without arguments. */
    @FunctionalInterface
    public interface Of0<R> {
        @Nullable R run() throws Exception;
    }

    /** A body of one argument. */
    @FunctionalInterface
    public interface Of1<A, R> {
        @Nullable R run(A argument) throws Exception;
    }

    /** A body of two arguments. */
    @FunctionalInterface
    public interface Of2<A, B, R> {
        @Nullable R run(A first, B second) throws Exception;
    }

    /** A body of three arguments. */
    @FunctionalInterface
    public interface Of3<A, B, C, R> {
        @Nullable R run(A first, B second, C third) throws Exception;
    }
}

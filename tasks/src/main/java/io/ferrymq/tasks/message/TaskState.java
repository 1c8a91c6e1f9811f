package io.ferrymq.tasks.message;

/** How far a task is, in Celery's words. */
public enum TaskState {
    /** Nothing is known of it. */
    PENDING,
    /** A worker has it. */
    RECEIVED,
    /** A worker runs it. */
    STARTED,
    SUCCESS,
    FAILURE,
    /** It failed and will be tried again. */
    RETRY,
    /** It was called off. */
    REVOKED,
    /** A worker did not want it. */
    REJECTED,
    /** It ended, and wants nobody to know how. */
    IGNORED;

    /** Whether nothing comes after it. */
    public boolean isFinal() {
        return switch (this) {
            case SUCCESS, FAILURE, REVOKED, REJECTED, IGNORED -> true;
            case PENDING, RECEIVED, STARTED, RETRY -> false;
        };
    }
}

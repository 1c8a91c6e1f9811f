package io.ferrymq.broker.shard;

import io.ferrymq.broker.celery.TaskHeaders;
import io.ferrymq.broker.message.Publication;

/**
 * When the message that is being published may run as a task, and until when. Headers are looked at once for a message,
 * and only if a queue asks that understands tasks. Their moments of the calendar are told in the broker's time. A slot that is used again. Lane only.
 */
final class TaskTimes {
    private final Timeline timeline;
    private boolean known;
    private long etaMillis;
    private long expiresMillis;

    TaskTimes(Timeline timeline) {
        this.timeline = timeline;
    }

    /** The next message comes. */
    void forget() {
        known = false;
    }

    /** Looks at a message, unless it did. */
    TaskTimes of(Publication message) {
        if (!known) {
            known = true;
            boolean isTask = TaskHeaders.isTask(message.format(), message.header());
            etaMillis = isTask
                    ? timeline.ofWall(TaskHeaders.etaMillis(message.format(), message.header()))
                    : TaskHeaders.NEVER;
            expiresMillis = isTask
                    ? timeline.ofWall(TaskHeaders.expiresMillis(message.format(), message.header()))
                    : TaskHeaders.NEVER;
        }
        return this;
    }

    boolean expires() {
        return expiresMillis != TaskHeaders.NEVER;
    }

    long expiresMillis() {
        return expiresMillis;
    }

    /** Whether it is a task whose time has neither come nor passed. */
    boolean mayNotRunYet(long nowMillis) {
        return etaMillis != TaskHeaders.NEVER && etaMillis > nowMillis && expiresMillis > nowMillis;
    }

    /** When the queue gets it: when it may run, or to end there when it may not run any more. */
    long dueMillis() {
        return Math.min(etaMillis, expiresMillis);
    }
}

package io.ferrymq.tasks.testkit;

import io.ferrymq.tasks.Surroundings;
import io.ferrymq.tasks.Tasks;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Tasks that run at once, on the thread of whoever calls: when {@code send} returns, the call has ended, with its retries,
 * links, and all that follows in its chain, and the promise is fulfilled. A call from within a body runs before that body
 * goes on. Arguments and results go through JSON as they do over a broker.
 *
 * <p>A countdown, an eta and the delay of a retry are not waited for, and no limit ends a run; what has expired is not run.
 * A task that is tried again without end does not end.
 *
 * <p>Any thread. A call that one thread sends may be run by another that is sending, too; a promise can be waited for.
 */
public final class EagerTasks {
    /** More than can run at a time: each but the first waits for one that it called. */
    private static final int CONCURRENCY = 10_000;

    private EagerTasks() {}

    /** Tasks that run at once. */
    public static Tasks open() {
        Eager eager = new Eager();
        Surroundings surroundings = new EagerSurroundings(eager.broker, eager.jobs, eager::runAll);
        return eager.over(surroundings);
    }

    private static final class Eager {
        private final LocalBroker broker = new LocalBroker(Clock.systemUTC());
        private final Jobs jobs = new Jobs();
        /** One; none before it is open. */
        private final List<WorkersOnDemand> workers = new ArrayList<>();

        private Tasks over(Surroundings surroundings) {
            Tasks tasks = Tasks.over(broker.open(), surroundings);
            workers.add(new WorkersOnDemand(broker, tasks, CONCURRENCY, name -> true));
            return tasks;
        }

        private void runAll() {
            if (broker.isOnLane()) {
                return;
            }
            do {
                workers.forEach(WorkersOnDemand::start);
            } while (jobs.runNext());
        }
    }
}

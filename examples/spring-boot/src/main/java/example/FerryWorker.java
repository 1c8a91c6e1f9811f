package example;

import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** A worker that starts with the application and stops before it: running calls may end. */
@Component
class FerryWorker implements SmartLifecycle {
    private final Tasks tasks;
    private final FerryProperties properties;

    /** Written by the thread that starts and stops the application, read by who asks whether it runs. */
    private volatile @Nullable Worker worker;

    FerryWorker(Tasks tasks, FerryProperties properties) {
        this.tasks = tasks;
        this.properties = properties;
    }

    @Override
    public void start() {
        worker = Worker.start(tasks, WorkerOptions.defaults(tasks.host()).withConcurrency(properties.concurrency()));
    }

    @Override
    public void stop() {
        Worker running = worker;
        if (running != null) {
            running.close();
            worker = null;
        }
    }

    @Override
    public boolean isRunning() {
        return worker != null;
    }
}

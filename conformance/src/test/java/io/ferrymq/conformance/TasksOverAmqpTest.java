package io.ferrymq.conformance;

import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks with a broker in a process of its own. */
class TasksOverAmqpTest extends TasksContract {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @Override
    protected String uri() {
        return BROKER.uri();
    }
}

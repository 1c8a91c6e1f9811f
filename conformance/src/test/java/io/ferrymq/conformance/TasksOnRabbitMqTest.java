package io.ferrymq.conformance;

import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks keep their promises with RabbitMQ, too. */
class TasksOnRabbitMqTest extends TasksContract {
    @RegisterExtension
    static final RabbitMqProcess RABBITMQ = new RabbitMqProcess();

    @Override
    protected String uri() {
        return RABBITMQ.uri();
    }
}

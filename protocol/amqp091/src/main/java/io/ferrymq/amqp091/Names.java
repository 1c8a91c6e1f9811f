package io.ferrymq.amqp091;

/** Names of exchanges, queues and types as RabbitMQ takes them. */
final class Names {
    /** The pseudo-queue that stands for a channel's own reply address. */
    static final String REPLY_TO = "amq.rabbitmq.reply-to";

    private Names() {}

    /** The name without CR and LF, which would break RabbitMQ's logs. */
    static String clean(String name) {
        if (name.indexOf('\r') < 0 && name.indexOf('\n') < 0) {
            return name;
        }
        return name.replace("\r", "").replace("\n", "");
    }
}

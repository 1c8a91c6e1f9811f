package io.ferrymq.amqp091;

import io.ferrymq.broker.Refusal;

/** A refusal of the broker in RabbitMQ's words, for people who see no protocol. Stateless. */
public final class RefusalTexts {
    private RefusalTexts() {}

    /** A phrase without a code, such as {@code no exchange 'e' in vhost '/'}. */
    public static String of(Refusal refusal) {
        return RefusalFaults.of(refusal).explanation();
    }
}

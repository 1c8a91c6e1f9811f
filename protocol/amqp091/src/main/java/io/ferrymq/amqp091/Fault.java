package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;

/**
 * What is told to a peer whose request fails: the code decides whether its channel ends or its connection.
 *
 * @param explanation what comes behind the code's name in the reply text
 */
record Fault(ReplyCode code, String explanation) {
    /** RabbitMQ's words for a delivery acknowledgement timeout. */
    static Fault notSettledInTime(int channel, long timeoutMillis) {
        return new Fault(
                ReplyCode.PRECONDITION_FAILED,
                "delivery acknowledgement on channel " + channel + " timed out. Timeout value used: " + timeoutMillis
                        + " ms. This timeout value can be configured, see consumers doc guide to learn more");
    }

    String text() {
        return code.text(explanation);
    }

    boolean endsConnection() {
        return code.closes() == ReplyCode.Closes.CONNECTION;
    }
}

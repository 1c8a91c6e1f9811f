package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;

/**
 * What is told to a peer whose request fails: the code decides whether its channel ends or its connection.
 *
 * @param explanation what comes behind the code's name in the reply text
 */
record Fault(ReplyCode code, String explanation) {
    String text() {
        return code.text(explanation);
    }

    boolean endsConnection() {
        return code.closes() == ReplyCode.Closes.CONNECTION;
    }
}

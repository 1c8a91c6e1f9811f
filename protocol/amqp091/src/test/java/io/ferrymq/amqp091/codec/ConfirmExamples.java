package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;

/** The methods of class confirm on the wire, octet by octet (clause of RabbitMQ). */
final class ConfirmExamples {
    private ConfirmExamples() {}

    static List<MethodExample> all() {
        return List.of(example(new ConfirmMethod.Select(true), """
                        0055 000A 01        ; confirm.select, no-wait
                        """), example(new ConfirmMethod.SelectOk(), """
                        0055 000B           ; confirm.select-ok
                        """));
    }
}

package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;

/** The methods of class access on the wire, octet by octet (clause of AMQP 0-9). */
final class AccessExamples {
    private AccessExamples() {}

    static List<MethodExample> all() {
        return List.of(
                example(new AccessMethod.Request("/data", false, true, true, false, true), """
                        001E 000A           ; access.request
                        05 '/data'          ; realm
                        16                  ; bits: passive 2, active 4, read 16
                        """),
                example(new AccessMethod.RequestOk(1), """
                        001E 000B 0001      ; access.request-ok, ticket 1
                        """));
    }
}

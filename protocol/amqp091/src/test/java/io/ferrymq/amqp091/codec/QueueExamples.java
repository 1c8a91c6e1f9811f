package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;
import java.util.Map;

/** The methods of class queue on the wire, octet by octet (clause 1.7). */
final class QueueExamples {
    private QueueExamples() {}

    static List<MethodExample> all() {
        return List.of(
                example(
                        new QueueMethod.Declare("q", false, true, false, true, true, Map.of("x-max-priority", 10)),
                        """
                        0032 000A           ; queue.declare
                        0000                ; reserved: ticket
                        01 'q'              ; queue
                        1A                  ; bits: durable 2, auto-delete 8, no-wait 16
                        00000014            ; arguments: 20 octets
                        0E 'x-max-priority'
                        'I' 0000000A
                        """),
                example(new QueueMethod.DeclareOk("q", 4294967295L, 2), """
                        0032 000B           ; queue.declare-ok
                        01 'q'
                        FFFFFFFF            ; messages, unsigned
                        00000002            ; consumers
                        """),
                example(new QueueMethod.Bind("q", "e", "k", false, Map.of()), """
                        0032 0014           ; queue.bind
                        0000 01 'q' 01 'e' 01 'k'
                        00                  ; wait
                        00000000            ; arguments: none
                        """),
                example(new QueueMethod.BindOk(), """
                        0032 0015           ; queue.bind-ok
                        """),
                example(new QueueMethod.Purge("q", true), """
                        0032 001E           ; queue.purge
                        0000 01 'q'
                        01                  ; no-wait
                        """),
                example(new QueueMethod.PurgeOk(7), """
                        0032 001F 00000007  ; queue.purge-ok, 7 messages
                        """),
                example(new QueueMethod.Delete("q", true, false, true), """
                        0032 0028           ; queue.delete
                        0000 01 'q'
                        05                  ; bits: if-unused 1, no-wait 4
                        """),
                example(new QueueMethod.DeleteOk(0), """
                        0032 0029 00000000  ; queue.delete-ok, no messages
                        """),
                example(new QueueMethod.Unbind("q", "e", "k", Map.of()), """
                        0032 0032           ; queue.unbind
                        0000 01 'q' 01 'e' 01 'k'
                        00000000            ; arguments: none; there is no no-wait
                        """),
                example(new QueueMethod.UnbindOk(), """
                        0032 0033           ; queue.unbind-ok
                        """));
    }
}

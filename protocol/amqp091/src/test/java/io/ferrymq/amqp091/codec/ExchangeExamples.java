package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;
import java.util.Map;

/** The methods of class exchange on the wire, octet by octet (clause 1.6). */
final class ExchangeExamples {
    private ExchangeExamples() {}

    static List<MethodExample> all() {
        return List.of(
                example(
                        new ExchangeMethod.Declare(
                                "e", "topic", false, true, false, true, false, Map.of("alternate-exchange", "a")),
                        """
                        0028 000A           ; exchange.declare
                        0000                ; reserved: ticket
                        01 'e'              ; exchange
                        05 'topic'          ; type
                        0A                  ; bits: durable 2, internal 8
                        00000019            ; arguments: 25 octets
                        12 'alternate-exchange'
                        'S' 00000001 'a'
                        """),
                example(new ExchangeMethod.DeclareOk(), """
                        0028 000B           ; exchange.declare-ok
                        """),
                example(new ExchangeMethod.Delete("e", true, true), """
                        0028 0014           ; exchange.delete
                        0000 01 'e'
                        03                  ; bits: if-unused 1, no-wait 2
                        """),
                example(new ExchangeMethod.DeleteOk(), """
                        0028 0015           ; exchange.delete-ok
                        """),
                example(new ExchangeMethod.Bind("to", "from", "k", true, Map.of()), """
                        0028 001E           ; exchange.bind
                        0000
                        02 'to'             ; destination
                        04 'from'           ; source
                        01 'k'              ; routing key
                        01                  ; no-wait
                        00000000            ; arguments: none
                        """),
                example(new ExchangeMethod.BindOk(), """
                        0028 001F           ; exchange.bind-ok
                        """),
                example(new ExchangeMethod.Unbind("to", "from", "", false, Map.of()), """
                        0028 0028           ; exchange.unbind
                        0000
                        02 'to'             ; destination
                        04 'from'           ; source
                        00                  ; routing key
                        00                  ; wait
                        00000000            ; arguments: none
                        """),
                example(new ExchangeMethod.UnbindOk(), """
                        0028 0033           ; exchange.unbind-ok is 51
                        """));
    }
}

package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;
import java.util.Map;

/** The methods of class basic on the wire, octet by octet (clause 1.8). */
final class BasicExamples {
    private BasicExamples() {}

    static List<MethodExample> all() {
        return List.of(
                example(new BasicMethod.Qos(0, 250, true), """
                        003C 000A           ; basic.qos
                        00000000            ; prefetch size
                        00FA                ; prefetch count
                        01                  ; global
                        """),
                example(new BasicMethod.QosOk(), """
                        003C 000B           ; basic.qos-ok
                        """),
                example(new BasicMethod.Consume("q", "c", true, false, true, true, Map.of("x-priority", -1)), """
                        003C 0014           ; basic.consume
                        0000                ; reserved: ticket
                        01 'q'              ; queue
                        01 'c'              ; consumer tag
                        0D                  ; bits: no-local 1, exclusive 4, no-wait 8
                        00000010            ; arguments: 16 octets
                        0A 'x-priority'
                        'I' FFFFFFFF
                        """),
                example(new BasicMethod.ConsumeOk("c"), """
                        003C 0015 01 'c'    ; basic.consume-ok
                        """),
                example(new BasicMethod.Cancel("c", true), """
                        003C 001E 01 'c' 01 ; basic.cancel, no-wait
                        """),
                example(new BasicMethod.CancelOk("c"), """
                        003C 001F 01 'c'    ; basic.cancel-ok
                        """),
                example(new BasicMethod.Publish("e", "k", false, true), """
                        003C 0028           ; basic.publish
                        0000                ; reserved: ticket
                        01 'e'              ; exchange
                        01 'k'              ; routing key
                        02                  ; bits: immediate 2
                        """),
                example(new BasicMethod.Return(312, "NO_ROUTE", "e", "k"), """
                        003C 0032           ; basic.return
                        0138                ; reply code
                        08 'NO_ROUTE'       ; reply text
                        01 'e' 01 'k'
                        """),
                example(new BasicMethod.Deliver("c", 258, true, "e", "k"), """
                        003C 003C           ; basic.deliver
                        01 'c'              ; consumer tag
                        0000000000000102    ; delivery tag
                        01                  ; redelivered
                        01 'e' 01 'k'
                        """),
                example(new BasicMethod.Get("q", true), """
                        003C 0046 0000 01 'q' 01   ; basic.get, no-ack
                        """),
                example(new BasicMethod.GetOk(1, false, "", "q", 9), """
                        003C 0047           ; basic.get-ok
                        0000000000000001    ; delivery tag
                        00                  ; not redelivered
                        00 01 'q'           ; default exchange, routing key
                        00000009            ; messages left
                        """),
                example(new BasicMethod.GetEmpty(), """
                        003C 0048 00        ; basic.get-empty, reserved: cluster id
                        """),
                example(new BasicMethod.Ack(1, true), """
                        003C 0050           ; basic.ack
                        0000000000000001 01 ; delivery tag, multiple
                        """),
                example(new BasicMethod.Reject(-1, true), """
                        003C 005A           ; basic.reject
                        FFFFFFFFFFFFFFFF 01 ; delivery tag (unsigned), requeue
                        """),
                example(new BasicMethod.RecoverAsync(true), """
                        003C 0064 01        ; basic.recover-async, requeue
                        """),
                example(new BasicMethod.Recover(false), """
                        003C 006E 00        ; basic.recover, not to the queue
                        """),
                example(new BasicMethod.RecoverOk(), """
                        003C 006F           ; basic.recover-ok
                        """),
                example(new BasicMethod.Nack(2, false, true), """
                        003C 0078           ; basic.nack
                        0000000000000002    ; delivery tag
                        02                  ; bits: requeue 2
                        """));
    }
}

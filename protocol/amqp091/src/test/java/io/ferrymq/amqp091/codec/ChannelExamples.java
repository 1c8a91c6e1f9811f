package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;

/** The methods of class channel on the wire, octet by octet (clause 1.5). */
final class ChannelExamples {
    private ChannelExamples() {}

    static List<MethodExample> all() {
        return List.of(
                example(new ChannelMethod.Open(), """
                        0014 000A           ; channel.open
                        00                  ; reserved: out of band
                        """),
                example(new ChannelMethod.OpenOk(), """
                        0014 000B           ; channel.open-ok
                        00000000            ; reserved: channel id
                        """),
                example(new ChannelMethod.Flow(true), """
                        0014 0014 01        ; channel.flow, active
                        """),
                example(new ChannelMethod.FlowOk(false), """
                        0014 0015 00        ; channel.flow-ok, not active
                        """),
                example(new ChannelMethod.Close(404, "no", 50, 10), """
                        0014 0028           ; channel.close
                        0194                ; reply code
                        02 'no'             ; reply text
                        0032 000A           ; at fault: queue.declare
                        """),
                example(new ChannelMethod.CloseOk(), """
                        0014 0029           ; channel.close-ok
                        """));
    }
}

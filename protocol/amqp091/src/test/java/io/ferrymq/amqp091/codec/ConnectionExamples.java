package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;
import java.util.Map;

/** The methods of class connection on the wire, octet by octet (clause 1.4). */
final class ConnectionExamples {
    private ConnectionExamples() {}

    static List<MethodExample> all() {
        return List.of(
                example(
                        new ConnectionMethod.Start(0, 9, Map.of("product", "RabbitMQ"), "PLAIN AMQPLAIN", "en_US"),
                        """
                        000A 000A           ; connection.start
                        00 09               ; version 0-9
                        00000015            ; server properties: 21 octets
                        07 'product'
                        'S' 00000008 'RabbitMQ'
                        0000000E 'PLAIN' 20 'AMQPLAIN'   ; mechanisms
                        00000005 'en_US'    ; locales
                        """),
                example(
                        new ConnectionMethod.StartOk(
                                Map.of(), "PLAIN", LongString.copyOf(new byte[] {0, 'u', 0, 'p'}), "en_US"),
                        """
                        000A 000B           ; connection.start-ok
                        00000000            ; client properties: none
                        05 'PLAIN'          ; mechanism
                        00000004 00 'u' 00 'p'   ; response
                        05 'en_US'          ; locale
                        """),
                example(new ConnectionMethod.Secure(LongString.copyOf(new byte[] {1, 2})), """
                        000A 0014           ; connection.secure
                        00000002 01 02      ; challenge
                        """),
                example(new ConnectionMethod.SecureOk(LongString.copyOf(new byte[] {(byte) 0xFF})), """
                        000A 0015           ; connection.secure-ok
                        00000001 FF         ; response
                        """),
                example(new ConnectionMethod.Tune(2047, 131072, 60), """
                        000A 001E           ; connection.tune
                        07FF                ; channel-max
                        00020000            ; frame-max
                        003C                ; heartbeat, seconds
                        """),
                example(new ConnectionMethod.TuneOk(65535, 4294967295L, 0), """
                        000A 001F           ; connection.tune-ok
                        FFFF                ; channel-max
                        FFFFFFFF            ; frame-max, unsigned
                        0000                ; no heartbeat
                        """),
                example(new ConnectionMethod.Open("/"), """
                        000A 0028           ; connection.open
                        01 '/'              ; virtual host
                        00                  ; reserved: capabilities
                        00                  ; reserved: insist
                        """),
                example(new ConnectionMethod.OpenOk(), """
                        000A 0029           ; connection.open-ok
                        00                  ; reserved: known hosts
                        """),
                example(new ConnectionMethod.Close(541, "bye", 60, 40), """
                        000A 0032           ; connection.close
                        021D                ; reply code
                        03 'bye'            ; reply text
                        003C 0028           ; at fault: basic.publish
                        """),
                example(new ConnectionMethod.CloseOk(), """
                        000A 0033           ; connection.close-ok
                        """),
                example(new ConnectionMethod.Blocked("low on memory"), """
                        000A 003C           ; connection.blocked
                        0D 'low' 20 'on' 20 'memory'   ; reason
                        """),
                example(new ConnectionMethod.Unblocked(), """
                        000A 003D           ; connection.unblocked
                        """),
                example(new ConnectionMethod.UpdateSecret(LongString.copyOf(new byte[] {'t'}), "renewal"), """
                        000A 0046           ; connection.update-secret
                        00000001 't'        ; new secret
                        07 'renewal'        ; reason
                        """),
                example(new ConnectionMethod.UpdateSecretOk(), """
                        000A 0047           ; connection.update-secret-ok
                        """));
    }
}

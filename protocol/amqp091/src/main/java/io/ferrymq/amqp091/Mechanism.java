package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.FieldTable;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Identity;
import io.ferrymq.wire.Connection;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ways to say who one is, each in one message. */
enum Mechanism {
    /** A zero octet, the user, a zero octet, the password (RFC 4616); before the first may stand an identity to act as. */
    PLAIN {
        @Override
        Identity login(LongString response, Connection connection, LinkOpener opener) {
            String text = new String(response.toByteArray(), StandardCharsets.UTF_8);
            int first = text.indexOf('\0');
            int second = text.indexOf('\0', first + 1);
            if (first < 0 || second < 0) {
                throw new FaultException(ReplyCode.SYNTAX_ERROR, "PLAIN response is not user and password");
            }
            String user = text.substring(first + 1, second);
            return opener.login(
                    user, text.substring(second + 1), connection.remoteAddress().getAddress());
        }
    },

    /** A field table without its length, holding {@code LOGIN} and {@code PASSWORD}. */
    AMQPLAIN {
        @Override
        Identity login(LongString response, Connection connection, LinkOpener opener) {
            Map<String, @Nullable Object> table =
                    FieldTable.readEntries(Unpooled.wrappedBuffer(response.toByteArray()));
            if (table.get("LOGIN") instanceof String user && table.get("PASSWORD") instanceof String password) {
                return opener.login(user, password, connection.remoteAddress().getAddress());
            }
            throw new FaultException(ReplyCode.SYNTAX_ERROR, "AMQPLAIN auth info is missing LOGIN or PASSWORD field");
        }
    },

    /** The certificate that the client has shown to TLS; what the response says does not count. */
    EXTERNAL {
        @Override
        Identity login(LongString response, Connection connection, LinkOpener opener) {
            X509Certificate certificate = connection.peerCertificate().orElseThrow(() -> unknown(name()));
            return opener.loginByCertificate(
                    certificate, connection.remoteAddress().getAddress());
        }
    };

    /** What {@code connection.start} lists, by blanks. A client without a certificate is not offered {@link #EXTERNAL}. */
    static String offered(Optional<X509Certificate> certificate) {
        return certificate.isPresent() ? PLAIN + " " + AMQPLAIN + " " + EXTERNAL : PLAIN + " " + AMQPLAIN;
    }

    /** The mechanism that a client has chosen. */
    static Mechanism named(String name, Optional<X509Certificate> certificate) {
        for (Mechanism mechanism : values()) {
            if (mechanism.name().equals(name) && (mechanism != EXTERNAL || certificate.isPresent())) {
                return mechanism;
            }
        }
        throw unknown(name);
    }

    private static FaultException unknown(String name) {
        return new FaultException(ReplyCode.COMMAND_INVALID, "unknown authentication mechanism '" + name + "'");
    }

    /**
     * Finds out who sent {@code response}.
     *
     * @throws FaultException if it is not what this mechanism sends
     * @throws io.ferrymq.broker.RefusedException if the login is refused
     */
    abstract Identity login(LongString response, Connection connection, LinkOpener opener);
}

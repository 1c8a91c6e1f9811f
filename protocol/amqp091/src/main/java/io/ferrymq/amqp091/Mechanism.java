package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.FieldTable;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.wire.Connection;
import io.netty.buffer.Unpooled;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The ways to say who one is, each in one message. */
enum Mechanism {
    /** A zero octet, the user, a zero octet, the password (RFC 4616); before the first may stand an identity to act as. */
    PLAIN {
        @Override
        String user(LongString response) {
            String text = Octets.decode(response.toByteArray());
            int first = text.indexOf('\0');
            int second = text.indexOf('\0', first + 1);
            return first < 0 || second < 0 ? NOBODY : text.substring(first + 1, second);
        }

        @Override
        Identity login(LongString response, Connection connection, LinkOpener opener) {
            String text = Octets.decode(response.toByteArray());
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
        String user(LongString response) {
            String user = text(entries(response).get("LOGIN"));
            return user == null ? NOBODY : user;
        }

        @Override
        Identity login(LongString response, Connection connection, LinkOpener opener) {
            Map<String, @Nullable Object> entries = entries(response);
            String user = text(entries.get("LOGIN"));
            String password = text(entries.get("PASSWORD"));
            if (user == null || password == null) {
                throw new FaultException(
                        ReplyCode.SYNTAX_ERROR, "AMQPLAIN auth info is missing LOGIN or PASSWORD field");
            }
            return opener.login(user, password, connection.remoteAddress().getAddress());
        }

        private Map<String, @Nullable Object> entries(LongString response) {
            return FieldTable.readEntries(Unpooled.wrappedBuffer(response.toByteArray()));
        }

        private @Nullable String text(@Nullable Object value) {
            return switch (value) {
                case String text -> text;
                case LongString octets -> Octets.decode(octets.toByteArray());
                case null, default -> null;
            };
        }
    },

    /** The certificate that the client has shown to TLS; what the response says does not count. */
    EXTERNAL {
        @Override
        String user(LongString response) {
            return NOBODY;
        }

        @Override
        Identity login(LongString response, Connection connection, LinkOpener opener) {
            X509Certificate certificate = connection.peerCertificate().orElseThrow(() -> unknown(name()));
            return opener.loginByCertificate(
                    certificate, connection.remoteAddress().getAddress());
        }
    },

    /** No name at all (RFC 4505): the user that the operator has chosen for that. What the response says does not count. */
    ANONYMOUS {
        @Override
        String user(LongString response) {
            return NOBODY;
        }

        @Override
        Identity login(LongString response, Connection connection, LinkOpener opener) {
            return opener.loginAnonymously(connection.remoteAddress().getAddress());
        }
    };

    private static final String NOBODY = "";

    /** What {@code connection.start} lists, by blanks. */
    static String offered(Connection connection, LinkOpener opener) {
        return Arrays.stream(values())
                .filter(mechanism -> mechanism.isOffered(connection, opener))
                .map(Mechanism::name)
                .collect(Collectors.joining(" "));
    }

    /** {@link #EXTERNAL} is for clients with a certificate, {@link #ANONYMOUS} for brokers that let nobody in particular in. */
    private boolean isOffered(Connection connection, LinkOpener opener) {
        return switch (this) {
            case PLAIN, AMQPLAIN -> true;
            case EXTERNAL -> connection.peerCertificate().isPresent();
            case ANONYMOUS -> opener.admitsAnonymous();
        };
    }

    /** The mechanism that a client has chosen. */
    static Mechanism named(String name, Connection connection, LinkOpener opener) {
        return Arrays.stream(values())
                .filter(mechanism -> mechanism.name().equals(name) && mechanism.isOffered(connection, opener))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private static FaultException unknown(String name) {
        return new FaultException(ReplyCode.COMMAND_INVALID, "unknown authentication mechanism '" + name + "'");
    }

    /** Whether a response has a password, which can be guessed. */
    boolean hasPassword() {
        return switch (this) {
            case PLAIN, AMQPLAIN -> true;
            case EXTERNAL, ANONYMOUS -> false;
        };
    }

    /** Whose password {@code response} has; the empty text if it has none, or if that is the name. */
    abstract String user(LongString response);

    /**
     * Finds out who sent {@code response}.
     *
     * @throws FaultException if it is not what this mechanism sends
     * @throws io.ferrymq.broker.RefusedException if the login is refused
     */
    abstract Identity login(LongString response, Connection connection, LinkOpener opener);
}

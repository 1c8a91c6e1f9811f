package io.ferrymq.amqp091.codec;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection: handshake, tuning, end, and RabbitMQ's alarms and changes of secret. All on channel 0. Class 10,
 * clause 1.4 of the reference.
 */
public sealed interface ConnectionMethod extends Method {
    /** The class id. */
    int CLASS_ID = 10;

    /** 10.10: the server opens the handshake; mechanisms and locales are separated by blanks. */
    record Start(
            int versionMajor,
            int versionMinor,
            Map<String, @Nullable Object> serverProperties,
            String mechanisms,
            String locales)
            implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        static Start read(ArgumentReader in) {
            return new Start(in.octet(), in.octet(), in.table(), in.longText(), in.longText());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.octet(versionMajor)
                    .octet(versionMinor)
                    .table(serverProperties)
                    .longText(mechanisms)
                    .longText(locales);
        }
    }

    /** 10.11: the client has chosen a mechanism; {@code response} is that mechanism's first message. */
    record StartOk(Map<String, @Nullable Object> clientProperties, String mechanism, LongString response, String locale)
            implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        static StartOk read(ArgumentReader in) {
            return new StartOk(in.table(), in.shortString(), in.longString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.table(clientProperties)
                    .shortString(mechanism)
                    .longString(response)
                    .shortString(locale);
        }
    }

    /** 10.20: the server asks for another round of authentication. */
    record Secure(LongString challenge) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 20;

        static Secure read(ArgumentReader in) {
            return new Secure(in.longString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.longString(challenge);
        }
    }

    /** 10.21: the client's answer to {@link Secure}. */
    record SecureOk(LongString response) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 21;

        static SecureOk read(ArgumentReader in) {
            return new SecureOk(in.longString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.longString(response);
        }
    }

    /** 10.30: the server's limits; 0 means none. */
    record Tune(int channelMax, long frameMaxBytes, int heartbeatSeconds) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 30;

        static Tune read(ArgumentReader in) {
            return new Tune(in.uint16(), in.uint32(), in.uint16());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(channelMax).uint32(frameMaxBytes).uint16(heartbeatSeconds);
        }
    }

    /** 10.31: the limits that hold from here on; 0 means none. */
    record TuneOk(int channelMax, long frameMaxBytes, int heartbeatSeconds) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 31;

        static TuneOk read(ArgumentReader in) {
            return new TuneOk(in.uint16(), in.uint32(), in.uint16());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(channelMax).uint32(frameMaxBytes).uint16(heartbeatSeconds);
        }
    }

    /** 10.40: the client picks a virtual host. */
    record Open(String virtualHost) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 40;

        static Open read(ArgumentReader in) {
            Open method = new Open(in.shortString());
            in.skipShortString();
            in.skipBit();
            return method;
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(virtualHost).shortString("").bit(false);
        }
    }

    /** 10.41: the connection is ready. */
    record OpenOk() implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 41;

        static OpenOk read(ArgumentReader in) {
            in.skipShortString();
            return new OpenOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString("");
        }
    }

    /** 10.50: the end of the connection, asked by either side; ids are of the method at fault, or 0. */
    record Close(int replyCode, String replyText, int failedClassId, int failedMethodId) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 50;

        static Close read(ArgumentReader in) {
            return new Close(in.uint16(), in.shortString(), in.uint16(), in.uint16());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(replyCode).shortString(replyText).uint16(failedClassId).uint16(failedMethodId);
        }
    }

    /** 10.51: the answer to {@link Close}; nothing may follow it. */
    record CloseOk() implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 51;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 10.60: RabbitMQ: publishers are not read until {@link Unblocked}. */
    record Blocked(String reason) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 60;

        static Blocked read(ArgumentReader in) {
            return new Blocked(in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(reason);
        }
    }

    /** 10.61: RabbitMQ: the end of {@link Blocked}. */
    record Unblocked() implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 61;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 10.70: RabbitMQ: the client renews its credentials, such as an OAuth 2 token. */
    record UpdateSecret(LongString newSecret, String reason) implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 70;

        static UpdateSecret read(ArgumentReader in) {
            return new UpdateSecret(in.longString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.longString(newSecret).shortString(reason);
        }
    }

    /** 10.71: RabbitMQ: the new secret is accepted. */
    record UpdateSecretOk() implements ConnectionMethod {
        public static final int ID = CLASS_ID << 16 | 71;

        @Override
        public int id() {
            return ID;
        }
    }
}

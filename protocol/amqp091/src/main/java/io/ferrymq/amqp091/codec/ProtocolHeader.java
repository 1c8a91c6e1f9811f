package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * The eight octets that open a connection (clause 4.2.2): {@code 'A' 'M' 'Q' 'P'}, then four that name the protocol.
 */
public enum ProtocolHeader {
    /** Too few octets to tell; those at hand fit. */
    INCOMPLETE(-1),
    /** {@code 0 0 9 1}: AMQP 0-9-1. */
    AMQP_0_9_1(0x00_00_09_01),
    /**
     * {@code 1 1 0 9}: AMQP 0-9, whose methods are those of 0-9-1 as far as clients use them; RabbitMQ serves it as
     * such.
     */
    AMQP_0_9(0x01_01_00_09),
    /** {@code 0 1 0 0}: AMQP 1.0 without a security layer. */
    AMQP_1_0(0x00_01_00_00),
    /** {@code 2 1 0 0}: AMQP 1.0 asking for TLS. */
    AMQP_1_0_TLS(0x02_01_00_00),
    /** {@code 3 1 0 0}: AMQP 1.0 asking for SASL. */
    AMQP_1_0_SASL(0x03_01_00_00),
    /** Something else; it is answered with the header of 0-9-1 and the end of the connection. */
    UNKNOWN(-1);

    /** Octets of a header. */
    public static final int LENGTH = 8;

    private static final int AMQP = 0x41_4D_51_50;

    private final int version;

    ProtocolHeader(int version) {
        this.version = version;
    }

    /** Names the header at {@code in}'s reader index, which stays where it is. */
    public static ProtocolHeader recognise(ByteBuf in) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        for (int i = 0; i < Math.min(readable, Integer.BYTES); i++) {
            if (in.getByte(start + i) != (byte) (AMQP >>> (24 - 8 * i))) {
                return UNKNOWN;
            }
        }
        return readable < LENGTH ? INCOMPLETE : ofVersion(in.getInt(start + Integer.BYTES));
    }

    private static ProtocolHeader ofVersion(int version) {
        return switch (version) {
            case 0x00_00_09_01 -> AMQP_0_9_1;
            case 0x01_01_00_09 -> AMQP_0_9;
            case 0x00_01_00_00 -> AMQP_1_0;
            case 0x02_01_00_00 -> AMQP_1_0_TLS;
            case 0x03_01_00_00 -> AMQP_1_0_SASL;
            default -> UNKNOWN;
        };
    }

    /** Writes the eight octets. {@link #INCOMPLETE} and {@link #UNKNOWN} have none and are refused. */
    public void write(ByteBuf out) {
        if (version < 0) {
            throw new IllegalStateException(this + " has no octets");
        }
        out.writeInt(AMQP).writeInt(version);
    }
}

package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * A method: what one peer asks or tells the other (clause 4.2.4). The payload of a method frame is
 *
 * <pre>
 *   +----------+-----------+-----------
 *   | class id | method id | arguments ...
 *   +----------+-----------+-----------
 *     uint16     uint16
 * </pre>
 *
 * One record for each method, grouped by class. Reserved arguments are skipped when read and written as zero; strings
 * have to be UTF-8. Which peer may send which method is for the session to know.
 */
public sealed interface Method
        permits ConnectionMethod,
                ChannelMethod,
                AccessMethod,
                ExchangeMethod,
                QueueMethod,
                BasicMethod,
                TxMethod,
                ConfirmMethod {

    /** Octets of the two ids. */
    int ID_LENGTH = 4;

    /**
     * Class id in the upper and method id in the lower 16 bits; as {@code ID} in every record, fit for a {@code
     * switch}.
     */
    int id();

    /** Writes the arguments, of which many methods have none; part of {@link #encode}. */
    default void writeArguments(ArgumentWriter out) {}

    /** The class id, as in {@code connection.close}. */
    default int classId() {
        return id() >>> 16;
    }

    /** The method id, as in {@code connection.close}. */
    default int methodId() {
        return id() & 0xFFFF;
    }

    /**
     * Writes a method frame's payload: ids and arguments.
     *
     * @throws IllegalArgumentException if an argument has no room in its field
     */
    default void encode(ByteBuf out) {
        out.writeInt(id());
        writeArguments(new ArgumentWriter(out));
    }

    /**
     * The {@link #id} of the method whose payload starts at the absolute index {@code offset}; -1 if it has under 4
     * octets.
     */
    static int peekId(ByteBuf in, int offset, int length) {
        return length < ID_LENGTH ? -1 : in.getInt(offset);
    }

    /**
     * Reads a method frame's payload, which is all that is readable in {@code payload}.
     *
     * @throws MalformedFrameException 501 if the arguments do not fill the payload exactly, 502 if one has a value that
     *     is not allowed, 503 for an unknown method, 540 for an unknown class; with the ids of the method
     */
    static Method decode(ByteBuf payload) {
        if (payload.readableBytes() < ID_LENGTH) {
            throw MalformedFrameException.frameError("method frame of " + payload.readableBytes() + " octets");
        }
        int id = payload.readInt();
        try {
            ArgumentReader arguments = new ArgumentReader(payload);
            Method method = MethodReader.read(id, arguments);
            arguments.end();
            return method;
        } catch (MalformedFrameException e) {
            throw e.in(id);
        }
    }
}

package io.ferrymq.amqp091.codec;

/**
 * The constants of a frame (clause 4.2.3).
 *
 * <pre>
 *  octet   0        1      2   3      6   7                 7 + length
 *         +--------+--------+----------+---------------------+--------+
 *         | type   | channel| length   | payload             | 0xCE   |
 *         +--------+--------+----------+---------------------+--------+
 *           uint8    uint16   uint32     length octets
 * </pre>
 *
 * {@code length} counts the payload alone; the negotiated {@code frame_max} counts the whole frame, so a payload holds
 * at most {@code frame_max - OVERHEAD} octets.
 */
public final class Frame {
    /** A method: class id, method id, arguments. */
    public static final int METHOD = 1;
    /** A content header: class id, weight, body size, properties. */
    public static final int HEADER = 2;
    /** A part of a content body. */
    public static final int BODY = 3;
    /** A sign of life: channel 0, no payload (clause 4.2.7). */
    public static final int HEARTBEAT = 8;

    /** The last octet of every frame. */
    public static final int END = 0xCE;
    /** Octets before the payload: type, channel, length. */
    public static final int HEAD_LENGTH = 7;
    /** Octets of a frame that are not payload: the head and the end octet. */
    public static final int OVERHEAD = HEAD_LENGTH + 1;

    /**
     * The {@code frame_max} in octets that every peer must accept, and the limit until tuning is done (clause 4.2.3,
     * {@code frame-min-size}). RabbitMQ 4.1 asks for twice as much and leaves out clients that offer this.
     */
    public static final int FRAME_MAX_MIN = 4_096;
    /** The {@code frame_max} in octets that RabbitMQ's clients expect to be offered. */
    public static final int FRAME_MAX_DEFAULT = 131_072;

    private Frame() {}
}

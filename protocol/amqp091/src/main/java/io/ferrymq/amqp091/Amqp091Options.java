package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.Frame;

/**
 * Limits of AMQP 0-9-1 connections, and what the server says about itself.
 *
 * @param frameMaxBytes largest frame that is offered in {@code connection.tune}, head and end included
 * @param channelMax open channels for each connection
 * @param heartbeatSeconds interval that is offered; 0 offers none. The client's wish decides
 * @param messageBytesMax largest body, past which a publish closes its channel with 406
 * @param unfinishedBytesMax bodies of all channels of a connection that have not arrived in full, past which the
 *     connection is closed with 506; also the limit for what a transaction holds back
 * @param unsettledMax deliveries of one channel that are not settled, past which its consumers wait and {@code basic.get}
 *     closes it with 406
 * @param handshakeTimeoutMillis time until the connection must be open
 * @param closeTimeoutMillis time for the peer to answer {@code connection.close}
 * @param consumerTimeoutMillis time to settle a delivery, unless the consumer or its queue says otherwise; {@link
 *     Long#MAX_VALUE} for any time
 * @param announcement the server's words about itself
 */
public record Amqp091Options(
        int frameMaxBytes,
        int channelMax,
        int heartbeatSeconds,
        int messageBytesMax,
        long unfinishedBytesMax,
        int unsettledMax,
        long handshakeTimeoutMillis,
        long closeTimeoutMillis,
        long consumerTimeoutMillis,
        Announcement announcement) {
    /** Checks the ranges. */
    public Amqp091Options {
        if (frameMaxBytes < Frame.FRAME_MAX_MIN) {
            throw new IllegalArgumentException("frame_max " + frameMaxBytes + " is below " + Frame.FRAME_MAX_MIN);
        }
        if (channelMax < 1 || channelMax > 65_535) {
            throw new IllegalArgumentException("channel_max " + channelMax + " is not between 1 and 65535");
        }
        if (heartbeatSeconds < 0 || heartbeatSeconds > 65_535) {
            throw new IllegalArgumentException("heartbeat " + heartbeatSeconds + " is not between 0 and 65535");
        }
        if (unsettledMax < 1) {
            throw new IllegalArgumentException("unsettled deliveries " + unsettledMax);
        }
        if (messageBytesMax < 1 || unfinishedBytesMax < messageBytesMax) {
            throw new IllegalArgumentException("message size " + messageBytesMax + " of " + unfinishedBytesMax);
        }
    }

    /** RabbitMQ's limits, with messages of up to 128 MiB. */
    public static Amqp091Options standard() {
        return new Amqp091Options(
                Frame.FRAME_MAX_DEFAULT,
                2_047,
                60,
                128 << 20,
                256 << 20,
                500_000,
                10_000,
                10_000,
                1_800_000,
                Announcement.standard());
    }

    /** The same with another {@link #frameMaxBytes}. */
    public Amqp091Options withFrameMaxBytes(int bytes) {
        return new Amqp091Options(
                bytes,
                channelMax,
                heartbeatSeconds,
                messageBytesMax,
                unfinishedBytesMax,
                unsettledMax,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                consumerTimeoutMillis,
                announcement);
    }

    /** The same with another {@link #channelMax}. */
    public Amqp091Options withChannelMax(int channels) {
        return new Amqp091Options(
                frameMaxBytes,
                channels,
                heartbeatSeconds,
                messageBytesMax,
                unfinishedBytesMax,
                unsettledMax,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                consumerTimeoutMillis,
                announcement);
    }

    /** The same with another {@link #heartbeatSeconds}. */
    public Amqp091Options withHeartbeatSeconds(int seconds) {
        return new Amqp091Options(
                frameMaxBytes,
                channelMax,
                seconds,
                messageBytesMax,
                unfinishedBytesMax,
                unsettledMax,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                consumerTimeoutMillis,
                announcement);
    }

    /** The same with another {@link #handshakeTimeoutMillis}. */
    public Amqp091Options withHandshakeTimeoutMillis(long millis) {
        return new Amqp091Options(
                frameMaxBytes,
                channelMax,
                heartbeatSeconds,
                messageBytesMax,
                unfinishedBytesMax,
                unsettledMax,
                millis,
                closeTimeoutMillis,
                consumerTimeoutMillis,
                announcement);
    }

    /** The same with another {@link #consumerTimeoutMillis}. */
    public Amqp091Options withConsumerTimeoutMillis(long millis) {
        return new Amqp091Options(
                frameMaxBytes,
                channelMax,
                heartbeatSeconds,
                messageBytesMax,
                unfinishedBytesMax,
                unsettledMax,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                millis,
                announcement);
    }

    /** The same with another {@link #messageBytesMax}, and unfinished bodies of twice that. */
    public Amqp091Options withMessageBytesMax(int bytes) {
        return new Amqp091Options(
                frameMaxBytes,
                channelMax,
                heartbeatSeconds,
                bytes,
                2L * bytes,
                unsettledMax,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                consumerTimeoutMillis,
                announcement);
    }

    /** The same with another {@link #unsettledMax}. */
    public Amqp091Options withUnsettledMax(int deliveries) {
        return new Amqp091Options(
                frameMaxBytes,
                channelMax,
                heartbeatSeconds,
                messageBytesMax,
                unfinishedBytesMax,
                deliveries,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                consumerTimeoutMillis,
                announcement);
    }

    /** The same with other words about the server. */
    public Amqp091Options withAnnouncement(Announcement words) {
        return new Amqp091Options(
                frameMaxBytes,
                channelMax,
                heartbeatSeconds,
                messageBytesMax,
                unfinishedBytesMax,
                unsettledMax,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                consumerTimeoutMillis,
                words);
    }
}

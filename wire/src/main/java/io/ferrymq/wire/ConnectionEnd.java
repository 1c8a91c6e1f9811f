package io.ferrymq.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a channel is closed from this side, with their time limits.
 *
 * <p>Thread contract: on the connection's lane only.
 */
final class ConnectionEnd {
    /** How long a peer may take to receive the last bytes. */
    private static final int CLOSE_MILLIS_MAX = 5_000;
    /** How long it may then take to end its own stream. */
    private static final int LINGER_MILLIS_MAX = 1_000;

    private final Channel channel;
    private final Lane lane;
    private final Runnable dropNow;
    private Lane.@Nullable Alarm alarm;

    ConnectionEnd(Channel channel, Lane lane, ConnectionFaults faults) {
        this.channel = channel;
        this.lane = lane;
        this.dropNow = faults.guarded(this::drop);
    }

    /** Flushes what is unsent, then ends the stream; on a plain channel waits for the peer to end its own. */
    void close(UnsentBytes unsent, boolean encrypted) {
        dropAfter(CLOSE_MILLIS_MAX);
        unsent.whenHandedOver(
                () -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> endStream(encrypted)));
    }

    private void endStream(boolean encrypted) {
        if (!encrypted && channel instanceof DuplexChannel duplex && channel.isActive()) {
            var _ = duplex.shutdownOutput();
            dropAfter(LINGER_MILLIS_MAX);
        } else {
            var _ = channel.close();
        }
    }

    /** Closes without the TLS handler's say, which would wait for the peer to take the last bytes. */
    void drop() {
        if (channel.isOpen()) {
            var _ = channel.pipeline().firstContext().close();
        }
    }

    /** The channel is closed: an alarm that waited on would keep it in memory. */
    void ended() {
        if (alarm != null) {
            alarm.cancel();
        }
    }

    private void dropAfter(int millis) {
        ended();
        alarm = lane.schedule(millis, dropNow);
    }
}

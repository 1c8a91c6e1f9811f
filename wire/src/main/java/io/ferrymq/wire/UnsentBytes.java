package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection that its peer has not taken: those that the channel has, and behind them those that wait
 * until the channel has sent all of its own.
 *
 * <p>Thread contract: on the connection's lane only.
 *
 * <pre>
 * flowing -> stalled  a flush has left something in the channel: the socket is full
 * stalled -> flowing  the channel has sent everything; what waits is handed over
 * </pre>
 *
 * While the peer keeps up, what is written goes straight to the channel and nothing is counted. Behind a full socket real
 * memory counts: what is small is copied into one buffer behind the last bytes, what is large stays where it is and is
 * counted by the whole memory that it keeps.
 */
final class UnsentBytes {
    /** Larger parts of a message are kept by reference, even if little of the memory behind them is theirs. */
    private static final int COPY_BYTES_MAX = 64 << 10;

    /** Smaller buffers are always copied: the objects around them would weigh as much. */
    private static final int COPY_BYTES_MIN = 4 << 10;

    private static final int TAIL_BYTES_MIN = 256;
    private static final int TAIL_BYTES_MAX = 64 << 10;

    /** What one connection hands over in one turn of the lane: after that others have theirs. */
    private static final int TURN_BYTES_MAX = 1 << 20;

    /** What a connection with nothing unsent may be given while memory is scarce. */
    private static final int SCARCE_BYTES_MAX = 16 << 10;

    /** Memory of messages that a connection may keep without being passed over by deliveries. */
    private static final long PINNED_BYTES_MAX = 8 << 20;

    private final Channel channel;
    private final Lane lane;
    private final ConnectionMemory memory;
    private final int lowBytes;
    private final int highBytes;
    private final Runnable eased;
    private final Consumer<ByteBuf> hand = this::hand;
    private final Runnable resume;
    private final ArrayDeque<ByteSource> waiting = new ArrayDeque<>(1);
    private final List<ByteBuf> channelPins = new ArrayList<>(0);
    private @Nullable Piece tail;
    private @Nullable Runnable whenHandedOver;
    private long waitingBytes;
    private long handedBytes;
    private long channelMemory;
    private long channelHeap;
    private int channelPieces;
    private long progressMillis;
    private boolean stalled;
    private boolean resumeIsQueued;
    private boolean released;

    /** {@code eased} is called, in a task of its own, when the peer has taken what it held up. */
    UnsentBytes(
            Channel channel,
            Lane lane,
            ConnectionMemory memory,
            ConnectionFaults faults,
            int lowBytes,
            int highBytes,
            Runnable eased) {
        this.channel = channel;
        this.lane = lane;
        this.memory = memory;
        this.lowBytes = lowBytes;
        this.highBytes = highBytes;
        this.eased = eased;
        this.resume = faults.guarded(this::resume);
        this.progressMillis = lane.nowMillis();
    }

    /** Bytes that the kernel has not taken, as far as is known: what is flushed goes in the order of the calls. */
    long bytes() {
        return waitingBytes + Math.max(handedBytes, channelBytes());
    }

    private long channelBytes() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    /** How much may be written that could wait as well; 0 if nothing. */
    long room() {
        if (memory.isExhausted()) {
            return 0;
        }
        long unsent = bytes();
        if (unsent == 0) {
            return memory.isScarce() ? SCARCE_BYTES_MAX : highBytes;
        }
        boolean isPassedOver = memory.isScarce() || memory.pinnedBytes() > PINNED_BYTES_MAX;
        return isPassedOver ? 0 : Math.max(0, highBytes - unsent);
    }

    /** When the peer last took anything that was held up, or last was not held up. */
    long progressMillis() {
        return stalled ? progressMillis : lane.nowMillis();
    }

    // Writing.

    void write(ByteBuf bytes) {
        if (stalled || handedBytes >= highBytes || !waiting.isEmpty()) {
            await(bytes);
        } else {
            hand(bytes);
        }
    }

    void write(ByteSource source) {
        tail = null;
        waitingBytes += source.remaining();
        waiting.add(new Pinning(source, memory));
    }

    private void hand(ByteBuf bytes) {
        handedBytes += bytes.readableBytes();
        var _ = channel.write(bytes, channel.voidPromise());
    }

    private void await(ByteBuf bytes) {
        int length = bytes.readableBytes();
        boolean isWasteful = length <= COPY_BYTES_MAX && 2L * length < PinnedMemory.bytesOf(bytes);
        waitingBytes += length;
        if (length < COPY_BYTES_MIN || isWasteful) {
            copy(bytes, length);
            bytes.release();
        } else {
            tail = null;
            waiting.add(isOwn(bytes) ? new Piece(bytes, memory) : new Pinning(new Slice(bytes), memory));
        }
    }

    /** Whether the buffer is no part of another, nor put together from others. */
    private static boolean isOwn(ByteBuf bytes) {
        return bytes.unwrap() == null && !(bytes instanceof CompositeByteBuf);
    }

    private void copy(ByteBuf bytes, int length) {
        Piece last = tail;
        if (last == null || !last.hasRoom(length)) {
            int capacity = last == null ? TAIL_BYTES_MIN : COPY_BYTES_MIN;
            last = new Piece(
                    channel.alloc().directBuffer(Math.max(capacity, length), Math.max(TAIL_BYTES_MAX, length)), memory);
            tail = last;
            waiting.add(last);
        }
        last.append(bytes);
    }

    /** Sends what was written, as far as the peer takes it. */
    void flush() {
        if (!stalled && !resumeIsQueued) {
            handOver();
        }
    }

    private void handOver() {
        long turnBytes = 0;
        do {
            if (turnBytes >= TURN_BYTES_MAX) {
                queueResume();
                return;
            }
            handWaiting();
            turnBytes += handedBytes;
            handedBytes = 0;
            channel.flush();
        } while (!released && !waiting.isEmpty() && channelBytes() == 0);
        if (channelBytes() > 0) {
            stall();
        } else if (waiting.isEmpty()) {
            handedOver();
        }
    }

    private void handWaiting() {
        while (handedBytes < highBytes) {
            ByteSource next = waiting.peekFirst();
            if (next == null) {
                return;
            }
            if (next == tail) {
                tail = null;
            }
            long before = next.remaining();
            next.give((int) (highBytes - handedBytes), hand);
            waitingBytes -= before - next.remaining();
            if (next.remaining() == 0) {
                waiting.removeFirst();
                next.release();
            }
        }
    }

    // The full socket.

    /** Counts what the channel keeps, and puts a mark behind it that tells when all of it is sent. */
    private void stall() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        if (pending == null || released) {
            return;
        }
        stalled = true;
        countChannel(pending);
        ChannelPromise sent = channel.newPromise();
        sent.addListener(mark -> queueResume());
        channel.unsafe().write(Unpooled.EMPTY_BUFFER, sent);
        channel.unsafe().flush();
    }

    private void countChannel(ChannelOutboundBuffer pending) {
        try {
            pending.forEachFlushedMessage(message -> {
                countInChannel((ByteBuf) message);
                return true;
            });
        } catch (Exception e) {
            throw new IllegalStateException("the channel's buffers cannot be counted", e);
        }
        memory.unsent(channelMemory);
        memory.ciphertext(channelHeap);
        memory.pieces(channelPieces);
    }

    private void countInChannel(ByteBuf message) {
        channelPieces++;
        if (!isOwn(message)) {
            channelPins.add(memory.pin(message));
        } else if (message.hasArray()) {
            channelHeap += message.capacity();
        } else {
            channelMemory += message.capacity();
        }
    }

    private void uncountChannel() {
        memory.unsent(-channelMemory);
        memory.ciphertext(-channelHeap);
        channelMemory = 0;
        channelHeap = 0;
        memory.pieces(-channelPieces);
        channelPieces = 0;
        channelPins.forEach(memory::unpin);
        channelPins.clear();
    }

    private void queueResume() {
        if (!resumeIsQueued) {
            resumeIsQueued = true;
            lane.execute(resume);
        }
    }

    private void resume() {
        resumeIsQueued = false;
        if (released) {
            return;
        }
        if (stalled) {
            stalled = false;
            progressMillis = lane.nowMillis();
            uncountChannel();
        }
        handOver();
        if (bytes() <= lowBytes) {
            eased.run();
        }
    }

    // The end.

    /** Runs the task when the channel has got everything. */
    void whenHandedOver(Runnable task) {
        whenHandedOver = task;
        flush();
    }

    private void handedOver() {
        Runnable task = whenHandedOver;
        if (task != null) {
            whenHandedOver = null;
            task.run();
        }
    }

    /** Drops what waits: the channel is closed, or will be. */
    void release() {
        if (!released) {
            released = true;
            tail = null;
            waiting.forEach(ByteSource::release);
            waiting.clear();
            waitingBytes = 0;
            uncountChannel();
        }
    }

    /** A buffer of this connection's own. */
    private static final class Piece implements ByteSource {
        private final ByteBuf bytes;
        private final ConnectionMemory memory;
        private int counted;
        private boolean isGiven;

        Piece(ByteBuf bytes, ConnectionMemory memory) {
            this.bytes = bytes;
            this.memory = memory;
            memory.pieces(1);
            count();
        }

        private void count() {
            int capacity = bytes.capacity();
            memory.unsent(capacity - counted);
            counted = capacity;
        }

        boolean hasRoom(int length) {
            return bytes.readableBytes() + length <= TAIL_BYTES_MAX;
        }

        void append(ByteBuf more) {
            bytes.writeBytes(more);
            count();
        }

        @Override
        public long remaining() {
            return isGiven ? 0 : bytes.readableBytes();
        }

        /** The channel moves the reader index of what it gets, so the whole is not looked at any more. */
        @Override
        public void give(int bytesMax, Consumer<ByteBuf> taker) {
            if (bytes.readableBytes() <= bytesMax) {
                isGiven = true;
                taker.accept(bytes.retain());
            } else {
                taker.accept(bytes.readRetainedSlice(bytesMax));
            }
        }

        @Override
        public ByteBuf memory() {
            return bytes;
        }

        @Override
        public void release() {
            memory.unsent(-counted);
            memory.pieces(-1);
            bytes.release();
        }
    }

    /** A part of a message's memory. */
    private record Slice(ByteBuf memory) implements ByteSource {
        @Override
        public long remaining() {
            return memory.readableBytes();
        }

        @Override
        public void give(int bytesMax, Consumer<ByteBuf> taker) {
            taker.accept(memory.readRetainedSlice(Math.min(bytesMax, memory.readableBytes())));
        }

        @Override
        public void release() {
            memory.release();
        }
    }

    /** A source with what it keeps counted. */
    private static final class Pinning implements ByteSource {
        private final ByteSource source;
        private final ConnectionMemory memory;
        private final ByteBuf pinned;

        Pinning(ByteSource source, ConnectionMemory memory) {
            this.source = source;
            this.memory = memory;
            this.pinned = memory.pin(source.memory());
            memory.pieces(1);
        }

        @Override
        public long remaining() {
            return source.remaining();
        }

        @Override
        public void give(int bytesMax, Consumer<ByteBuf> taker) {
            source.give(bytesMax, taker);
        }

        @Override
        public ByteBuf memory() {
            return source.memory();
        }

        @Override
        public void release() {
            memory.unpin(pinned);
            memory.pieces(-1);
            source.release();
        }
    }
}

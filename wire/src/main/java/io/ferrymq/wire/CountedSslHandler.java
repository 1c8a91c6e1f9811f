package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.LoggerFactory;

/**
 * TLS of one connection, whose work and memory are counted: each record is charged to the {@link ReadBudget}, and none is
 * looked at while nothing is read from the peer or the budget is spent. What has not been decrypted counts by the whole
 * buffer that it was read into.
 *
 * <p>Thread contract: on the connection's lane only.
 *
 * <p>A record without data, such as an update of the keys, costs more to take than to send: only some are taken, and more
 * after data. A client asks for no second handshake.
 */
final class CountedSslHandler extends SslHandler {
    private static final ClientLog LOG = new ClientLog(LoggerFactory.getLogger(CountedSslHandler.class));

    /** What a record costs, whatever is in it, in the units of {@link ReadBudget}. */
    private static final int RECORD = 20;

    /** Deciphering 128 bytes costs one unit. */
    private static final int BYTES_SHIFT = 7;

    /** A part of the handshake costs at least this; what it costs beyond is measured, since it is up to the peer. */
    private static final int HANDSHAKE = 100;

    /** A record without data, which may have keys derived and be answered. */
    private static final int WITHOUT_DATA = 300;

    private static final int UNIT_NANOS = 100;

    /** So many records without data are taken. */
    static final int WITHOUT_DATA_MAX = 32;

    /** After so much data one more. */
    private static final int DATA_BYTES = 16 << 10;

    /** The content type of handshake messages that are not encrypted or, before TLS 1.3, renew a session. */
    private static final byte HANDSHAKE_TYPE = 22;

    private static final int RECORD_HEADER_BYTES = 5;

    /** A socket that is not to be read shows no more than one read beyond some records, unless its peer has ended. */
    private static final int UNDECRYPTED_BYTES_MAX = 1 << 20;

    /** What is shown of octets that are no TLS. */
    private static final int STRANGE_BYTES_MAX = 8;

    private final ChannelConnection connection;
    private final ConnectionMemory memory;
    private final ReadBudget reads;
    private boolean goesOn;
    private boolean gotOn;
    private int decryptedBytes;
    private int withoutData;
    private int dataBytes;

    CountedSslHandler(SSLEngine engine, ChannelConnection connection, ConnectionMemory memory) {
        super(engine);
        this.connection = connection;
        this.memory = memory;
        this.reads = connection.lane().reads();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (actualReadableBytes() > UNDECRYPTED_BYTES_MAX && !connection.isRead()) {
            // Read although it is not to be: the peer has ended, and all that the system still holds of it comes.
            ((ByteBuf) message).release();
            connection.closeNow();
            return;
        }
        reads.beginGo();
        reads.spend(ReadBudget.ofRead(((ByteBuf) message).readableBytes()));
        gotOn = false;
        super.channelRead(context, message);
    }

    /** Whether something is there that has not been decrypted. */
    boolean hasMore() {
        return actualReadableBytes() > 0;
    }

    /** Goes on with what is there, for as long as the go lasts that has begun. */
    void goOn(ChannelHandlerContext context) throws Exception {
        goesOn = true;
        gotOn = false;
        try {
            super.channelRead(context, Unpooled.EMPTY_BUFFER);
        } finally {
            goesOn = false;
            channelReadComplete(context);
        }
    }

    /** Takes one record, if it is there in full. */
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws SSLException {
        if (!connection.isOpen()) {
            in.skipBytes(in.readableBytes());
        } else if (mayGoOn()) {
            boolean handshaken = handshakeFuture().isSuccess();
            requirePermitted(in, handshaken);
            int before = in.readableBytes();
            long beganNanos = handshaken ? 0 : connection.lane().nowNanos();
            decryptedBytes = 0;
            super.decode(context, in, out);
            int bytes = before - in.readableBytes();
            if (bytes > 0) {
                gotOn = true;
                charge(bytes, handshaken, beganNanos);
            }
        }
    }

    /** Who has had a go, or asks for a handshake, waits behind those who have not. */
    private boolean mayGoOn() {
        if (!connection.isRead()) {
            return false;
        }
        if (!reads.isGoOver()) {
            return true;
        }
        if (gotOn || !(goesOn || handshakeFuture().isDone())) {
            connection.restAfter();
        } else {
            connection.restBefore();
        }
        return false;
    }

    private void requirePermitted(ByteBuf in, boolean handshaken) throws SSLException {
        if (handshaken) {
            if (in.getByte(in.readerIndex()) == HANDSHAKE_TYPE) {
                throw refused("asks for another handshake");
            }
        } else if (in.readableBytes() >= RECORD_HEADER_BYTES && !isEncrypted(in, true)) {
            // All that is there would be shown, in every line about it.
            in.writerIndex(in.readerIndex() + Math.min(STRANGE_BYTES_MAX, in.readableBytes()));
        }
    }

    private void charge(int bytes, boolean handshaken, long beganNanos) throws SSLException {
        long units = (long) RECORD + (bytes >> BYTES_SHIFT);
        if (!handshaken) {
            units += HANDSHAKE + (connection.lane().nowNanos() - beganNanos) / UNIT_NANOS;
        } else if (decryptedBytes == 0) {
            units += WITHOUT_DATA;
        }
        reads.spend(units);
        if (handshaken && decryptedBytes == 0) {
            withoutData++;
            if (withoutData > WITHOUT_DATA_MAX) {
                throw refused("sends too many records without data");
            }
        }
    }

    private SSLException refused(String what) {
        LOG.info(connection.lane(), "{}: closed: the client {}", connection.remoteAddress(), what);
        return new SSLException("the client " + what);
    }

    /** The record that is being taken has had data. */
    void decrypted(int bytes) {
        decryptedBytes += bytes;
        dataBytes += bytes;
        if (dataBytes >= DATA_BYTES) {
            dataBytes = 0;
            withoutData = Math.max(0, withoutData - 1);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(context);
        if (context.channel().isActive()) {
            memory.undecrypted(internalBuffer().capacity());
        }
    }
}

package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;

/**
 * A protocol's handler behind the border of its connection: an exception out of it ends the connection, as a lack of
 * buffers does ({@link ConnectionFaults}); an error, as of the heap or of the stack, may have struck anything and is the
 * lane's. A handler that cannot let go of what its
 * connection held leaves that held for ever, so this is the lane's, too.
 */
record GuardedHandler(Lane lane, ByteHandler handler) implements ByteHandler {
    @Override
    public void received(ByteBuf bytes) {
        try {
            handler.received(bytes);
        } catch (Error e) {
            throw contained(e);
        }
    }

    @Override
    public void readComplete() {
        try {
            handler.readComplete();
        } catch (Error e) {
            throw contained(e);
        }
    }

    @Override
    public void writabilityChanged() {
        try {
            handler.writabilityChanged();
        } catch (Error e) {
            throw contained(e);
        }
    }

    @Override
    public void overLimit(String why) {
        try {
            handler.overLimit(why);
        } catch (Error e) {
            throw contained(e);
        }
    }

    @Override
    public void shutdown() {
        try {
            handler.shutdown();
        } catch (Error e) {
            throw contained(e);
        }
    }

    /** What is this connection's own, to be thrown on; ends the process for anything else. */
    private Error contained(Error error) {
        if (!ConnectionFaults.isLackOfBuffers(error)) {
            throw lane.broken(error);
        }
        return error;
    }

    @Override
    public void closed(CloseCause cause) {
        try {
            handler.closed(cause);
        } catch (RuntimeException | Error e) {
            throw lane.broken(e);
        }
    }
}

package io.ferrymq.conformance;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The body of a numbered message: publisher and sequence, four bytes each, then bytes that follow from the two, so that
 * a reader can tell whether a single one has changed.
 *
 * <p>Most are between 8 bytes and 2 kB; one in 200 fills several frames.
 */
record NumberedBody(int publisher, int sequence) {
    private static final int HEAD_BYTES = 8;
    private static final int SMALL_BYTES_MAX = 2_000;
    private static final int LARGE_BYTES_MAX = 500_000;
    private static final int LARGE_EVERY = 200;

    byte[] encode() {
        SplittableRandom filler = new SplittableRandom(((long) publisher << 32) | sequence);
        int bytesMax = sequence % LARGE_EVERY == LARGE_EVERY - 1 ? LARGE_BYTES_MAX : SMALL_BYTES_MAX;
        byte[] body = new byte[HEAD_BYTES + filler.nextInt(bytesMax)];
        filler.nextBytes(body);
        ByteBuffer.wrap(body).putInt(publisher).putInt(sequence);
        return body;
    }

    /** Empty if a publisher cannot have sent this body. */
    static Optional<NumberedBody> decode(byte[] body) {
        if (body.length < HEAD_BYTES) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.wrap(body);
        NumberedBody decoded = new NumberedBody(head.getInt(), head.getInt());
        return Arrays.equals(decoded.encode(), body) ? Optional.of(decoded) : Optional.empty();
    }
}

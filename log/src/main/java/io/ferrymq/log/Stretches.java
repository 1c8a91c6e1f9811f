package io.ferrymq.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reading and filling of whole stretches. */
final class Stretches {
    private static final int ZEROS_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 4096;

    private Stretches() {}

    /** Fills {@code target}, or fails. */
    static void readFully(Storage.File file, String name, long position, ByteBuffer target) throws IOException {
        int begin = target.position();
        if (read(file, position, target) < target.limit() - begin) {
            throw new EOFException(name + " ends before " + (position + target.limit() - begin));
        }
    }

    /** Reads until {@code target} is full or the file ends; returns how many bytes that were. */
    static int read(Storage.File file, long position, ByteBuffer target) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = file.read(position + total, target);
            if (read <= 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    /** Makes everything there zero, and writes no more than it must. */
    static void clear(Storage.File file, long from, long to) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        for (long position = from; position < to; position += PIECE_BYTES) {
            piece.clear().limit((int) Math.min(PIECE_BYTES, to - position));
            int length = read(file, position, piece);
            if (!isZero(piece, length)) {
                zero(file, position, position + length);
            }
        }
    }

    private static boolean isZero(ByteBuffer bytes, int length) {
        int at = 0;
        while (at < length && bytes.get(at) == 0) {
            at++;
        }
        return at == length;
    }

    static void zero(Storage.File file, long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, Math.max(0, to - from)));
        long position = from;
        while (position < to) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - position));
            int length = zeros.remaining();
            file.write(position, zeros);
            position += length;
        }
    }
}

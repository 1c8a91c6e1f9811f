package io.ferrymq.log;

import java.nio.ByteBuffer;

/**
 * The CRC32C of bytes that stand at the end of more than one checksummed range, so that they are read once: a large body
 * ends both its record and its batch. The CRC of a whole range follows from that of its beginning and from this.
 *
 * <p>A CRC is a remainder of polynomials over GF(2). Bytes that follow multiply what stands before them by x to the power
 * of their bits, so joining is one multiplication modulo the CRC's polynomial, whatever the lengths. Polynomials are
 * reflected here, as they are in the CRC: the highest bit is the coefficient of x^0.
 *
 * @param crc of the tail alone
 * @param shift x to the power of the tail's bits, modulo the CRC's polynomial
 */
record ChecksummedTail(int crc, int shift) {
    /** No bytes: what stands before them is the whole. */
    static final ChecksummedTail NONE = new ChecksummedTail(0, Integer.MIN_VALUE);

    /** The Castagnoli polynomial without its highest power, x^32. */
    private static final int POLYNOMIAL = 0x82F6_3B78;

    private static final int BITS_IN_BYTE_LOG2 = 3;

    /** At n: x to the power of 2 to the power of n. */
    private static final int[] X_TO_TWO_TO = new int[Integer.SIZE + BITS_IN_BYTE_LOG2];

    static {
        X_TO_TWO_TO[0] = 1 << 30;
        for (int n = 1; n < X_TO_TWO_TO.length; n++) {
            X_TO_TWO_TO[n] = product(X_TO_TWO_TO[n - 1], X_TO_TWO_TO[n - 1]);
        }
    }

    /** Reads the readable bytes of all parts; uses {@code checksum} for that. */
    static ChecksummedTail of(ByteBuffer[] parts, Checksum checksum) {
        if (parts.length == 0) {
            return NONE;
        }
        int bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        return new ChecksummedTail(checksum.reset().update(parts).value(), xToBitsOf(bytes));
    }

    /** The CRC of a range that begins with bytes of this CRC and ends with the tail. */
    int behind(int crcOfBeginning) {
        return product(shift, crcOfBeginning) ^ crc;
    }

    private static int xToBitsOf(int bytes) {
        int result = Integer.MIN_VALUE;
        int rest = bytes;
        for (int n = BITS_IN_BYTE_LOG2; rest != 0; n++) {
            if ((rest & 1) != 0) {
                result = product(result, X_TO_TWO_TO[n]);
            }
            rest >>>= 1;
        }
        return result;
    }

    /** One step for each power in {@code left}, from x^0 on; {@code power} is {@code right} times that power. */
    private static int product(int left, int right) {
        int sum = 0;
        int power = right;
        for (int rest = left; rest != 0; rest <<= 1) {
            sum ^= power & (rest >> 31);
            power = (power >>> 1) ^ (POLYNOMIAL & -(power & 1));
        }
        return sum;
    }
}

package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;

/** Random octets, and valid ones with small faults, from one seed that a failing test names. */
final class Mutations {
    private final Random random;

    Mutations(long seed) {
        random = new Random(seed);
    }

    /** The seed of this run: {@code -Dferrymq.seed}, or one that differs each time; printed either way. */
    static long seed() {
        long seed = Long.getLong("ferrymq.seed", System.nanoTime());
        System.out.println("-Dferrymq.seed=" + seed);
        return seed;
    }

    ByteBuf arbitrary(int lengthMax) {
        byte[] octets = new byte[random.nextInt(lengthMax + 1)];
        random.nextBytes(octets);
        return Unpooled.wrappedBuffer(octets);
    }

    /**
     * A copy with one to four faults: an octet changed, a bit flipped, octets cut out, repeated, or lost at the end.
     */
    ByteBuf mutated(ByteBuf valid) {
        ByteBuf octets = valid.copy();
        for (int fault = random.nextInt(4); fault >= 0 && octets.isReadable(); fault--) {
            octets = mutatedOnce(octets);
        }
        return octets;
    }

    private ByteBuf mutatedOnce(ByteBuf octets) {
        int at = random.nextInt(octets.readableBytes());
        int length = random.nextInt(Math.min(8, octets.readableBytes() - at) + 1);
        return switch (random.nextInt(6)) {
            case 0 -> octets.setByte(at, random.nextInt());
            case 1 -> octets.setByte(at, octets.getByte(at) ^ 1 << random.nextInt(8));
            case 2 -> octets.setByte(at, 0xFF);
            case 3 ->
                Unpooled.copiedBuffer(
                        octets.slice(0, at), octets.slice(at + length, octets.readableBytes() - at - length));
            case 4 ->
                Unpooled.copiedBuffer(octets.slice(0, at + length), octets.slice(at, octets.readableBytes() - at));
            default -> octets.copy(0, at);
        };
    }

    int below(int bound) {
        return random.nextInt(bound);
    }
}

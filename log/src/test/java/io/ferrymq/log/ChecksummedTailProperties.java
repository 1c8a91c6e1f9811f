package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A joined checksum is the checksum of the whole. */
final class ChecksummedTailProperties {
    private final Checksum checksum = new Checksum();

    @Property(tries = 300)
    void joinsToTheChecksumOfTheWhole(
            @ForAll long seed,
            @ForAll @IntRange(max = 300) int beginning,
            @ForAll @IntRange(max = 3_000_000) int first,
            @ForAll @IntRange(max = 70_000) int second) {
        byte[] whole = new byte[beginning + first + second];
        new Random(seed).nextBytes(whole);
        ByteBuffer[] parts = {
            ByteBuffer.wrap(whole, beginning, first).slice(), ByteBuffer.wrap(whole, beginning + first, second)
        };
        ChecksummedTail tail = ChecksummedTail.of(parts, checksum);
        assertThat(tail.behind(crc(seed, ByteBuffer.wrap(whole, 0, beginning))))
                .isEqualTo(crc(seed, ByteBuffer.wrap(whole)));
        assertThat(parts[0].remaining() + parts[1].remaining()).isEqualTo(first + second);
    }

    @Example
    void noTailChangesNothing() {
        assertThat(ChecksummedTail.of(new ByteBuffer[0], checksum).behind(0x1234_5678))
                .isEqualTo(0x1234_5678);
    }

    private int crc(long seed, ByteBuffer bytes) {
        return checksum.seed(seed).update(new ByteBuffer[] {bytes}).value();
    }
}

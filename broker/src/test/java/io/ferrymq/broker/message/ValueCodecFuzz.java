package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ValueCodecFuzz {
    @Property(tries = 5_000)
    void arbitraryBytesAreATableOrAreRefused(@ForAll("bytes") byte[] bytes) {
        int entries;
        try {
            entries = ValueCodec.readTable(Unpooled.wrappedBuffer(bytes)).size();
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            return;
        }
        assertThat(entries).isLessThan(bytes.length);
    }

    /** Small bytes are counts and tags; with them more of the grammar is reached. */
    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<Byte> octets =
                Arbitraries.oneOf(Arbitraries.bytes(), Arbitraries.bytes().between((byte) 0, (byte) 15));
        return octets.array(byte[].class).ofMaxSize(60);
    }
}

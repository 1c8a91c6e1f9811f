package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Commands in the log, with octets that a fuzzer chooses: each is read, and written as the same, or refused. */
class CommandOctetsFuzz {
    @FuzzTest
    void commandsAreReadAsTheyAreWritten(byte[] octets) {
        ByteBuf once = Unpooled.buffer();
        try {
            TopologyCommand.decode(Unpooled.wrappedBuffer(octets)).encode(once);
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            return;
        }
        ByteBuf twice = Unpooled.buffer();
        TopologyCommand.decode(once.duplicate()).encode(twice);
        assertThat(twice).isEqualTo(once);
    }
}

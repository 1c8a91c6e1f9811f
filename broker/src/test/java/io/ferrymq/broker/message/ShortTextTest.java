package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShortTextTest {
    private static final int INDEX = 3;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 17, 36, 254, 255})
    void matchesItsOwnBytesOnlyWhereverOneDiffers(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 37 + 200);
        }
        // Nothing stands behind them that could be read.
        ByteBuf buffer = Unpooled.wrappedBuffer(new byte[INDEX], bytes);
        ShortText text = ShortText.of(buffer, INDEX, length);
        assertThat(text.matches(buffer, INDEX, length)).isTrue();
        for (int i = 0; i < length; i++) {
            buffer.setByte(INDEX + i, bytes[i] ^ 0x80);
            assertThat(text.matches(buffer, INDEX, length)).as("byte %d", i).isFalse();
            buffer.setByte(INDEX + i, bytes[i]);
        }
        assertThat(length > 0 && text.matches(buffer, INDEX, length - 1)).isFalse();
    }
}

package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MemoryLogTest {
    private static final byte TYPE = 7;

    private final MemoryLog log = new MemoryLog();

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Test
    void readsHeadAndBodyAsOnePayload() {
        long sequence = log.append(TYPE, bytes("head "), bytes("body"), 1);
        RecordView view = new RecordView();
        log.read(sequence, view);
        assertThat(view.buffer().toString(view.offset(), view.length(), StandardCharsets.UTF_8))
                .isEqualTo("head body");
        assertThat(view.type()).isEqualTo(TYPE);
    }

    @Test
    void isDurableAsSoonAsItIsAppended() {
        log.appendTransient(TYPE, bytes("t"), Unpooled.EMPTY_BUFFER, 1);
        assertThat(log.durableSequence()).isZero();
        long last = log.append(TYPE, bytes("a"), Unpooled.EMPTY_BUFFER, 0);
        assertThat(log.durableSequence()).isEqualTo(last).isEqualTo(log.appendedSequence());
    }

    @Test
    void givesTheMemoryBackWithTheLastReference() {
        long sequence = log.appendTransient(TYPE, bytes("a"), bytes("b"), 1);
        log.retain(sequence, 1);
        log.release(sequence);
        assertThat(log.memoryBytes()).isPositive();
        log.release(sequence);
        assertThat(log.memoryBytes()).isZero();
        assertThatThrownBy(() -> log.read(sequence, new RecordView())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void keepsNothingOfACommandThatWouldOnlyBeReplayed() {
        log.append(TYPE, bytes("declared"), Unpooled.EMPTY_BUFFER, 0);
        assertThat(log.memoryBytes()).isZero();
    }
}

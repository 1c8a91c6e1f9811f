package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryLogTest {
    private static final byte TYPE = 7;

    private final Crank lane = new Crank();
    private final List<Long> durable = new ArrayList<>();
    private final MemoryLog log = new MemoryLog(lane, durable::add);

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
    void reportsAsDurableInALaterTaskAndOnceForAll() {
        log.append(TYPE, bytes("a"), Unpooled.EMPTY_BUFFER, 0);
        log.flush();
        long last = log.append(TYPE, bytes("b"), Unpooled.EMPTY_BUFFER, 0);
        log.flush();
        assertThat(durable).isEmpty();
        assertThat(log.durableSequence()).isZero();
        while (lane.turn()) {}
        assertThat(durable).containsExactly(last);
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

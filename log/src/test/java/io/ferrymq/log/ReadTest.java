package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReadTest {
    private final FakeDisk disk = new FakeDisk();
    private final Random random = new Random(1);

    private void publish(TestLog log, int count) {
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[random.nextInt(400)];
            random.nextBytes(payload);
            log.publish(payload);
            if (random.nextInt(5) == 0) {
                log.flushAndSettle();
            }
        }
        log.flushAndSettle();
    }

    @Test
    void memoryAndDiskAgree() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        publish(log, 1000);
        assertThat(log.readLive()).isEqualTo(log.live);
        assertThat(log.log.memoryBytes()).isLessThan(64 << 10);
        log.abandon();
    }

    @Test
    void readsTheLastRecordBeforeACleanStopAfterOneBehindIt() throws IOException {
        TestLog first = TestLog.open(disk, TestLog.small());
        first.publish(new byte[1]);
        long before = first.publish(new byte[6_000]);
        first.log.close();
        TestLog second = TestLog.open(disk, TestLog.small());
        long behind = second.publish(new byte[1]);
        second.checkpoint();
        second.settleAll();
        second.log.close();
        TestLog third = TestLog.open(disk, TestLog.small());
        assertThat(third.read(behind)).hasSize(1);
        assertThat(third.read(before)).hasSize(6_000);
        third.abandon();
    }

    @Test
    void readsInAnyOrderWhatACheckpointCovers() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        publish(log, 1000);
        log.checkpoint();
        log.settleAll();
        publish(log, 20);
        log.log.close();
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.replayed).hasSize(20);
        List<Long> shuffled = new ArrayList<>(log.live.keySet());
        Collections.shuffle(shuffled, random);
        for (long sequence : shuffled) {
            assertThat(ByteBuffer.wrap(again.read(sequence))).isEqualTo(log.live.get(sequence));
        }
        assertThat(again.readLive()).isEqualTo(log.live);
        again.abandon();
    }

    /** 4 MiB in records of about 400 bytes, none of which is in memory any more but the last. */
    private TestLog backlog() throws IOException {
        TestLog log = TestLog.open(
                disk, new LogOptions(0, 1 << 20, 64 << 10, 8 << 10, 8 << 10, 256 << 10, 2, 64 << 20, 60_000, 0));
        for (int i = 0; i < 10_000; i++) {
            log.publish(new byte[400]);
            if (i % 100 == 0) {
                log.flushAndSettle();
            }
        }
        log.flushAndSettle();
        return log;
    }

    @Test
    void aBacklogThatIsReadInOrderIsReadOnceAndInLargePieces() throws IOException {
        TestLog log = backlog();
        for (long sequence : log.live.keySet()) {
            log.read(sequence);
        }
        assertThat(log.log.bytesRead()).isBetween(4_000_000L, 5_500_000L);
        log.abandon();
    }

    @Test
    void aRecordHereAndThereDoesNotCostWhatLiesBetween() throws IOException {
        TestLog log = backlog();
        List<Long> shuffled = new ArrayList<>(log.live.keySet()).subList(0, 9_000);
        Collections.shuffle(shuffled, random);
        for (long sequence : shuffled.subList(0, 100)) {
            log.read(sequence);
        }
        assertThat(log.log.bytesRead()).isLessThan(100 * (32 << 10));
        log.abandon();
    }

    @Test
    void aRecordIsAtHandWhenItsPieceOfTheFileIsInMemory() throws IOException {
        TestLog log = backlog();
        List<Long> all = new ArrayList<>(log.live.keySet());
        assertThat(log.log.isAtHand(log.publish(new byte[1]))).isTrue();
        assertThat(log.log.isAtHand(all.get(2_000))).isFalse();
        log.read(all.get(2_000));
        assertThat(log.log.isAtHand(all.get(2_001))).isTrue();
        assertThat(log.log.isAtHand(all.get(2_500))).isFalse();
        log.abandon();
    }

    @Test
    void readsFromADiskThatGivesLittleAtATime() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        publish(log, 300);
        log.log.close();
        disk.faults().shortenReads(7);
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.readLive()).isEqualTo(log.live);
        again.abandon();
    }

    @Test
    void aRetainedSliceOutlivesTheCaches() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        long fromMemory = log.publish("from memory".getBytes(StandardCharsets.US_ASCII));
        RecordView view = new RecordView();
        log.log.read(fromMemory, view);
        ByteBuf first = view.buffer().retainedSlice(view.offset(), view.length());
        publish(log, 500);
        log.log.read(fromMemory, view);
        ByteBuf second = view.buffer().retainedSlice(view.offset(), view.length());
        log.readLive();
        log.log.close();
        assertThat(first.toString(StandardCharsets.US_ASCII)).isEqualTo("from memory");
        assertThat(second).isEqualTo(first);
        first.release();
        second.release();
    }

    @Test
    void refusesWhatIsNotLive() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        long sequence = log.publish(new byte[10]);
        log.settle(sequence);
        assertThatThrownBy(() -> log.read(sequence)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.read(999)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.read(1000)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.log.release(sequence)).isInstanceOf(IllegalStateException.class);
        log.abandon();
    }

    @Test
    void aLargeBodyIsKeptNotCopied() throws IOException {
        TestLog log = TestLog.open(disk, LogOptions.defaults());
        ByteBuf body = Unpooled.directBuffer(40 << 20).writeZero(40 << 20);
        body.setByte(39 << 20, 77);
        ByteBuf head = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
        long sequence = log.log.append(TestLog.PUBLISH, head, body, 1);
        assertThat(body.refCnt()).isEqualTo(2);
        RecordView view = new RecordView();
        log.log.read(sequence, view);
        assertThat(view.length()).isEqualTo(3 + (40 << 20));
        body.setByte(38 << 20, 66);
        assertThat(view.buffer().getByte(view.offset() + 3 + (38 << 20))).isEqualTo((byte) 66);
        log.flushAndSettle();
        log.log.close();
        assertThat(body.refCnt()).isEqualTo(1);

        TestLog again = TestLog.open(disk, LogOptions.defaults());
        again.log.read(sequence, view);
        assertThat(view.length()).isEqualTo(3 + (40 << 20));
        assertThat(view.buffer().getByte(view.offset() + 2)).isEqualTo((byte) 3);
        assertThat(view.buffer().slice(view.offset() + 3, 40 << 20)).isEqualTo(body);
        again.abandon();
        body.release();
    }

    @Test
    void aRecordLargerThanASegmentGetsItsOwn() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        publish(log, 10);
        long large = log.publish(new byte[200_000]);
        publish(log, 10);
        assertThat(log.log.statistics().segments()).isEqualTo(3);
        log.log.close();
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.readLive()).isEqualTo(log.live);
        assertThat(again.read(large)).hasSize(200_000);
        again.abandon();
    }

    @Test
    void refusesAPayloadThatIsTooLarge() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        ByteBuf half = Unpooled.wrappedBuffer(new byte[CommandLog.PAYLOAD_BYTES_MAX / 2 + 1]);
        assertThatThrownBy(() -> log.log.append(TestLog.PUBLISH, half, half, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(CommandLog.PAYLOAD_BYTES_MAX));
        log.abandon();
    }
}

package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournaledLogTest {
    private final FakeDisk disk = new FakeDisk();

    @Test
    void reportsNothingDurableBeforeTheFlushHasReturned() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        log.publish(bytes("a"));
        log.log.flush();
        log.lane.turn();
        assertThat(log.durable).isEmpty();
        log.settleAll();
        assertThat(log.durable).containsExactly(log.log.appendedSequence());
        assertThat(log.log.pendingBytes()).isZero();
    }

    @Test
    void readsWhatWasAppendedBeforeAndAfterARestart() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        for (int i = 0; i < 500; i++) {
            log.publish(bytes("record " + i));
        }
        assertThat(log.readLive()).isEqualTo(log.live);
        log.flushAndSettle();
        assertThat(log.readLive()).isEqualTo(log.live);
        log.log.close();

        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.readLive()).isEqualTo(log.live);
        assertThat(again.log.statistics().recordsReplayed()).isEqualTo(500);
    }

    @Test
    void worksOnARealDirectory(@TempDir Path directory) throws IOException {
        try (DiskDirectory real = DiskDirectory.open(directory)) {
            TestLog log = TestLog.open(real, TestLog.small());
            for (int i = 0; i < 500; i++) {
                log.publish(bytes("record " + i));
            }
            log.flushAndSettle();
            log.checkpoint();
            log.settleAll();
            log.settle(log.live.firstKey());
            log.log.close();
            TestLog again = TestLog.open(real, TestLog.small());
            assertThat(again.readLive()).isEqualTo(log.live);
            assertThat(again.replayed).hasSize(1);
            again.log.close();
            assertThatThrownBy(() -> DiskDirectory.open(directory)).isInstanceOf(DirectoryInUseException.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

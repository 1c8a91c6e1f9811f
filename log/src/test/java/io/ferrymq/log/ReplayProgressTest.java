package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is said during a replay. */
final class ReplayProgressTest {
    private static final long MIB = 1 << 20;

    private final AtomicLong nowMillis = new AtomicLong(1_000_000);
    private final List<String> said = new ArrayList<>();
    private final ReplayProgress progress = new ReplayProgress(nowMillis::get, said::add);

    private void pass(long millis) {
        nowMillis.addAndGet(millis);
    }

    @Test
    void aShortReplaySaysNothing() {
        progress.begins(100 * MIB);
        pass(ReplayProgress.EVERY_MILLIS - 1);
        progress.reached(100 * MIB, 7);
        assertThat(said).isEmpty();
    }

    @Test
    void aLongOneSaysHowFarItIsOnceInAWhile() {
        progress.begins(400 * MIB);
        for (long i = 1; i <= 100; i++) {
            pass(100);
            progress.reached(i * 3 * MIB, i * 1_000);
        }
        assertThat(said)
                .containsExactly(
                        "replaying the journal: 37 % of 400 MiB, 50000 records",
                        "replaying the journal: 75 % of 400 MiB, 100000 records");
    }

    @Test
    void aClockThatIsSetBackDoesNotSilenceItForEver() {
        progress.begins(MIB);
        pass(-3_600_000);
        progress.reached(0, 0);
        pass(ReplayProgress.EVERY_MILLIS);
        progress.reached(0, 0);
        assertThat(said).hasSize(1);
    }

    @Test
    void aJournalWithoutBytesIsWhole() {
        progress.begins(0);
        pass(ReplayProgress.EVERY_MILLIS);
        progress.reached(0, 0);
        assertThat(said).containsExactly("replaying the journal: 100 % of 0 MiB, 0 records");
    }
}

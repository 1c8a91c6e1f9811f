package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ForegroundServerTest {
    private final CountDownLatch goOn = new CountDownLatch(1);

    private int stopThatHangs() {
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    @Test
    void aStopThatHangsIsGivenUp() {
        assertThat(ForegroundServer.within(1, this::stopThatHangs)).isEqualTo(ExitCode.FAILED);
        goOn.countDown();
    }

    @Test
    void aStopThatEndsTellsItsCode() {
        assertThat(ForegroundServer.within(60_000, () -> ExitCode.OK)).isEqualTo(ExitCode.OK);
        assertThat(ForegroundServer.within(60_000, () -> ExitCode.FAILED)).isEqualTo(ExitCode.FAILED);
    }
}

package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LineLayoutTest {
    private static final String LONG = "x\n".repeat(100_000);

    @Test
    void whatIsLongIsCutInMessagesAndInExceptions() {
        Exception thrown = new IllegalStateException(LONG, new IllegalArgumentException(LONG));
        thrown.addSuppressed(new IllegalStateException(LONG));
        LoggingEvent event = new LoggingEvent(
                "here", (Logger) LoggerFactory.getLogger("LineLayoutTest"), Level.WARN, "{}", thrown, new Object[] {LONG
                });
        assertThat(new LineLayout().doLayout(event).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(8_000))
                .anySatisfy(line -> assertThat(line).endsWith("... (200000 characters)"));
    }
}

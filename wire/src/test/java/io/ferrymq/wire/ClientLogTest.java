package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ClientLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("client lines");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final EmbeddedConnection wire = EmbeddedConnection.open(new RecordingProtocol("P"));
    private final Lane lane = wire.connection().lane();
    private final ClientLog log = new ClientLog(logger);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        wire.close();
    }

    @Test
    void writesWhatClientsHaveChosenSoThatItCannotForgeALine() {
        log.warn(lane, "user '{}'", "a\nERROR b\u001b[2J");
        assertThat(written()).containsExactly("user 'a\\nERROR b\\u001b[2J'");
    }

    @Test
    void showsTheBeginningOfEachValue() {
        log.warn(lane, "{} and {}", "a".repeat(100_000), "b".repeat(100_000));
        log.error(lane, new IllegalStateException("injected"), "{}", "c".repeat(100_000));
        assertThat(written())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(3 * ClientLog.VALUE_CHARS_MAX));
    }

    @Test
    void leavesOutWhatIsTooMuchInASecondAndSaysHowMuch() {
        for (int i = 0; i < ClientLog.LINES_MAX + 7; i++) {
            log.info(lane, "line {}", i);
        }
        assertThat(written()).hasSize(ClientLog.LINES_MAX);
        wire.advanceMillis(1_000);
        assertThat(written().getLast()).startsWith("7 more lines of this kind were left out");
        log.info(lane, "line {}", "after");
        assertThat(written().getLast()).isEqualTo("line after");
    }

    private List<String> written() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}

package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.client.transport.MessageProperties;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddedFormatTest {
    private static final EmbeddedFormat FORMAT = EmbeddedFormat.INSTANCE;

    @Test
    void readsOneHeader() {
        ByteBuf header = EmbeddedFormat.encode(MessageProperties.builder()
                .headers(Map.of("task", "module.function", "retries", 2))
                .build());
        assertThat(FORMAT.header(header, "task")).isEqualTo("module.function");
        assertThat(FORMAT.header(header, "retries")).isEqualTo(2);
        assertThat(FORMAT.header(header, "eta")).isNull();
    }

    @Test
    void writesPropertiesByName() {
        ByteBuf header = FORMAT.withProperties(Map.of(
                "content_type", "application/json",
                "correlation_id", "7c",
                "delivery_mode", "2",
                "priority", "9",
                "timestamp", "1700000000"));
        assertThat(FORMAT.property(header, "correlation_id")).isEqualTo("7c");
        MessageProperties properties = EmbeddedFormat.decode(header, EmbeddedFormat.ID, true);
        assertThat(properties.contentType()).isEqualTo("application/json");
        assertThat(properties.correlationId()).isEqualTo("7c");
        assertThat(properties.priority()).isEqualTo(9);
        assertThat(properties.timestamp()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
    }
}

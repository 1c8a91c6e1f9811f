package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Amqp091FormatTest {
    private static final Amqp091Format FORMAT = Amqp091Format.INSTANCE;

    @Test
    void readsEveryPropertyByName() {
        ByteBuf list = Unpooled.buffer();
        PropertyEditor editor =
                PropertyEditor.empty().deliveryMode(2).priority(9).timestampSeconds(1_700_000_000L);
        List<BasicProperty> texts = List.of(
                BasicProperty.CONTENT_TYPE,
                BasicProperty.CONTENT_ENCODING,
                BasicProperty.CORRELATION_ID,
                BasicProperty.REPLY_TO,
                BasicProperty.EXPIRATION,
                BasicProperty.MESSAGE_ID,
                BasicProperty.TYPE,
                BasicProperty.USER_ID,
                BasicProperty.APP_ID,
                BasicProperty.CLUSTER_ID);
        texts.forEach(property -> editor.text(property, "the " + property));
        editor.write(list);
        assertThat(texts)
                .allSatisfy(property -> assertThat(
                                FORMAT.property(list, property.name().toLowerCase(java.util.Locale.ROOT)))
                        .isEqualTo("the " + property));
        assertThat(FORMAT.property(list, "delivery_mode")).isEqualTo("2");
        assertThat(FORMAT.property(list, "priority")).isEqualTo("9");
        assertThat(FORMAT.property(list, "timestamp")).isEqualTo("1700000000");
    }

    @Test
    void knowsWhatIsNotThere() {
        assertThat(FORMAT.property(BasicProperties.NONE, "message_id")).isNull();
        assertThat(FORMAT.property(BasicProperties.NONE, "priority")).isNull();
        assertThat(FORMAT.property(BasicProperties.NONE, "no_such_property")).isNull();
        assertThat(FORMAT.headers(BasicProperties.NONE)).isEmpty();
        assertThat(FORMAT.header(BasicProperties.NONE, "task")).isNull();
    }

    @Test
    void readsHeaders() {
        ByteBuf list = Unpooled.buffer();
        PropertyEditor.empty().header("a", 1).header("b", List.of("c")).write(list);
        assertThat(FORMAT.headers(list)).containsEntry("a", 1).containsEntry("b", List.of("c"));
        assertThat(FORMAT.header(list, "a")).isEqualTo(1);
        assertThat(FORMAT.header(list, "b")).isEqualTo(List.of("c"));
        assertThat(FORMAT.header(list, "c")).isNull();
    }

    @Test
    void writesPropertiesByName() {
        Map<String, String> properties = Map.of(
                "content_type", "application/json",
                "correlation_id", "7c",
                "delivery_mode", "2",
                "priority", "9",
                "timestamp", "1700000000");
        ByteBuf list = FORMAT.withProperties(properties);
        BasicProperties.validate(list, list.readerIndex(), list.readableBytes());
        properties.forEach(
                (name, value) -> assertThat(FORMAT.property(list, name)).isEqualTo(value));
        assertThat(FORMAT.property(list, "reply_to")).isNull();
        assertThat(FORMAT.headers(list)).isEmpty();
        assertThat(FORMAT.withProperties(Map.of())).isEqualTo(BasicProperties.NONE);
    }
}

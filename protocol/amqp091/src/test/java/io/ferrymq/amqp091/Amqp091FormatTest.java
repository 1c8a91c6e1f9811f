package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
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
    }

    @Test
    void readsHeaders() {
        ByteBuf list = Unpooled.buffer();
        PropertyEditor.empty().header("a", 1).header("b", List.of("c")).write(list);
        assertThat(FORMAT.headers(list)).containsEntry("a", 1).containsEntry("b", List.of("c"));
    }
}

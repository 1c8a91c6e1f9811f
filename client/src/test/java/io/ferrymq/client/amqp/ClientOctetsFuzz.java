package io.ferrymq.client.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.rabbitmq.client.AMQP.BasicProperties;
import io.ferrymq.client.Codec;
import io.ferrymq.client.CodecException;
import io.ferrymq.client.transport.MessageProperties;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a broker and its other clients send to this one, with octets that a fuzzer chooses; and addresses. */
class ClientOctetsFuzz {
    /** A value of an application. */
    record Order(String name, int count, List<String> tags, Map<String, Double> prices) {}

    /** The list of properties of a content header, which other clients may have written in any way. */
    @FuzzTest
    void propertiesAreReadAndSentOn(byte[] octets) {
        BasicProperties received;
        try {
            received = new BasicProperties(new DataInputStream(new ByteArrayInputStream(octets)));
        } catch (IOException | IllegalArgumentException refused) {
            return;
        }
        MessageProperties once = AmqpProperties.fromAmqp(received);
        MessageProperties twice = AmqpProperties.fromAmqp(AmqpProperties.toAmqp(once));
        assertThat(twice.messageId()).isEqualTo(once.messageId());
        assertThat(twice.expiration()).isEqualTo(once.expiration());
        assertThat(twice.headers().keySet()).isEqualTo(once.headers().keySet());
    }

    @FuzzTest
    void bodiesAreValuesOrNone(byte[] octets) {
        Codec<Order> codec = Codec.json(Order.class);
        try {
            assertThat(codec.decode(codec.encode(codec.decode(octets)))).isNotNull();
        } catch (CodecException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    @FuzzTest
    void addressesAreReadOrRefused(byte[] octets) {
        try {
            URI uri = URI.create("amqps://host" + new String(octets, StandardCharsets.UTF_8));
            assertThat(UriParameters.of(uri).heartbeatSeconds(10)).isBetween(1, 3_600);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}

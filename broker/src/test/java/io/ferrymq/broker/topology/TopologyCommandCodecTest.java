package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ferrymq.broker.routing.ExchangeType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyCommandCodecTest {
    private static final String VHOST = "01 2F"; // "/"

    static Stream<Arguments> commands() {
        QueueArguments ttl = QueueArguments.of(Map.of("x-message-ttl", 5));
        return Stream.of(
                command(
                        new TopologyCommand.VhostCreated(new VhostSpec("/", "d", List.of("t", "u"), QueueType.QUORUM)),
                        "01 01 " + VHOST,
                        "01 64", // description "d"
                        "02 01 74 01 75", // two tags, "t" and "u"
                        "06 71756F72756D"), // "quorum"
                command(new TopologyCommand.VhostDeleted("/"), "01 02 " + VHOST),
                command(
                        new TopologyCommand.ExchangeDeclared(
                                "/", new ExchangeSpec("x", ExchangeType.TOPIC, true, false, true, Map.of("k", "v"))),
                        "01 03 " + VHOST,
                        "01 78", // name "x"
                        "05 746F706963", // "topic"
                        "05", // durable, internal
                        "01 01 6B 0A 01 76"), // one argument, "k" is "v"
                command(new TopologyCommand.ExchangeDeleted("/", "x"), "01 04 " + VHOST, "01 78"),
                command(
                        new TopologyCommand.Bound("/", Binding.toQueue("x", "q", "rk", Map.of("a", 1))),
                        "01 05 " + VHOST,
                        "01 78", // from "x"
                        "01 01 71", // to the queue "q"
                        "02 726B", // "rk"
                        "01 01 61 05 02"), // one argument, "a" is Integer 1
                command(
                        new TopologyCommand.Unbound("/", Binding.toExchange("x", "y", "", Map.of())),
                        "01 06 " + VHOST,
                        "01 78", // from "x"
                        "00 01 79", // to the exchange "y"
                        "00", // no key
                        "00"), // no arguments
                command(
                        new TopologyCommand.QueueDeclared(
                                "/", 300, new QueueSpec("q", true, false, true, ttl), QueueOwner.NOBODY),
                        "01 07 " + VHOST,
                        "AC 02", // number 300
                        "01 71", // name "q"
                        "03", // durable, autoDelete
                        "01 0D 782D6D6573736167652D74746C 05 0A"), // one argument, "x-message-ttl" is Integer 5
                command(new TopologyCommand.QueueDeleted("/", 1), "01 08 " + VHOST, "01"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void writesAndReadsAsDocumented(TopologyCommand command, byte[] bytes) {
        ByteBuf out = Unpooled.buffer();
        command.encode(out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(HexFormat.of().formatHex(bytes));

        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        assertThat(TopologyCommand.decode(in)).isEqualTo(command);
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void refusesOtherVersionsAndKinds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopologyCommand.decode(Unpooled.wrappedBuffer(octets("02 01 00"))))
                .withMessageContaining("version 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopologyCommand.decode(Unpooled.wrappedBuffer(octets("01 63 00"))))
                .withMessageContaining("kind 99");
    }

    @Test
    void refusesTypesOfOtherReleases() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        TopologyCommand.decode(Unpooled.wrappedBuffer(octets("01 03 " + VHOST + " 01 78 01 3F 00 00"))))
                .withMessageContaining("exchange type");
    }

    private static Arguments command(TopologyCommand command, String... hex) {
        return Arguments.of(command, octets(String.join("", hex)));
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}

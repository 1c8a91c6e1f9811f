package io.ferrymq.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AccessCommandCodecTest {
    private static final String ALGORITHM = "7261626269745F70617373776F72645F68617368696E675F736861323536";

    static Stream<Arguments> commands() {
        PasswordHash hash = PasswordHash.ofBytes(HashingAlgorithm.SHA256, new byte[] {1, 2, 3, 4, 5});
        return Stream.of(
                command(
                        new AccessCommand.UserPut(new User("u", hash, List.of("t"))),
                        "01 01 01 75", // user "u"
                        "1E " + ALGORITHM, // "rabbit_password_hashing_sha256"
                        "05 0102030405", // salt and hash
                        "01 01 74"), // one tag, "t"
                command(new AccessCommand.UserDeleted("u"), "01 02 01 75"),
                command(
                        new AccessCommand.PermissionPut("u", "/", new Permissions("c", "", "r")),
                        "01 03 01 75",
                        "01 2F", // vhost "/"
                        "01 63 00 01 72"), // configure "c", write "", read "r"
                command(new AccessCommand.PermissionCleared("u", "/"), "01 04 01 75", "01 2F"),
                command(
                        new AccessCommand.TopicPermissionPut("u", "/", "x", new TopicPermission("w", "r")),
                        "01 05 01 75",
                        "01 2F",
                        "01 78", // exchange "x"
                        "01 77 01 72"), // write "w", read "r"
                command(new AccessCommand.TopicPermissionCleared("u", "/", "x"), "01 06 01 75", "01 2F", "01 78"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void writesAndReadsAsDocumented(AccessCommand command, byte[] bytes) {
        ByteBuf out = Unpooled.buffer();
        command.encode(out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(HexFormat.of().formatHex(bytes));

        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        assertThat(AccessCommand.decode(in)).isEqualTo(command);
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void refusesOtherVersionsAndKinds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccessCommand.decode(Unpooled.wrappedBuffer(octets("02 01 00"))))
                .withMessageContaining("version 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccessCommand.decode(Unpooled.wrappedBuffer(octets("01 63 00"))))
                .withMessageContaining("kind 99");
    }

    private static Arguments command(AccessCommand command, String... hex) {
        return Arguments.of(command, octets(String.join("", hex)));
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}

package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ProtocolHeader;
import io.ferrymq.wire.ByteHandler;
import io.ferrymq.wire.Connection;
import io.ferrymq.wire.ProtocolBinding;
import io.ferrymq.wire.ProtocolSelector;
import io.netty.buffer.ByteBuf;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * AMQP 0-9-1 for a listener.
 *
 * <p>Thread contract: immutable; the link opener and the random generator are
 * used on every lane.
 */
public final class Amqp091 implements ProtocolBinding {
    private static final int TAG_BYTES = 16;

    private final Amqp091Options options;
    private final LinkOpener linkOpener;
    private final Supplier<String> consumerTags;

    /** {@code random} makes consumer tags that clients leave to the server; it has to be safe for use by all lanes. */
    public Amqp091(Amqp091Options options, LinkOpener linkOpener, RandomGenerator random) {
        this.options = options;
        this.linkOpener = linkOpener;
        this.consumerTags = () -> consumerTag(random);
    }

    private static String consumerTag(RandomGenerator random) {
        byte[] bytes = new byte[TAG_BYTES];
        random.nextBytes(bytes);
        return "amq.ctag-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    Amqp091Options options() {
        return options;
    }

    LinkOpener linkOpener() {
        return linkOpener;
    }

    /** The count of unfinished bytes for one more connection. */
    UnfinishedBytes newUnfinishedBytes(Connection connection) {
        return new UnfinishedBytes(options.unfinishedBytesMax(), connection);
    }

    Supplier<String> consumerTags() {
        return consumerTags;
    }

    @Override
    public String name() {
        return "amqp";
    }

    @Override
    public ProtocolSelector selector() {
        return Amqp091::recognise;
    }

    private static ProtocolSelector.Answer recognise(ByteBuf firstBytes) {
        return switch (ProtocolHeader.recognise(firstBytes)) {
            case INCOMPLETE -> ProtocolSelector.Answer.NEED_MORE;
            case AMQP_0_9_1, AMQP_0_9 -> ProtocolSelector.Answer.YES;
            case AMQP_1_0, AMQP_1_0_TLS, AMQP_1_0_SASL, UNKNOWN -> ProtocolSelector.Answer.NO;
        };
    }

    @Override
    public ByteHandler open(Connection connection) {
        return new ConnectionSession(connection, this);
    }

    /** The header of the version that is spoken here (clause 4.2.2). */
    @Override
    public void refuse(Connection connection) {
        ByteBuf header = connection.allocator().buffer(ProtocolHeader.LENGTH);
        ProtocolHeader.AMQP_0_9_1.write(header);
        connection.write(header);
    }
}

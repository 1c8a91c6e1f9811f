package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * What is said to allocate nothing for a message allocates nothing for ten thousand. On the heap: between direct
 * buffers Netty itself makes a view or two for each copy when it runs without Unsafe.
 */
class HotPathTest {
    private static final int MESSAGES = 10_000;
    /** What the measurement itself and late class loading may cost; less than an octet for a message. */
    private static final long TOLERANCE_BYTES = 8_000;

    private final FrameReader reader = new FrameReader(Frame.FRAME_MAX_DEFAULT);
    private final PublishView publish = new PublishView();
    private final SettlementView settlement = new SettlementView();
    private final ContentHeader header = new ContentHeader();
    private final ContentWriter writer = new ContentWriter(Frame.FRAME_MAX_DEFAULT);
    private final ByteBuf out = Unpooled.buffer(4096);
    private long sum;

    @Test
    void readsPublishHeaderBodyAndAckWithoutAllocating() {
        ByteBuf in = published();

        assertAllocatesNothing(() -> {
            in.readerIndex(0);
            while (reader.next(in) == FrameReader.Result.FRAME) {
                read(in);
            }
        });
        assertThat(sum).isNotZero();
    }

    private void read(ByteBuf in) {
        int offset = reader.payloadOffset();
        int length = reader.payloadLength();
        switch (reader.type()) {
            case Frame.METHOD -> readMethod(in, offset, length);
            case Frame.HEADER -> readHeader(in, offset, length);
            default -> sum += length;
        }
    }

    private void readMethod(ByteBuf in, int offset, int length) {
        int id = Method.peekId(in, offset, length);
        if (SettlementView.isSettlement(id)) {
            sum += settlement.wrap(in, offset, length).deliveryTag();
        } else {
            sum += publish.wrap(in, offset, length).routingKeyLength();
        }
    }

    private void readHeader(ByteBuf in, int offset, int length) {
        BasicProperties properties = header.wrap(in, offset, length).properties();
        sum += header.bodySize() + properties.deliveryModeOr(1) + properties.priorityOr(0);
        sum += properties.header("absent").isPresent() ? 1 : 0;
    }

    @Test
    void writesDeliveriesAndConfirmsWithoutAllocating() {
        byte[] tag = "amq.ctag-1".getBytes(StandardCharsets.UTF_8);
        ByteBuf address = Octets.of("00 03 'key'");
        ByteBuf properties = Octets.of("1000 02");
        ByteBuf body = Unpooled.buffer().writeZero(1000);

        assertAllocatesNothing(() -> {
            out.clear();
            BasicFrames.deliver(out, 1, tag, 7, false, address);
            writer.write(out, 1, properties, body);
            BasicFrames.deliver(out, 1, tag, 7, false, tag, tag);
            BasicFrames.getOk(out, 1, 7, false, address, 3);
            BasicFrames.returned(out, 1, ReplyCode.NO_ROUTE, address);
            BasicFrames.ack(out, 1, 7, true);
            BasicFrames.nack(out, 1, 7, false);
            sum += out.readableBytes();
        });
    }

    private ByteBuf published() {
        ByteBuf in = Unpooled.directBuffer();
        FrameWriter.writeMethod(in, 1, new BasicMethod.Publish("amq.topic", "a.b", true, false));
        ByteBuf properties =
                Octets.of("3000 00000016 01 'a' 'I' 00000001 01 'b' 'F' 00000008 01 't' 'S' 00000001 'x' 02");
        writer.write(in, 1, properties, Unpooled.buffer().writeZero(1000));
        FrameWriter.writeMethod(in, 1, new BasicMethod.Ack(5, true));
        FrameWriter.writeMethod(in, 1, new BasicMethod.Nack(6, true, true));
        return in;
    }

    private static void assertAllocatesNothing(Runnable message) {
        Runnable messages = () -> {
            for (int i = 0; i < MESSAGES; i++) {
                message.run();
            }
        };
        messages.run();
        assertThat(Allocation.bytesOf(messages)).isLessThan(TOLERANCE_BYTES);
    }
}

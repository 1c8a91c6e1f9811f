package io.ferrymq.bench;

import io.ferrymq.amqp091.codec.BasicFrames;
import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ContentHeader;
import io.ferrymq.amqp091.codec.ContentWriter;
import io.ferrymq.amqp091.codec.FieldTable;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameReader;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.amqp091.codec.PublishView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a message costs on its way through the codec: a publish read from a burst of them, a delivery written, and
 * Celery's headers as a table. Time is for one message.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up.
public class CodecBenchmark {
    /** Messages in one read burst: about what fits a socket buffer. */
    private static final int BURST = 100;

    private static final byte[] CONSUMER_TAG = "amq.ctag-0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int FLAGS_CONTENT_TYPE_HEADERS_DELIVERY_MODE = 0b1011 << 12;

    @Param({"100", "1000"})
    private int bodyBytes;

    private final FrameReader frames = new FrameReader(Frame.FRAME_MAX_DEFAULT);
    private final PublishView publish = new PublishView();
    private final ContentHeader header = new ContentHeader();
    private final ContentWriter content = new ContentWriter(Frame.FRAME_MAX_DEFAULT);
    private final BasicProperties properties = new BasicProperties();
    private ByteBuf burst;
    private ByteBuf out;
    private ByteBuf address;
    private ByteBuf propertyList;
    private ByteBuf body;
    private ByteBuf table;

    @Setup
    public void encodeBurst() {
        PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        table = allocator.directBuffer();
        FieldTable.write(table, celeryHeaders());
        propertyList = allocator.directBuffer();
        propertyList.writeShort(FLAGS_CONTENT_TYPE_HEADERS_DELIVERY_MODE);
        writeShortString(propertyList, "application/json");
        propertyList
                .writeBytes(table, table.readerIndex(), table.readableBytes())
                .writeByte(2);
        properties.wrap(propertyList);
        address = allocator.directBuffer();
        writeShortString(address, "orders");
        writeShortString(address, "europe.berlin.new");
        body = allocator.directBuffer().writeZero(bodyBytes);
        burst = allocator.directBuffer();
        for (int message = 0; message < BURST; message++) {
            FrameWriter.writeMethod(burst, 1, new BasicMethod.Publish("orders", "europe.berlin.new", false, false));
            content.write(burst, 1, propertyList, body);
        }
        out = allocator.directBuffer(2 * burst.readableBytes());
    }

    private static Map<String, @Nullable Object> celeryHeaders() {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        headers.put("lang", "py");
        headers.put("task", "shop.tasks.send_receipt");
        headers.put("id", "6f2a8f9e-6f0c-4b7e-9a57-5b6d8a3f1c2d");
        headers.put("shadow", null);
        headers.put("eta", null);
        headers.put("expires", null);
        headers.put("group", null);
        headers.put("retries", 0);
        headers.put("timelimit", Arrays.asList(null, null));
        headers.put("root_id", "6f2a8f9e-6f0c-4b7e-9a57-5b6d8a3f1c2d");
        headers.put("parent_id", null);
        headers.put("argsrepr", "(4, 4)");
        headers.put("kwargsrepr", "{}");
        headers.put("origin", "gen4711@web-1");
        headers.put("ignore_result", false);
        headers.put("stamps", Map.of());
        headers.put("stamped_headers", List.of());
        return headers;
    }

    private static void writeShortString(ByteBuf target, String text) {
        target.writeByte(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    @TearDown
    public void release() {
        List.of(burst, out, address, propertyList, body, table).forEach(ByteBuf::release);
    }

    /** Frames found, method and header checked, exchange, key and body located. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public long decodePublish() {
        burst.readerIndex(0);
        long sum = 0;
        while (frames.next(burst) == FrameReader.Result.FRAME) {
            int offset = frames.payloadOffset();
            int length = frames.payloadLength();
            sum += switch (frames.type()) {
                case Frame.METHOD -> publish.wrap(burst, offset, length).routingKeyLength();
                case Frame.HEADER -> header.wrap(burst, offset, length).bodySize();
                default -> length;
            };
        }
        return sum;
    }

    /** Method, header and body frames written from what was stored. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int encodeDeliver() {
        out.clear();
        for (int message = 0; message < BURST; message++) {
            BasicFrames.deliver(out, 1, CONSUMER_TAG, message, false, address);
            content.write(out, 1, propertyList, body);
        }
        return out.writerIndex();
    }

    /** Seventeen headers into a map. */
    @Benchmark
    public Map<String, @Nullable Object> decodeTable() {
        return FieldTable.read(table.readerIndex(0));
    }

    /** The same, only checked. */
    @Benchmark
    public int validateTable() {
        return FieldTable.validate(table, 0, table.writerIndex());
    }

    /** One header of seventeen, found in place. */
    @Benchmark
    public Optional<Object> findHeader() {
        return properties.header("id");
    }
}

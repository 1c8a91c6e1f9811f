package io.ferrymq.server.settings;

import static io.ferrymq.server.settings.ValueType.bytes;
import static io.ferrymq.server.settings.ValueType.choice;
import static io.ferrymq.server.settings.ValueType.count;
import static io.ferrymq.server.settings.ValueType.flag;
import static io.ferrymq.server.settings.ValueType.fraction;
import static io.ferrymq.server.settings.ValueType.millis;
import static io.ferrymq.server.settings.ValueType.path;
import static io.ferrymq.server.settings.ValueType.seconds;
import static io.ferrymq.server.settings.ValueType.text;

import io.ferrymq.broker.message.Publication;
import io.ferrymq.log.LogOptions;
import io.ferrymq.wire.ClientVerification;
import io.ferrymq.wire.ListenerOptions;
import io.ferrymq.wire.ProxyHeader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Everything that can be configured: the one table behind the file, the environment, the command line and the help.
 *
 * <p>Thread contract: immutable.
 */
public final class Keys {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long TIB = 1L << 40;
    private static final int MANY = 1_000_000;
    private static final LogOptions LOG = LogOptions.defaults();
    private static final Map<String, Key<?>> BY_NAME = new LinkedHashMap<>();

    public static final Key<Path> DATA_DIR =
            key("data.dir", path(), "data", "directory of everything durable; relative to the current directory");
    public static final Key<Path> DEFINITIONS_FILE = key(
            "definitions.file", path(), "", "RabbitMQ definitions (JSON) to import at start: users, queues, bindings");
    public static final Key<String> CLUSTER_NAME =
            key("cluster.name", text(), "ferry@localhost", "name that clients see in the server properties");
    public static final Key<Level> LOGGING_LEVEL = key(
            "logging.level", choice(Level.class), "info", "lowest level of the broker's own lines on standard error");

    public static final Key<Boolean> AMQP_ENABLED =
            key("amqp.enabled", flag(), "true", "whether to listen for plain AMQP");
    public static final Key<String> AMQP_HOST = key(
            "amqp.host",
            text(),
            ListenerOptions.EVERY_ADDRESS,
            "address to listen on; * is all of IPv6 and IPv4, 0.0.0.0 all of IPv4");
    public static final Key<Integer> AMQP_PORT =
            key("amqp.port", count(0, 65_535), "5672", "port for AMQP; 0 takes a free one");
    public static final Key<Integer> AMQPS_PORT =
            key("amqps.port", count(0, 65_535), "5671", "port for AMQP over TLS, open when tls.certificate is set");
    public static final Key<ProxyHeader> AMQP_PROXY_HEADER = key(
            "amqp.proxy-header",
            choice(ProxyHeader.class),
            "none",
            "whether connections begin with a PROXY protocol header");

    public static final Key<Path> TLS_CERTIFICATE =
            key("tls.certificate", path(), "", "PEM file of the server's certificate and those above it");
    public static final Key<Path> TLS_KEY =
            key("tls.key", path(), "", "PEM file of the server's private key (PKCS #8, no password)");
    public static final Key<Path> TLS_CA =
            key("tls.ca", path(), "", "PEM file of the authorities that client certificates come from");
    public static final Key<ClientVerification> TLS_VERIFY =
            key("tls.verify", choice(ClientVerification.class), "none", "whether clients are asked for a certificate");

    public static final Key<String> LOGIN_ANONYMOUS_USER = key(
            "login.anonymous-user",
            text(),
            "",
            "who clients are that give no name (SASL ANONYMOUS); empty lets none in");

    public static final Key<Integer> LIMITS_CONNECTIONS =
            key("limits.connections", count(1, MANY), "10000", "open connections; more are closed at once");
    public static final Key<Integer> LIMITS_CHANNELS =
            key("limits.channels", count(1, 65_535), "2047", "channels of one connection");
    public static final Key<Integer> LIMITS_QUEUES = key(
            "limits.queues", count(1, 10 * MANY), "1000000", "queues of one virtual host; declaring more is refused");
    public static final Key<Integer> LIMITS_UNSETTLED = key(
            "limits.unsettled",
            count(1, 10 * MANY),
            "500000",
            "deliveries of one channel that are not settled; its consumers wait when there are more");
    public static final Key<Long> LIMITS_FRAME_BYTES =
            key("limits.frame-bytes", bytes(4_096, 16 * MIB), "128KiB", "largest AMQP frame");
    public static final Key<Long> LIMITS_MESSAGE_BYTES =
            key("limits.message-bytes", bytes(1, 128 * MIB), "128MiB", "largest message body");

    public static final Key<Integer> HEARTBEAT_SECONDS =
            key("heartbeat.seconds", seconds(0, 65_535), "60", "heartbeat that the broker suggests; 0 is none");
    public static final Key<Long> HANDSHAKE_TIMEOUT_MS = key(
            "handshake.timeout-ms", millis(1, 600_000), "10s", "time that a client has until its connection is open");

    public static final Key<Long> CONSUMER_TIMEOUT_MS = key(
            "consumer.timeout-ms",
            millis(0, Publication.EXPIRATION_MILLIS_MAX),
            "30min",
            "time that a consumer has to settle a delivery; 0 is any time");

    public static final Key<Integer> CELERY_REVOKED_TASKS = key(
            "celery.revoked-tasks",
            count(0, 10 * MANY),
            "100000",
            "ids of revoked tasks that a virtual host remembers; the oldest are forgotten");
    public static final Key<Long> CELERY_REVOKED_MS = key(
            "celery.revoked-ms",
            millis(1_000, Publication.EXPIRATION_MILLIS_MAX),
            "720h",
            "time that the id of a revoked task is remembered");

    public static final Key<Long> MEMORY_BUDGET_BYTES =
            key("memory.budget-bytes", bytes(16 * MIB, TIB), "192MiB", "memory for messages and buffers");
    public static final Key<Long> MEMORY_SOCKETS_BYTES = key(
            "memory.sockets-bytes",
            bytes(8 * MIB, TIB),
            "128MiB",
            "memory for bytes that clients have not sent in full or not read yet");
    public static final Key<Double> MEMORY_HIGH_WATERMARK =
            key("memory.high-watermark", fraction(), "0.8", "part of the memory budget above which publishers wait");
    public static final Key<Long> DISK_FREE_MIN_BYTES =
            key("disk.free-min-bytes", bytes(0, 1_024 * TIB), "1GiB", "free disk space below which publishers wait");

    public static final Key<Long> LOG_SEGMENT_BYTES =
            key("log.segment-bytes", bytes(MIB, 1_024 * MIB), bytesText(LOG.segmentBytes()), "size of a journal file");
    public static final Key<Long> LOG_BATCH_BYTES = key(
            "log.batch-bytes",
            bytes(4 * KIB, 64 * MIB),
            bytesText(LOG.batchBytesMax()),
            "most that is written before one flush");
    public static final Key<Long> LOG_TAIL_CACHE_BYTES = key(
            "log.tail-cache-bytes", bytes(MIB, TIB), bytesText(LOG.tailCacheBytes()), "memory for the newest messages");
    public static final Key<Long> LOG_TRANSIENT_CACHE_BYTES = key(
            "log.transient-cache-bytes",
            bytes(MIB, TIB),
            bytesText(LOG.transientCacheBytes()),
            "memory for transient messages; past it they go to a scratch file");
    public static final Key<Long> LOG_READ_AHEAD_BYTES = key(
            "log.read-ahead-bytes",
            bytes(4 * KIB, 64 * MIB),
            bytesText(LOG.readAheadBytes()),
            "how much is read from disk at once");
    public static final Key<Integer> LOG_SPARE_SEGMENTS = key(
            "log.spare-segments",
            count(0, 1_000),
            Integer.toString(LOG.spareSegments()),
            "journal files that are kept for use again");
    public static final Key<Long> LOG_CHECKPOINT_BYTES = key(
            "log.checkpoint-bytes",
            bytes(MIB, TIB),
            bytesText(LOG.checkpointBytes()),
            "journal bytes after which a checkpoint is taken");
    public static final Key<Long> LOG_CHECKPOINT_MS = key(
            "log.checkpoint-ms",
            millis(1_000, 86_400_000),
            LOG.checkpointMillis() / 1_000 + "s",
            "time after which a checkpoint is taken");
    public static final Key<Integer> LOG_LANE_FLUSH_MICROS_MAX = key(
            "log.lane-flush-micros-max",
            count(0, 1_000_000),
            Integer.toString(LOG.laneFlushMicrosMax()),
            "flushes no longer than this on average are done by the event loop itself; 0 for none");

    private Keys() {}

    /** All keys in the order of this table. */
    public static List<Key<?>> all() {
        return Collections.unmodifiableList(new ArrayList<>(BY_NAME.values()));
    }

    static @Nullable Key<?> named(String name) {
        return BY_NAME.get(name);
    }

    static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    private static <T> Key<T> key(String name, ValueType<T> type, String defaultText, String description) {
        Key<T> key = new Key<>(name, type, defaultText, description);
        BY_NAME.put(name, key);
        return key;
    }

    private static String bytesText(long bytes) {
        return bytes % MIB == 0 ? bytes / MIB + "MiB" : bytes / KIB + "KiB";
    }
}

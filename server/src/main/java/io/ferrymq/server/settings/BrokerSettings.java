package io.ferrymq.server.settings;

import io.ferrymq.amqp091.Amqp091Options;
import io.ferrymq.amqp091.Announcement;
import io.ferrymq.broker.BrokerOptions;
import io.netty.util.internal.PlatformDependent;

/**
 * Fills the options of {@code io.ferrymq.broker} and of the protocols.
 *
 * <p>Thread contract: stateless.
 */
public final class BrokerSettings {
    private BrokerSettings() {}

    /** The limits and budgets of the broker. */
    public static BrokerOptions broker(Settings settings) {
        BrokerOptions defaults = BrokerOptions.defaults();
        double memoryBytes = settings.get(Keys.MEMORY_BUDGET_BYTES) * settings.get(Keys.MEMORY_HIGH_WATERMARK);
        return new BrokerOptions(
                        settings.get(Keys.LIMITS_QUEUES),
                        (long) memoryBytes,
                        settings.get(Keys.DISK_FREE_MIN_BYTES),
                        defaults.pendingBytesMax(),
                        defaults.settleDelayMillis(),
                        settings.get(Keys.CELERY_REVOKED_TASKS),
                        settings.get(Keys.CELERY_REVOKED_MS),
                        defaults.loopbackUsers())
                .withMemory(share(Runtime.getRuntime().maxMemory()), share(PlatformDependent.maxDirectMemory()));
    }

    /** What is left over is for the young, for what is on its way, and for a checkpoint of all that there is. */
    private static long share(long bytes) {
        return bytes / 4 * 3;
    }

    /** What AMQP connections may do. */
    public static Amqp091Options amqp(Settings settings) {
        return Amqp091Options.standard()
                .withFrameMaxBytes(settings.get(Keys.LIMITS_FRAME_BYTES).intValue())
                .withChannelMax(settings.get(Keys.LIMITS_CHANNELS))
                .withHandshakeTimeoutMillis(settings.get(Keys.HANDSHAKE_TIMEOUT_MS))
                .withConsumerTimeoutMillis(consumerTimeoutMillis(settings.get(Keys.CONSUMER_TIMEOUT_MS)))
                .withHeartbeatSeconds(settings.get(Keys.HEARTBEAT_SECONDS))
                .withUnsettledMax(settings.get(Keys.LIMITS_UNSETTLED))
                .withMessageBytesMax(settings.get(Keys.LIMITS_MESSAGE_BYTES).intValue())
                .withAnnouncement(Announcement.standard().withClusterName(settings.get(Keys.CLUSTER_NAME)));
    }

    private static long consumerTimeoutMillis(long millis) {
        return millis == 0 ? Long.MAX_VALUE : millis;
    }
}

package io.ferrymq.server.settings;

import io.ferrymq.log.LogOptions;

/**
 * Fills the options of {@code io.ferrymq.log}.
 *
 * <p>Thread contract: stateless.
 */
public final class LogSettings {
    private LogSettings() {}

    /**
     * The options of one shard's log.
     *
     * @throws SettingsException if the sizes do not go together
     */
    public static LogOptions shard(Settings settings, int shard) throws SettingsException {
        if (settings.get(Keys.LOG_BATCH_BYTES) > settings.get(Keys.LOG_SEGMENT_BYTES) / 2) {
            throw new SettingsException("log.batch-bytes is more than half of log.segment-bytes; make it smaller");
        }
        return new LogOptions(
                shard,
                settings.get(Keys.LOG_SEGMENT_BYTES).intValue(),
                settings.get(Keys.LOG_BATCH_BYTES).intValue(),
                settings.get(Keys.LOG_TAIL_CACHE_BYTES),
                settings.get(Keys.LOG_TRANSIENT_CACHE_BYTES),
                settings.get(Keys.LOG_READ_AHEAD_BYTES).intValue(),
                settings.get(Keys.LOG_SPARE_SEGMENTS),
                settings.get(Keys.LOG_CHECKPOINT_BYTES),
                settings.get(Keys.LOG_CHECKPOINT_MS),
                settings.get(Keys.LOG_LANE_FLUSH_MICROS_MAX));
    }
}

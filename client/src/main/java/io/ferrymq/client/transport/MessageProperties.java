package io.ferrymq.client.transport;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a message says of itself. All but {@code headers} and {@code persistent} may be absent.
 *
 * @param headers text, whole numbers, Boolean, Double, BigDecimal, byte[], Instant, and lists and maps of these
 * @param persistent whether it outlives a restart of the broker in a durable queue
 * @param priority 0 to 255
 * @param expiration how long it may wait; whole milliseconds count
 * @param timestamp whole seconds count
 */
public record MessageProperties(
        @Nullable String contentType,
        @Nullable String contentEncoding,
        Map<String, @Nullable Object> headers,
        boolean persistent,
        @Nullable Integer priority,
        @Nullable String correlationId,
        @Nullable String replyTo,
        @Nullable Duration expiration,
        @Nullable String messageId,
        @Nullable Instant timestamp,
        @Nullable String type,
        @Nullable String userId,
        @Nullable String appId) {
    /** Persistent, and nothing else. */
    public static final MessageProperties NONE = new Builder().build();

    public MessageProperties {
        headers = headers.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with these properties. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.contentType = contentType;
        builder.contentEncoding = contentEncoding;
        builder.headers = headers;
        builder.persistent = persistent;
        builder.priority = priority;
        builder.correlationId = correlationId;
        builder.replyTo = replyTo;
        builder.expiration = expiration;
        builder.messageId = messageId;
        builder.timestamp = timestamp;
        builder.type = type;
        builder.userId = userId;
        builder.appId = appId;
        return builder;
    }

    /** Collects properties. One thread. */
    public static final class Builder {
        private @Nullable String contentType;
        private @Nullable String contentEncoding;
        private Map<String, @Nullable Object> headers = Map.of();
        private boolean persistent = true;
        private @Nullable Integer priority;
        private @Nullable String correlationId;
        private @Nullable String replyTo;
        private @Nullable Duration expiration;
        private @Nullable String messageId;
        private @Nullable Instant timestamp;
        private @Nullable String type;
        private @Nullable String userId;
        private @Nullable String appId;

        private Builder() {}

        public Builder contentType(@Nullable String value) {
            contentType = value;
            return this;
        }

        public Builder contentEncoding(@Nullable String value) {
            contentEncoding = value;
            return this;
        }

        public Builder headers(Map<String, ? extends @Nullable Object> values) {
            headers = new LinkedHashMap<>(values);
            return this;
        }

        public Builder header(String name, @Nullable Object value) {
            Map<String, @Nullable Object> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            headers = more;
            return this;
        }

        /** Has it forgotten at a restart of the broker, and confirmed without a disk. */
        public Builder transientMessage() {
            persistent = false;
            return this;
        }

        public Builder priority(@Nullable Integer value) {
            priority = value;
            return this;
        }

        public Builder correlationId(@Nullable String value) {
            correlationId = value;
            return this;
        }

        public Builder replyTo(@Nullable String value) {
            replyTo = value;
            return this;
        }

        public Builder expiration(@Nullable Duration value) {
            expiration = value;
            return this;
        }

        public Builder messageId(@Nullable String value) {
            messageId = value;
            return this;
        }

        public Builder timestamp(@Nullable Instant value) {
            timestamp = value;
            return this;
        }

        public Builder type(@Nullable String value) {
            type = value;
            return this;
        }

        public Builder userId(@Nullable String value) {
            userId = value;
            return this;
        }

        public Builder appId(@Nullable String value) {
            appId = value;
            return this;
        }

        public MessageProperties build() {
            return new MessageProperties(
                    contentType,
                    contentEncoding,
                    headers,
                    persistent,
                    priority,
                    correlationId,
                    replyTo,
                    expiration,
                    messageId,
                    timestamp,
                    type,
                    userId,
                    appId);
        }
    }
}

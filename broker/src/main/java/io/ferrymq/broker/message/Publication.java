package io.ferrymq.broker.message;

import io.ferrymq.broker.routing.Routable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way in, and what became of it. A session owns one and fills it anew for each message, so that
 * publishing creates nothing. Buffers stay the session's: {@link io.ferrymq.broker.Link#publish} takes what it needs
 * before it returns.
 */
public final class Publication implements Routable {
    /** No expiration was given. */
    public static final long NEVER = -1;

    /** The longest time to live, of a message or of a queue's messages: ten years, as in RabbitMQ. */
    public static final long EXPIRATION_MILLIS_MAX = 315_360_000_000L;

    /** What routing and the queues' limits made of it. */
    public enum Outcome {
        /** At least one queue took it, and none refused. */
        ACCEPTED,
        /** No queue is bound for it. */
        UNROUTED,
        /** A queue refused it because of a limit. */
        REJECTED
    }

    private final MessageFormat format;
    private ShortText exchange = ShortText.EMPTY;
    private ShortText routingKey = ShortText.EMPTY;
    private List<String> extraRoutingKeys = List.of();
    private List<String> secretRoutingKeys = List.of();
    private ByteBuf header = Unpooled.EMPTY_BUFFER;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private boolean persistent;
    private int priority;
    private long expirationMillis = NEVER;
    private long delayMillis;
    private long exchangeDelayMillis;
    private boolean delayed;
    private boolean owed;
    private long taskExpiresMillis = NEVER;
    private long replacedSequence;
    private long replacedDueMillis;
    private Outcome outcome = Outcome.UNROUTED;
    private long durableAt;

    public Publication(MessageFormat format) {
        this.format = format;
    }

    /** Sets where it goes. */
    public void address(ShortText exchange, ShortText routingKey, List<String> extraRoutingKeys) {
        address(exchange, routingKey, extraRoutingKeys, List.of());
    }

    /**
     * Sets where it goes.
     *
     * @param secretRoutingKeys those of the extra keys that no header shows; stored, so that they count when it dies
     */
    public void address(
            ShortText exchange, ShortText routingKey, List<String> extraRoutingKeys, List<String> secretRoutingKeys) {
        this.secretRoutingKeys = secretRoutingKeys;
        this.exchange = exchange;
        this.routingKey = routingKey;
        this.extraRoutingKeys = extraRoutingKeys;
    }

    /**
     * Sets what it is.
     *
     * @param header the protocol's own header bytes, kept as they are
     * @param body the payload
     */
    public void content(ByteBuf header, ByteBuf body) {
        this.header = header;
        this.body = body;
    }

    /**
     * Sets how it is kept, and that it is not delayed.
     *
     * @param persistent whether it survives a restart in durable queues
     * @param priority 0 to 255
     * @param expirationMillis time to live from now, at most {@link #EXPIRATION_MILLIS_MAX}, or {@link #NEVER}
     */
    public void terms(boolean persistent, int priority, long expirationMillis) {
        this.persistent = persistent;
        this.priority = priority;
        this.expirationMillis = expirationMillis;
        this.delayMillis = 0;
        this.exchangeDelayMillis = 0;
        this.taskExpiresMillis = NEVER;
    }

    /**
     * Sets how long it waits before it is routed.
     *
     * @param delayMillis at the exchange that it is published to, of whatever type; 0 for not at all
     * @param exchangeDelayMillis at an exchange that delays, if it comes to one; 0 for not at all
     */
    public void delays(long delayMillis, long exchangeDelayMillis) {
        this.delayMillis = delayMillis;
        this.exchangeDelayMillis = exchangeDelayMillis;
    }

    /** Set by the broker: it has waited as long as it asked for, and is not delayed again. */
    public void delayed() {
        delays(0, 0);
        delayed = true;
    }

    /** Set by the broker: it was confirmed before it was routed, so a queue that is full gets it later. */
    public void owed() {
        owed = true;
    }

    /** Set by the broker: when it expires as a task, milliseconds since 1970; {@link #NEVER} if it does not. */
    public void taskExpires(long atMillis) {
        taskExpiresMillis = atMillis;
    }

    /**
     * Set by the broker: storing it ends the wait of the delayed message that it was, in the same record.
     *
     * @param sequence of the delayed message's durable record; 0 if it replaces none, or none any more
     * @param dueMillis what that was to wait for
     */
    public void replaces(long sequence, long dueMillis) {
        replacedSequence = sequence;
        replacedDueMillis = dueMillis;
    }

    /** Set by the broker: what became of it, and the log sequence that must be durable before it may be confirmed. */
    public void decided(Outcome outcome, long durableAt) {
        this.outcome = outcome;
        this.durableAt = durableAt;
    }

    /** Set by the broker after {@link #decided}: a confirm waits for this sequence, too. */
    public void confirmedNotBefore(long sequence) {
        durableAt = Math.max(durableAt, sequence);
    }

    /** Set by the broker after {@link #decided}: it also waits somewhere for its time. */
    public void held(long heldAt) {
        confirmedNotBefore(heldAt);
        if (outcome == Outcome.UNROUTED) {
            outcome = Outcome.ACCEPTED;
        }
    }

    public Outcome outcome() {
        return outcome;
    }

    /** The log sequence to wait for before a confirm; 0 if there is nothing to wait for. */
    public long durableAt() {
        return durableAt;
    }

    public MessageFormat format() {
        return format;
    }

    public ShortText exchange() {
        return exchange;
    }

    public ShortText key() {
        return routingKey;
    }

    public ByteBuf header() {
        return header;
    }

    public ByteBuf body() {
        return body;
    }

    public boolean persistent() {
        return persistent;
    }

    public int priority() {
        return priority;
    }

    public long expirationMillis() {
        return expirationMillis;
    }

    public long delayMillis() {
        return delayMillis;
    }

    @Override
    public long exchangeDelayMillis() {
        return exchangeDelayMillis;
    }

    /** Whether it has waited as long as it asked for. */
    public boolean wasDelayed() {
        return delayed;
    }

    /** Whether no queue may refuse it for good. */
    public boolean isOwed() {
        return owed;
    }

    /** When it expires as a task; {@link #NEVER} if it does not, or no queue asked. */
    public long taskExpiresMillis() {
        return taskExpiresMillis;
    }

    /** The delayed message whose place it takes; 0 for none. */
    public long replacedSequence() {
        return replacedSequence;
    }

    public long replacedDueMillis() {
        return replacedDueMillis;
    }

    @Override
    public String routingKey() {
        return routingKey.text();
    }

    @Override
    public List<String> extraRoutingKeys() {
        return extraRoutingKeys;
    }

    public List<String> secretRoutingKeys() {
        return secretRoutingKeys;
    }

    @Override
    public Map<String, @Nullable Object> headers() {
        return format.headers(header);
    }

    @Override
    public @Nullable String property(String name) {
        return format.property(header, name);
    }
}

package io.ferrymq.log;

/** Told on the shard's lane, in order, how far the log is durable. */
@FunctionalInterface
public interface DurableListener {
    /** Every durable record up to and including {@code sequence} is flushed. */
    void durable(long sequence);
}

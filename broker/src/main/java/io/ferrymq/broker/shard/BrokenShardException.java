package io.ferrymq.broker.shard;

/** The shard's own code has failed, so that its state cannot be trusted: nothing more is asked of it. */
public final class BrokenShardException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    BrokenShardException(Throwable cause) {
        super("the broker's own state cannot be trusted any more", cause);
    }
}

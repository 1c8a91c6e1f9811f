package io.ferrymq.broker.simulation;

/** One task, as the client that published it knows it. */
final class Errand {
    /** Whether it was revoked. After a loss of power a client may not know. */
    enum Revoked {
        NO,
        MAYBE,
        YES
    }

    static final long NEVER = Long.MAX_VALUE;

    final int id;
    /** Both by the clock on the wall. */
    final long etaMillis;

    final long expiresMillis;
    /** When it expires in the broker's own time, as that was ahead of the clock at any time since it was published. */
    long expiresOwnMillisMin = Long.MAX_VALUE;

    long expiresOwnMillisMax;
    /** Whether its eta may have come, before the clock was set back. */
    boolean mayHaveCome;

    final boolean persistent;
    /** What the broker said must be durable before a confirm; 0 if nothing. */
    long durableAt;
    /** Whether the client knows that it is on disk, or that the process which has it goes on. */
    boolean certain;

    Revoked revoked = Revoked.NO;
    /** Whether that is on disk. */
    boolean revokedCertain;
    /** Whether a worker got it. */
    boolean received;
    /** Whether a worker got it, its caller was told that none will, or it was taken away. */
    boolean ended;
    /** Whether a purge ended it, if its caller had not been told before and only does not know yet. */
    boolean purged;
    /** Whether it ended, and that cannot be forgotten any more. */
    boolean over;
    /** Whether power was lost since it was published. */
    boolean old;

    Errand(int id, long etaMillis, long expiresMillis, boolean persistent) {
        this.id = id;
        this.etaMillis = etaMillis;
        this.expiresMillis = expiresMillis;
        this.persistent = persistent;
    }

    @Override
    public String toString() {
        return "task " + id + (persistent ? "" : " (transient)") + ", eta " + etaMillis
                + (expiresMillis == NEVER ? "" : ", expires at " + expiresMillis) + (certain ? ", certain" : "")
                + ", revoked: " + revoked + (ended ? ", ended" : "") + (over ? ", for good" : "");
    }
}

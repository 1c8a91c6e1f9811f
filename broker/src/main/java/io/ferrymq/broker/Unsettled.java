package io.ferrymq.broker;

/** A delivered message that its consumer has not answered yet. Handed back to {@link Link#settle}, once. */
public interface Unsettled {
    /** Nothing is said about a timeout. */
    long NO_TIMEOUT = -1;

    /** Milliseconds in which the queue wants it answered, or {@link #NO_TIMEOUT}. Sessions see to it. */
    long timeoutMillis();

    /** Body bytes, for windows that count bytes. */
    int bodyBytes();
}

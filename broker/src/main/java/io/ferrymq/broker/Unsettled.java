package io.ferrymq.broker;

/** A delivered message that its consumer has not answered yet. Handed back to {@link Link#settle}, once. */
public interface Unsettled {
    /** Body bytes, for windows that count bytes. */
    int bodyBytes();
}

package io.ferrymq.client;

/** Processes messages. Called on a thread of its own, on as many at a time as the subscription says; may block. */
@FunctionalInterface
public interface Handler<T> {
    /** Any exception is a failure of this attempt. */
    void handle(Received<T> message) throws Exception;
}

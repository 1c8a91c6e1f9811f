package io.ferrymq.client;

/** Answers requests. Called as a {@link Handler} is. */
@FunctionalInterface
public interface Answer<T, R> {
    /** Any exception becomes the requester's {@link RequestFailedException}. */
    R answer(T request) throws Exception;
}

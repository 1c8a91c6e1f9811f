package io.ferrymq.client;

import java.nio.charset.StandardCharsets;

/** How values become bodies of messages and back. Any thread. */
public interface Codec<T> {
    /** The content type that messages get. */
    String contentType();

    /**
     * The body for a value.
     *
     * @throws CodecException if the value cannot be encoded
     */
    byte[] encode(T value);

    /**
     * The value of a body.
     *
     * @throws CodecException if the bytes are no such value
     */
    T decode(byte[] body);

    /** The usual codec for a type: bytes as they are, text as UTF-8, anything else as JSON. */
    @SuppressWarnings("unchecked") // The classes are compared.
    static <T> Codec<T> of(Class<T> type) {
        if (type == byte[].class) {
            return (Codec<T>) bytes();
        }
        return type == String.class ? (Codec<T>) text() : json(type);
    }

    /** Bodies as they are; not copied. */
    static Codec<byte[]> bytes() {
        return new Codec<>() {
            @Override
            public String contentType() {
                return "application/octet-stream";
            }

            @Override
            public byte[] encode(byte[] value) {
                return value;
            }

            @Override
            public byte[] decode(byte[] body) {
                return body;
            }
        };
    }

    /** UTF-8. */
    static Codec<String> text() {
        return new Codec<>() {
            @Override
            public String contentType() {
                return "text/plain; charset=utf-8";
            }

            @Override
            public byte[] encode(String value) {
                return value.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String decode(byte[] body) {
                return new String(body, StandardCharsets.UTF_8);
            }
        };
    }

    /** JSON, by Jackson; records need no annotations. */
    static <T> Codec<T> json(Class<T> type) {
        return new JsonCodec<>(type);
    }
}

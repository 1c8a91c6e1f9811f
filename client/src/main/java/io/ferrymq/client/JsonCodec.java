package io.ferrymq.client;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** JSON by Jackson. Any thread. */
record JsonCodec<T>(Class<T> type) implements Codec<T> {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] encode(T value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new CodecException("a " + type.getSimpleName() + " that cannot be written as JSON", e);
        }
    }

    @Override
    public T decode(byte[] body) {
        T value;
        try {
            value = MAPPER.readValue(body, type);
        } catch (JacksonException e) {
            throw new CodecException("a body that is not a " + type.getSimpleName() + " in JSON", e);
        }
        if (value == null) {
            throw new CodecException("a body that is JSON's null", null);
        }
        return value;
    }
}

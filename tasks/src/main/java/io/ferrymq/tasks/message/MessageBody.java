package io.ferrymq.tasks.message;

import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of a message apart by its content type and its header {@code compression}. Only JSON is read: pickle
 * would run the sender's code, and is not needed by Celery since version 4.
 */
final class MessageBody {
    /** A body grows to at most this when it is unpacked, whatever it claims. */
    private static final int UNPACKED_BYTES_MAX = 64 << 20;

    /** What kombu calls gzip is zlib's format. */
    static final String ZLIB = "application/x-gzip";

    /** The header that says how a body is compressed. */
    static final String COMPRESSION = "compression";

    private MessageBody() {}

    static @Nullable Object read(WireMessage wire) {
        String type = wire.contentType().toLowerCase(Locale.ROOT);
        if (!type.equals(WireMessage.JSON)) {
            throw new BadMessageException("content of the type " + PythonRepr.of(type) + " is not accepted, only JSON");
        }
        String encoding = wire.contentEncoding().toLowerCase(Locale.ROOT);
        if (!encoding.isEmpty() && !encoding.equals(WireMessage.UTF_8)) {
            throw new BadMessageException(
                    "JSON in the encoding " + PythonRepr.of(encoding) + " is not read, only UTF-8");
        }
        return KombuJson.read(unpacked(wire));
    }

    private static byte[] unpacked(WireMessage wire) {
        Object compression = wire.headers().get(COMPRESSION);
        if (compression == null) {
            return wire.body();
        }
        if (!compression.equals(ZLIB)) {
            throw new BadMessageException("the compression " + PythonRepr.of(compression) + " is not known here");
        }
        return inflate(wire.body());
    }

    /**
     * Compresses a body as the header says; a null is no compression.
     *
     * @throws IllegalArgumentException if the compression is not known here
     */
    static byte[] packed(byte[] body, @Nullable Object compression) {
        if (compression == null) {
            return body;
        }
        if (!compression.equals(ZLIB)) {
            throw new IllegalArgumentException("the compression " + PythonRepr.of(compression) + " is not known here");
        }
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(body);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 2 + 64);
            byte[] piece = new byte[8 << 10];
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] inflate(byte[] packed) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            ByteArrayOutputStream out = new ByteArrayOutputStream(packed.length * 2);
            byte[] piece = new byte[8 << 10];
            while (!inflater.finished()) {
                int count = inflater.inflate(piece);
                if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new BadMessageException("a compressed body ends too early");
                }
                out.write(piece, 0, count);
                if (out.size() > UNPACKED_BYTES_MAX) {
                    throw new BadMessageException("a compressed body is larger than " + UNPACKED_BYTES_MAX + " bytes");
                }
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new BadMessageException("a compressed body is damaged", e);
        } finally {
            inflater.end();
        }
    }
}

package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The stored form of a list of texts that a reader may skip.
 *
 * <pre>
 *   varint  length in bytes of what follows
 *   text*   varint length in bytes, octets: see {@link Octets}
 * </pre>
 */
final class TextList {
    private TextList() {}

    static void encode(ByteBuf out, List<String> texts) {
        ByteBuf body = out.alloc().heapBuffer();
        try {
            for (String text : texts) {
                Octets.write(body, text);
            }
            Varint.write(out, body.readableBytes());
            out.writeBytes(body);
        } finally {
            body.release();
        }
    }

    /** Decodes a list whose length has been read already and which is the {@code length} bytes from {@code offset}. */
    static List<String> decode(ByteBuf buffer, int offset, int length) {
        ByteBuf in = buffer.slice(offset, length);
        List<String> texts = new ArrayList<>();
        while (in.isReadable()) {
            texts.add(Octets.read(in));
        }
        return List.copyOf(texts);
    }
}

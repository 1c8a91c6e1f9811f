package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The stored form of a list of texts that a reader may skip.
 *
 * <pre>
 *   varint  length in bytes of what follows
 *   text*   varint length in bytes, UTF-8
 * </pre>
 */
final class TextList {
    private TextList() {}

    static void encode(ByteBuf out, List<String> texts) {
        ByteBuf body = out.alloc().heapBuffer();
        try {
            for (String text : texts) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                Varint.write(body, utf8.length);
                body.writeBytes(utf8);
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
            texts.add(in.readCharSequence(Varint.readInt(in), StandardCharsets.UTF_8)
                    .toString());
        }
        return List.copyOf(texts);
    }
}

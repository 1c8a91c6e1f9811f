package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class ValueCodecProperties {
    @Property
    void whatIsReadBackIsWrittenAsTheSameBytes(@ForAll("tables") Map<String, @Nullable Object> table) {
        ByteBuf bytes = Unpooled.buffer();
        ValueCodec.writeTable(bytes, table);

        Map<String, @Nullable Object> read = ValueCodec.readTable(bytes.duplicate());

        ByteBuf again = Unpooled.buffer();
        ValueCodec.writeTable(again, read);
        assertThat(again).isEqualTo(bytes);
        assertThat(read.keySet()).containsExactlyElementsOf(table.keySet());
    }

    @Property
    void numbersOfAnySizeComeBack(@ForAll long number) {
        ByteBuf bytes = Unpooled.buffer();
        ValueCodec.writeVarint(bytes, number);

        assertThat(ValueCodec.readVarint(bytes)).isEqualTo(number);
        assertThat(bytes.isReadable()).isFalse();
    }

    @Provide
    Arbitrary<Map<String, @Nullable Object>> tables() {
        return Tables.any();
    }
}

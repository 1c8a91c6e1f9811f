package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FieldTableProperties {
    @Provide
    Arbitrary<Map<String, Object>> tables() {
        return FieldValues.tables();
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void readsWhatWasWritten(@ForAll("tables") Map<String, Object> table) {
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, table);

        assertThat(FieldTable.read(out)).matches(read -> Exactly.same(read, table));
        assertThat(out.isReadable()).isFalse();
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void writesWhatWasReadOctetForOctet(@ForAll("tables") Map<String, Object> table) {
        ByteBuf first = Unpooled.buffer();
        FieldTable.write(first, table);
        ByteBuf second = Unpooled.buffer();
        FieldTable.write(second, FieldTable.read(first.duplicate()));

        assertThat(second).isEqualTo(first);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void validatesWhatWasWritten(@ForAll("tables") Map<String, Object> table) {
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, table);

        assertThat(FieldTable.validate(out, 0, out.writerIndex())).isEqualTo(out.writerIndex());
    }
}

package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.message.Tables;
import io.ferrymq.broker.message.ValueCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class ArgumentValuesProperties {
    @Property
    void aCopyIsTheSameWhateverItsOrder(@ForAll("tables") Map<String, @Nullable Object> table) {
        Map<String, @Nullable Object> copy = reversed(throughBytes(table));

        assertThat(ArgumentValues.sameTables(table, copy)).isTrue();
        assertThat(ArgumentValues.sameTables(copy, table)).isTrue();
    }

    @Property
    void bothSidesAgree(
            @ForAll("tables") Map<String, @Nullable Object> one,
            @ForAll("tables") Map<String, @Nullable Object> other) {
        assertThat(ArgumentValues.sameTables(one, other)).isEqualTo(ArgumentValues.sameTables(other, one));
        for (Object value : one.values()) {
            for (Object otherValue : other.values()) {
                assertThat(ArgumentValues.same(value, otherValue)).isEqualTo(ArgumentValues.same(otherValue, value));
            }
        }
    }

    @Property
    void theWidthOfAnIntegerDoesNotCount(@ForAll short number, @ForAll short other) {
        boolean equal = number == other;
        assertThat(ArgumentValues.same(number, (int) other)).isEqualTo(equal);
        assertThat(ArgumentValues.same((int) number, (long) other)).isEqualTo(equal);
        assertThat(ArgumentValues.same((long) number, other)).isEqualTo(equal);
    }

    @Property
    void whatIsTheSameHashesAlike(@ForAll("tables") Map<String, @Nullable Object> table, @ForAll byte number) {
        Map<String, @Nullable Object> copy = throughBytes(table);
        table.forEach(
                (name, value) -> assertThat(StableHash.ofValue(copy.get(name))).isEqualTo(StableHash.ofValue(value)));
        assertThat(StableHash.ofValue(number)).isEqualTo(StableHash.ofValue((long) number));
        assertThat(StableHash.ofValue((float) number)).isEqualTo(StableHash.ofValue((double) number));
    }

    @Provide
    Arbitrary<Map<String, @Nullable Object>> tables() {
        return Tables.any();
    }

    private static Map<String, @Nullable Object> throughBytes(Map<String, @Nullable Object> table) {
        ByteBuf bytes = Unpooled.buffer();
        ValueCodec.writeTable(bytes, table);
        return ValueCodec.readTable(bytes);
    }

    private static Map<String, @Nullable Object> reversed(Map<String, @Nullable Object> table) {
        List<String> names = new ArrayList<>(table.keySet());
        Map<String, @Nullable Object> reversed = new LinkedHashMap<>();
        names.reversed().forEach(name -> reversed.put(name, table.get(name)));
        return reversed;
    }
}

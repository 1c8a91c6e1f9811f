package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.message.Tables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class ArgumentOrderProperties {
    @Property
    void whatIsTheSameIsEqualAndHashesAlike(@ForAll("tables") Map<String, @Nullable Object> table) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        new ArrayList<>(table.keySet()).reversed().forEach(name -> copy.put(name, widened(table.get(name))));

        assertThat(ArgumentOrder.compare(table, copy)).isZero();
        assertThat(ArgumentOrder.hash(table)).isEqualTo(ArgumentOrder.hash(copy));
    }

    @Property
    void onlyWhatIsTheSameIsEqual(
            @ForAll("tables") Map<String, @Nullable Object> one,
            @ForAll("tables") Map<String, @Nullable Object> other) {
        boolean same = ArgumentValues.sameTables(one, other);

        assertThat(ArgumentOrder.compare(one, other) == 0).isEqualTo(same);
        assertThat(Integer.signum(ArgumentOrder.compare(one, other)))
                .isEqualTo(-Integer.signum(ArgumentOrder.compare(other, one)));
    }

    @Property
    void sortsAnything(@ForAll("manyTables") List<Map<String, @Nullable Object>> tables) {
        List<Map<String, @Nullable Object>> sorted = new ArrayList<>(tables);
        sorted.sort(ArgumentOrder::compare);

        for (int i = 0; i < sorted.size(); i++) {
            for (int j = i; j < sorted.size(); j++) {
                assertThat(ArgumentOrder.compare(sorted.get(i), sorted.get(j))).isNotPositive();
            }
        }
    }

    @Provide
    Arbitrary<Map<String, @Nullable Object>> tables() {
        return Tables.any();
    }

    @Provide
    Arbitrary<List<Map<String, @Nullable Object>>> manyTables() {
        return Tables.any().list().ofMaxSize(8);
    }

    private static @Nullable Object widened(@Nullable Object value) {
        return switch (value) {
            case Byte number -> number.longValue();
            case Short number -> number.intValue();
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            case null, default -> value;
        };
    }
}

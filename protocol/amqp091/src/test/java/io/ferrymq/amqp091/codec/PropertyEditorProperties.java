package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PropertyEditorProperties {
    /** Property lists that have some properties, each with an arbitrary value. */
    @Provide
    Arbitrary<Map<BasicProperty, Object>> lists() {
        List<Arbitrary<Object>> values = Arrays.stream(BasicProperty.values())
                .map(property -> value(property).injectNull(0.5))
                .toList();
        return Combinators.combine(values).as(PropertyEditorProperties::present);
    }

    private static Map<BasicProperty, Object> present(List<Object> values) {
        Map<BasicProperty, Object> list = new EnumMap<>(BasicProperty.class);
        Iterator<Object> next = values.iterator();
        for (BasicProperty property : BasicProperty.values()) {
            Object value = next.next();
            if (value != null) {
                list.put(property, value);
            }
        }
        return list;
    }

    private static Arbitrary<Object> value(BasicProperty property) {
        return switch (property.kind()) {
            case SHORT_STRING -> FieldValues.shortStrings().asGeneric();
            case OCTET -> Arbitraries.integers().between(0, 255).asGeneric();
            case UINT64 -> Arbitraries.longs().asGeneric();
            case TABLE -> FieldValues.tables().asGeneric();
        };
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void showsWhatWasSet(@ForAll("lists") Map<BasicProperty, Object> list) {
        BasicProperties properties = view(editorOf(list));

        for (BasicProperty property : BasicProperty.values()) {
            assertThat(properties.has(property)).isEqualTo(list.containsKey(property));
        }
        assertThat(properties.correlationId().orElse(null)).isEqualTo(list.get(BasicProperty.CORRELATION_ID));
        assertThat(properties.clusterId().orElse(null)).isEqualTo(list.get(BasicProperty.CLUSTER_ID));
        assertThat(properties.timestampSecondsOr(5)).isEqualTo(list.getOrDefault(BasicProperty.TIMESTAMP, 5L));
        assertThat(properties.priorityOr(5)).isEqualTo(list.getOrDefault(BasicProperty.PRIORITY, 5));
        Object expected = list.getOrDefault(BasicProperty.HEADERS, Map.of());
        assertThat(properties.headers()).matches(headers -> Exactly.same(headers, expected));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void keepsEveryUntouchedPropertyOctetForOctet(
            @ForAll("lists") Map<BasicProperty, Object> list, @ForAll BasicProperty touched) {
        BasicProperties before = view(editorOf(list));
        BasicProperties after = view(PropertyEditor.of(before).remove(touched));

        assertThat(after.has(touched)).isFalse();
        for (BasicProperty property : list.keySet()) {
            if (property != touched) {
                assertThat(octets(after, property)).isEqualTo(octets(before, property));
            }
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void keepsEveryUntouchedHeader(@ForAll("lists") Map<BasicProperty, Object> list) {
        BasicProperties before = view(editorOf(list));
        BasicProperties after = view(PropertyEditor.of(before).header("x-first-death-reason", "expired"));
        Map<String, Object> expected = new HashMap<>(before.headers());
        expected.put("x-first-death-reason", "expired");

        assertThat(after.headers()).matches(headers -> Exactly.same(headers, expected));
        assertThat(after.header("x-first-death-reason")).contains("expired");
    }

    private static PropertyEditor editorOf(Map<BasicProperty, Object> list) {
        PropertyEditor editor = PropertyEditor.empty();
        list.forEach((property, value) -> set(editor, property, value));
        return editor;
    }

    @SuppressWarnings("unchecked")
    private static void set(PropertyEditor editor, BasicProperty property, Object value) {
        switch (property) {
            case HEADERS -> editor.headers((Map<String, Object>) value);
            case DELIVERY_MODE -> editor.deliveryMode((Integer) value);
            case PRIORITY -> editor.priority((Integer) value);
            case TIMESTAMP -> editor.timestampSeconds((Long) value);
            default -> editor.text(property, (String) value);
        }
    }

    private static BasicProperties view(PropertyEditor editor) {
        ByteBuf list = Unpooled.buffer();
        editor.write(list);
        BasicProperties.validate(list, 0, list.readableBytes());
        return new BasicProperties().wrap(list);
    }

    private static ByteBuf octets(BasicProperties properties, BasicProperty property) {
        int at = properties.indexOf(property);
        return properties.buffer().slice(at, property.skip(properties.buffer(), at) - at);
    }
}

package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Every method with arbitrary arguments; which methods there are, {@link MethodExample} knows. */
class MethodProperties {
    @Provide
    Arbitrary<Method> methods() {
        return Arbitraries.of(
                        MethodExample.all().map(e -> e.method().getClass()).toList())
                .flatMap(MethodProperties::recordsOf);
    }

    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void readsWhatWasWritten(@ForAll("methods") Method method) {
        ByteBuf out = Unpooled.buffer();
        method.encode(out);

        assertThat(Method.peekId(out, 0, out.readableBytes())).isEqualTo(method.id());
        Method read = Method.decode(out);
        assertThat(read).hasSameClassAs(method);
        assertThat(components(read)).matches(values -> Exactly.same(values, components(method)));
    }

    private static List<Object> components(Method method) {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : method.getClass().getRecordComponents()) {
            try {
                values.add(component.getAccessor().invoke(method));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(component.toString(), e);
            }
        }
        return values;
    }

    private static Arbitrary<Method> recordsOf(Class<? extends Method> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components.length == 0) {
            return Arbitraries.create(() -> create(type, components, List.of()));
        }
        List<Arbitrary<Object>> arguments =
                Arrays.stream(components).map(MethodProperties::argument).toList();
        return Combinators.combine(arguments).as(values -> create(type, components, values));
    }

    private static Method create(Class<? extends Method> type, RecordComponent[] components, List<Object> values) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<? extends Method> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }

    private static Arbitrary<Object> argument(RecordComponent component) {
        Class<?> type = component.getType();
        String name = component.getName();
        if (type == int.class) {
            return Arbitraries.integers()
                    .between(0, name.startsWith("version") ? 0xFF : 0xFFFF)
                    .asGeneric();
        }
        if (type == long.class) {
            return name.equals("deliveryTag")
                    ? Arbitraries.longs().asGeneric()
                    : Arbitraries.longs().between(0, 0xFFFF_FFFFL).asGeneric();
        }
        return switch (type.getSimpleName()) {
            case "boolean" -> Arbitraries.of(true, false).asGeneric();
            case "String" -> FieldValues.shortStrings().asGeneric();
            case "LongString" -> FieldValues.longStrings().asGeneric();
            case "Map" -> FieldValues.tables().map(Map.class::cast).asGeneric();
            default -> throw new AssertionError(type);
        };
    }
}

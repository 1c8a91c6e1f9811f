package io.ferrymq.tasks;

import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.KombuJson;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a body takes, and how the arguments of a call become that. Immutable. */
final class Parameters {
    /**
     * One parameter.
     *
     * @param name by which a call may give it; null for by place alone
     * @param defaultText what it is if a call does not give it: text for a text, else JSON; null for no default
     */
    record Parameter(
            @Nullable String name,
            Type type,
            Nulls nulls,
            @Nullable String defaultText) {}

    /** Whether null is a value. */
    enum Nulls {
        TAKEN,
        REFUSED
    }

    private final List<Parameter> parameters;
    private final Set<String> names = new HashSet<>();

    Parameters(List<Parameter> parameters) {
        this.parameters = List.copyOf(parameters);
        for (Parameter parameter : parameters) {
            if (parameter.name != null && !names.add(parameter.name)) {
                throw new IllegalArgumentException("two parameters of the name " + parameter.name);
            }
            if (parameter.defaultText != null) {
                // Shows a wrong default when the task is defined, not when it is called.
                Object unused = defaultOf(parameter);
            }
        }
    }

    /** Parameters without names, which take no null. */
    static Parameters ofTypes(Class<?>... types) {
        return new Parameters(Arrays.stream(types)
                .map(type -> new Parameter(null, Call.boxed(type), Nulls.REFUSED, null))
                .toList());
    }

    /**
     * The values for a call, in the order of the parameters.
     *
     * @throws WrongArgumentsException if the call gives too many or too few, an unknown name, or a value of a wrong type
     */
    @Nullable Object[] bind(Call call) {
        List<@Nullable Object> args = call.args();
        if (args.size() > parameters.size()) {
            throw wrong(call, "takes " + count(parameters.size()) + ", and the call gives " + args.size(), null);
        }
        for (String name : call.kwargs().keySet()) {
            if (!names.contains(name)) {
                String problem = names.isEmpty() && !parameters.isEmpty()
                        ? "takes arguments by place alone, and the call gives '" + name + "' by name"
                        : "has no argument of the name '" + name + "'";
                throw wrong(call, problem, null);
            }
        }
        @Nullable Object[] values = new @Nullable Object[parameters.size()];
        for (int place = 0; place < values.length; place++) {
            values[place] = value(call, place);
        }
        return values;
    }

    private @Nullable Object value(Call call, int place) {
        Parameter parameter = parameters.get(place);
        boolean byPlace = place < call.args().size();
        boolean byName = parameter.name != null && call.kwargs().containsKey(parameter.name);
        if (byPlace && byName) {
            throw wrong(call, "got " + label(place, parameter) + " twice, by place and by name", null);
        }
        if (!byPlace && !byName) {
            return missing(call, place, parameter);
        }
        try {
            Object given = byPlace ? call.args().get(place) : call.kwargs().get(parameter.name);
            Object value = KombuJson.convert(given, parameter.type);
            if (value == null && isOptional(parameter.type)) {
                return Optional.empty();
            }
            if (value == null && parameter.nulls == Nulls.REFUSED) {
                throw wrong(call, "takes no null for " + label(place, parameter), null);
            }
            return value;
        } catch (BadMessageException e) {
            throw wrong(call, "got a wrong " + label(place, parameter) + ": " + e.getMessage(), e);
        }
    }

    private @Nullable Object missing(Call call, int place, Parameter parameter) {
        if (parameter.defaultText != null) {
            return defaultOf(parameter);
        }
        if (isOptional(parameter.type)) {
            return Optional.empty();
        }
        throw wrong(
                call,
                "needs " + label(place, parameter) + "; it takes " + count(parameters.size()) + " " + signature(),
                null);
    }

    private static @Nullable Object defaultOf(Parameter parameter) {
        String text = String.valueOf(parameter.defaultText);
        return parameter.type == String.class
                ? text
                : KombuJson.convert(KombuJson.read(text.getBytes(StandardCharsets.UTF_8)), parameter.type);
    }

    private static boolean isOptional(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    }

    private static String label(int place, Parameter parameter) {
        return parameter.name == null ? "argument " + (place + 1) : "argument '" + parameter.name + "'";
    }

    private static String count(int arguments) {
        return arguments == 0 ? "no arguments" : arguments == 1 ? "1 argument" : arguments + " arguments";
    }

    private String signature() {
        return parameters.stream()
                .map(parameter ->
                        (parameter.name == null ? "" : parameter.name + ": ") + withoutPackages(parameter.type))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String withoutPackages(Type type) {
        return type.getTypeName().replaceAll("(?:\\w+[.$])+", "");
    }

    private static WrongArgumentsException wrong(Call call, String problem, @Nullable Throwable cause) {
        return new WrongArgumentsException(call.task() + " " + problem, cause);
    }
}

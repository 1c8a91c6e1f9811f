package io.ferrymq.tasks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the methods of an object that are tasks, and makes definitions of them. */
final class TaskMethods {
    /** A method that is a task. */
    record Found(Tasks.Definition definition, Class<?> result) {}

    private TaskMethods() {}

    /**
     * The tasks of an object, or of a class with static methods, in the order of their names.
     *
     * @throws IllegalArgumentException if there is none, or one cannot be a task
     */
    static List<Found> of(Object target) {
        boolean isClass = target instanceof Class<?>;
        Class<?> type = target instanceof Class<?> given ? given : target.getClass();
        Map<String, Method> methods = new LinkedHashMap<>();
        collect(type, methods);
        List<Found> found = new ArrayList<>();
        for (Method method : methods.values()) {
            if (!isClass || Modifier.isStatic(method.getModifiers())) {
                found.add(found(method, isClass ? null : target));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    type.getName() + " has no " + (isClass ? "static " : "") + "method with @TaskMethod");
        }
        found.sort((one, other) -> one.definition.name().compareTo(other.definition.name()));
        return found;
    }

    /** The nearest annotated one of those that override each other; a subclass made at run time has no annotations. */
    private static void collect(@Nullable Class<?> type, Map<String, Method> methods) {
        if (type == null) {
            return;
        }
        for (Method method : type.getDeclaredMethods()) {
            if (method.isAnnotationPresent(TaskMethod.class) && !method.isBridge()) {
                methods.putIfAbsent(method.getName() + Arrays.toString(method.getParameterTypes()), method);
            }
        }
        collect(type.getSuperclass(), methods);
        for (Class<?> implemented : type.getInterfaces()) {
            collect(implemented, methods);
        }
    }

    private static Found found(Method method, @Nullable Object target) {
        TaskMethod rules = method.getAnnotation(TaskMethod.class);
        String owner = method.getDeclaringClass().getSimpleName();
        String name = rules.name().isEmpty()
                ? owner.substring(0, 1).toLowerCase(Locale.ROOT) + owner.substring(1) + "." + method.getName()
                : rules.name();
        try {
            method.setAccessible(true);
            return new Found(new Tasks.Definition(name, options(rules), body(method, target)), method.getReturnType());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(method + " cannot be a task: " + e.getMessage(), e);
        }
    }

    // ---- rules ----

    private static TaskOptions options(TaskMethod rules) {
        TaskOptions.Builder options = TaskOptions.builder()
                .queue(rules.queue())
                .retriesMax(rules.retriesMax())
                .retryDelay(duration(rules.retryDelaySeconds()), duration(rules.retryDelayMaxSeconds()))
                .retryJitter(rules.retryJitter())
                .acknowledge(rules.acknowledge());
        Arrays.stream(rules.retryFor()).forEach(options::retryFor);
        Arrays.stream(rules.dontRetryFor()).forEach(options::dontRetryFor);
        if (rules.softLimitSeconds() != 0) {
            options.softLimit(duration(rules.softLimitSeconds()));
        }
        if (rules.hardLimitSeconds() != 0) {
            options.hardLimit(duration(rules.hardLimitSeconds()));
        }
        if (rules.expiresSeconds() != 0) {
            options.expires(duration(rules.expiresSeconds()));
        }
        if (rules.priority() != -1) {
            options.priority(rules.priority());
        }
        if (rules.ignoreResult()) {
            options.ignoreResult();
        }
        if (!rules.rateLimit().isEmpty()) {
            options.rateLimit(rules.rateLimit());
        }
        if (rules.trackStarted()) {
            options.trackStarted();
        }
        options.resultBytesMax(rules.resultBytesMax());
        if (rules.storeResultSeconds() != 0) {
            options.storeResult(duration(rules.storeResultSeconds()));
        }
        if (rules.uniqueForSeconds() != 0) {
            options.uniqueFor(duration(rules.uniqueForSeconds()));
        }
        options.workerLossesMax(rules.workerLossesMax());
        Arrays.stream(rules.headers()).forEach(header -> addHeader(options, header));
        if (rules.listener() != TaskListener.class) {
            options.listener(listener(rules.listener()));
        }
        return options.build();
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    private static void addHeader(TaskOptions.Builder options, String header) {
        int equals = header.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("a header is name=value, and not '" + header + "'");
        }
        options.header(header.substring(0, equals), header.substring(equals + 1));
    }

    private static TaskListener listener(Class<? extends TaskListener> type) {
        try {
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("its listener cannot be made: " + e, e);
        }
    }

    // ---- body ----

    private static TaskBody body(Method method, @Nullable Object target) {
        Parameter[] all = method.getParameters();
        List<Parameters.Parameter> taken = new ArrayList<>();
        for (Parameter parameter : all) {
            if (parameter.getType() != Call.class) {
                taken.add(taken(parameter));
            }
        }
        Parameters parameters = new Parameters(taken);
        return call -> {
            Iterator<@Nullable Object> bound =
                    Arrays.asList(parameters.bind(call)).iterator();
            return invoke(method, target, withCall(all, bound, call));
        };
    }

    private static Parameters.Parameter taken(Parameter parameter) {
        @Nullable Argument rules = parameter.getAnnotation(Argument.class);
        String own = parameter.isNamePresent() ? parameter.getName() : null;
        boolean hasDefault = rules != null && rules.defaultsTo().length > 0;
        return new Parameters.Parameter(
                rules == null || rules.name().isEmpty() ? own : rules.name(),
                parameter.getParameterizedType(),
                parameter.getType().isPrimitive() ? Parameters.Nulls.REFUSED : Parameters.Nulls.TAKEN,
                hasDefault && rules != null ? rules.defaultsTo()[0] : null);
    }

    private static @Nullable Object[] withCall(Parameter[] all, Iterator<@Nullable Object> bound, Call call) {
        @Nullable Object[] arguments = new @Nullable Object[all.length];
        for (int i = 0; i < all.length; i++) {
            arguments[i] = all[i].getType() == Call.class ? call : bound.next();
        }
        return arguments;
    }

    private static @Nullable Object invoke(Method method, @Nullable Object target, @Nullable Object[] arguments)
            throws Exception {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }
}

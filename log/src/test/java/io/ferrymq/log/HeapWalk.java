package io.ferrymq.log;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is reachable from an object, and what it takes on the heap of a virtual machine with compact headers, so that
 * tests can compare what is counted with what is there. Lambdas and objects of other libraries are not looked into.
 */
public final class HeapWalk {
    private static final int HEADER_BYTES = 8;
    private static final int ARRAY_HEADER_BYTES = 12;
    private static final int REFERENCE_BYTES = 4;
    private static final int ENTRY_BYTES = 48;
    private static final int TEXT_BYTES = 24;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> pending = new ArrayDeque<>();
    private long bytes;

    private HeapWalk() {}

    /** Walks from {@code roots}, but not to or through any of {@code strangers}. */
    private static HeapWalk of(Collection<?> roots, Collection<?> strangers) {
        HeapWalk walk = new HeapWalk();
        walk.seen.addAll(strangers);
        roots.forEach(walk::reach);
        while (!walk.pending.isEmpty()) {
            walk.visit(walk.pending.pop());
        }
        walk.seen.removeAll(strangers);
        return walk;
    }

    /** Bytes of all that is reachable from {@code root}, but not through any of {@code strangers}. */
    public static long bytes(Object root, Object... strangers) {
        return of(Set.of(root), Set.of(strangers)).bytes;
    }

    /** How many objects of a class are reachable. */
    public static long count(Object root, Class<?> type) {
        return of(Set.of(root), Set.of()).seen.stream().filter(type::isInstance).count();
    }

    private void reach(@Nullable Object object) {
        if (object != null && !(object instanceof Enum) && !(object instanceof Class) && seen.add(object)) {
            pending.push(object);
        }
    }

    private void visit(Object object) {
        switch (object) {
            case String text -> bytes += TEXT_BYTES + aligned(ARRAY_HEADER_BYTES + charBytes(text) * text.length());
            case Map<?, ?> map -> {
                bytes += ENTRY_BYTES + (long) ENTRY_BYTES * map.size();
                map.keySet().forEach(this::reach);
                map.values().forEach(this::reach);
            }
            case Collection<?> collection -> {
                bytes += ENTRY_BYTES + (long) REFERENCE_BYTES * collection.size();
                collection.forEach(this::reach);
            }
            default -> visitFields(object);
        }
    }

    private void visitFields(Object object) {
        Class<?> type = object.getClass();
        if (type.isArray()) {
            visitArray(object, type.getComponentType());
            return;
        }
        long own = HEADER_BYTES;
        boolean ours = type.getName().startsWith("io.ferrymq.") && !type.isHidden();
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            for (Field field : level.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    own += bytesOf(field.getType());
                    follow(object, field, ours);
                }
            }
        }
        bytes += aligned(own);
    }

    private void follow(Object object, Field field, boolean ours) {
        if (!ours || field.getType().isPrimitive()) {
            return;
        }
        try {
            AccessibleObject.setAccessible(new AccessibleObject[] {field}, true);
            reach(field.get(object));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private void visitArray(Object array, Class<?> component) {
        int length = Array.getLength(array);
        bytes += aligned(ARRAY_HEADER_BYTES + (long) length * bytesOf(component));
        for (int i = 0; !component.isPrimitive() && i < length; i++) {
            reach(Array.get(array, i));
        }
    }

    private static int bytesOf(Class<?> type) {
        if (!type.isPrimitive()) {
            return REFERENCE_BYTES;
        }
        return switch (type.getName()) {
            case "long", "double" -> 8;
            case "int", "float" -> 4;
            case "short", "char" -> 2;
            default -> 1;
        };
    }

    private static long charBytes(String text) {
        return text.chars().allMatch(character -> character <= 0xFF) ? 1 : 2;
    }

    private static long aligned(long length) {
        return (length + 7) / 8 * 8;
    }
}

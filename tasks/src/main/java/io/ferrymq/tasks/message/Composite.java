package io.ferrymq.tasks.message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Signatures that stand for several, in Celery's form, and the plain ones that workers of any kind make of them.
 *
 * <pre>
 *   a, then b                     a with option chain = [b]                     (what comes next stands last)
 *   a, then b and c               a with option link = [b, c]
 *   b and c, then d (a chord)     a call of {@link ChordMessages} that holds b, c and d
 * </pre>
 *
 * <p>Members of a chord tell its queue how they ended with a callback ({@code link}) at their last step, and one for
 * failures ({@code link_error}) at every step.
 *
 * <p>Thread contract: stateless.
 */
public final class Composite {
    private static final String CHAIN = "chain";
    private static final String GROUP = "group";
    private static final String CHORD = "chord";
    private static final String LINK = "link";
    private static final String LINK_ERROR = "link_error";
    private static final String TASK_ID = "task_id";
    private static final String GROUP_ID = "group_id";

    /** Composites in composites; what is deeper is refused. */
    private static final int DEPTH_MAX = 100;

    private Composite() {}

    /** Callbacks that what is made plain gets: at its last step, and at every step for its failure. */
    private record Ends(List<Object> links, List<Object> errors, int depth) {
        private static final Ends NONE = new Ends(List.of(), List.of(), 0);

        private Ends errorsOnly() {
            return new Ends(List.of(), errors, depth);
        }

        private Ends deeper() {
            if (depth == DEPTH_MAX) {
                throw new BadMessageException("chains and groups are nested deeper than " + DEPTH_MAX);
            }
            return new Ends(links, errors, depth + 1);
        }

        private Ends plus(Signature composite) {
            return new Ends(joined(links, list(composite, LINK)), joined(errors, list(composite, LINK_ERROR)), depth);
        }
    }

    /** One after the other. */
    public static Signature chain(List<Signature> steps) {
        return steps.size() == 1
                ? steps.get(0)
                : new Signature("celery.chain", List.of(), Map.of("tasks", maps(steps)), Map.of(), CHAIN, false);
    }

    /** At the same time. */
    public static Signature group(String id, List<Signature> members) {
        return new Signature(
                "celery.group", List.of(), Map.of("tasks", maps(members)), Map.of(TASK_ID, id), GROUP, false);
    }

    private static List<Map<String, @Nullable Object>> maps(List<Signature> signatures) {
        return signatures.stream().map(Signature::toMap).toList();
    }

    /**
     * The plain calls that come first, with all others in their options.
     *
     * @throws BadMessageException if a part of it is no signature
     */
    public static List<Signature> firsts(Signature signature) {
        return plain(signature, List.of(), Ends.NONE);
    }

    /** @param next the plain calls that come first after it, each with its result */
    private static List<Signature> plain(Signature signature, List<Signature> next, Ends ends) {
        String type = signature.subtaskType();
        if (CHAIN.equals(type)) {
            return steps(parts(signature, "tasks"), next, ends.plus(signature).deeper());
        }
        if (GROUP.equals(type)) {
            return group(signature, next, ends.deeper());
        }
        if (CHORD.equals(type)) {
            return chord(signature, next, ends.deeper());
        }
        return List.of(followed(withEnds(signature, next.isEmpty() ? ends : ends.errorsOnly()), next));
    }

    private static List<Signature> steps(List<Signature> steps, List<Signature> last, Ends ends) {
        List<Signature> next = last;
        for (int i = steps.size() - 1; i >= 0; i--) {
            next = plain(steps.get(i), next, next.isEmpty() ? ends : ends.errorsOnly());
        }
        return next;
    }

    private static List<Signature> group(Signature group, List<Signature> next, Ends ends) {
        if (!next.isEmpty()) {
            return List.of(chordCall(group.textOption(TASK_ID), members(group, ends), next, ends));
        }
        List<Signature> firsts = new ArrayList<>();
        for (Signature member : numbered(group.textOption(TASK_ID), members(group, ends))) {
            firsts.addAll(plain(member, List.of(), ends.plus(group)));
        }
        return firsts;
    }

    private static List<Signature> chord(Signature chord, List<Signature> next, Ends ends) {
        Object header = chord.kwargs().get("header");
        List<Signature> members = header instanceof List<?> list
                ? list.stream().map(Signature::fromMap).toList()
                : List.of(Signature.fromMap(header));
        List<Signature> flat = new ArrayList<>();
        members.forEach(member -> flat.addAll(members(member, ends)));
        List<Signature> body = plain(Signature.fromMap(chord.kwargs().get("body")), next, ends.plus(chord));
        return List.of(chordCall(chord.textOption(TASK_ID), flat, body, ends));
    }

    /** A group in a group is as good as its members. */
    private static List<Signature> members(Signature member, Ends ends) {
        if (!GROUP.equals(member.subtaskType())) {
            return List.of(member);
        }
        List<Signature> all = new ArrayList<>();
        parts(member, "tasks").forEach(inner -> all.addAll(members(inner, ends.deeper())));
        return all;
    }

    private static Signature chordCall(
            @Nullable String given, List<Signature> members, List<Signature> bodies, Ends around) {
        String id = given == null ? UUID.randomUUID().toString() : given;
        List<Signature> header = new ArrayList<>();
        for (Signature member : numbered(id, members)) {
            Ends ends = new Ends(
                    List.of(ChordMessages.part(id, header.size()).toMap()),
                    List.of(ChordMessages.failure(id, header.size()).toMap()),
                    around.depth);
            List<Signature> firsts = plain(member, List.of(), ends);
            if (firsts.size() != 1) {
                throw new BadMessageException("a chain in a chord does not end with one call");
            }
            header.add(firsts.get(0));
        }
        return ChordMessages.begin(id, header, bodies);
    }

    /** Where in the group each member is. */
    private static List<Signature> numbered(@Nullable String id, List<Signature> members) {
        List<Signature> numbered = new ArrayList<>();
        for (Signature member : members) {
            numbered.add(
                    member.subtaskType() != null || id == null
                            ? member
                            : member.withOption(GROUP_ID, id).withOption("group_index", numbered.size()));
        }
        return numbered;
    }

    private static Signature followed(Signature first, List<Signature> next) {
        if (next.isEmpty()) {
            return first;
        }
        if (next.size() > 1) {
            return first.withOption(LINK, joined(list(first, LINK), maps(next)));
        }
        Signature only = next.get(0);
        // From the end: what comes after the next step, the next step, what the first brings along itself.
        List<Object> chain = new ArrayList<>(list(only, CHAIN));
        chain.add(only.withoutOption(CHAIN).toMap());
        chain.addAll(list(first, CHAIN));
        return first.withOption(CHAIN, Collections.unmodifiableList(chain));
    }

    private static Signature withEnds(Signature signature, Ends ends) {
        Signature more = signature;
        if (!ends.links.isEmpty()) {
            more = more.withOption(LINK, joined(list(signature, LINK), ends.links));
        }
        if (!ends.errors.isEmpty()) {
            more = more.withOption(LINK_ERROR, joined(list(signature, LINK_ERROR), ends.errors));
        }
        return more;
    }

    private static List<Object> joined(List<?> some, List<?> more) {
        List<Object> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static List<?> list(Signature signature, String option) {
        Object value = signature.options().get(option);
        return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
    }

    private static List<Signature> parts(Signature composite, String name) {
        return composite.kwargs().get(name) instanceof List<?> list
                ? list.stream().map(Signature::fromMap).toList()
                : List.of();
    }
}

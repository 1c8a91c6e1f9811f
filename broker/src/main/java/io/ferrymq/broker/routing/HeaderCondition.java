package io.ferrymq.broker.routing;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a binding of a headers exchange asks of a message's headers, read once from its arguments.
 *
 * <pre>
 *  x-match      takes a message that has        arguments that begin with x-
 *  all          every header asked for          are left out
 *  any          at least one                    are left out
 *  all-with-x   every header asked for          count, x-match itself excepted
 *  any-with-x   at least one                    count, x-match itself excepted
 * </pre>
 *
 * <p>Absent {@code x-match} is {@code all}. An argument without a value asks only that the header is there. A condition
 * that asks for nothing is met by every message if it wants all, and by none if it wants any.
 */
final class HeaderCondition {
    private static final String MATCH = "x-match";
    private static final List<String> MATCHES = List.of("all", "any", "all-with-x", "any-with-x");

    /** A header asked for, with what its value {@linkplain HeaderValue counts as}; null if any value will do. */
    record Wish(String header, @Nullable Object value) {}

    private final boolean wantsAll;
    private final List<Wish> wishes;

    private HeaderCondition(boolean wantsAll, List<Wish> wishes) {
        this.wantsAll = wantsAll;
        this.wishes = wishes;
    }

    /** Refuses an {@code x-match} that is none of the four. */
    static void requireValid(Resource exchange, Map<String, @Nullable Object> arguments) {
        if (!arguments.containsKey(MATCH)) {
            return;
        }
        Object match = arguments.get(MATCH);
        if (!(match instanceof String text)) {
            throw invalid(exchange, match, new ValueProblem.WrongType(ValueProblem.ArgumentType.TEXT));
        }
        if (!MATCHES.contains(text)) {
            throw invalid(exchange, match, new ValueProblem.NotOneOf(MATCHES));
        }
    }

    private static RefusedException invalid(Resource exchange, @Nullable Object match, ValueProblem problem) {
        return new RefusedException(new Refusal.InvalidArgument(exchange, MATCH, match, problem));
    }

    static HeaderCondition of(Map<String, @Nullable Object> arguments) {
        String match = arguments.get(MATCH) instanceof String text ? text : "all";
        boolean withX = match.endsWith("-with-x");
        List<Wish> wishes = new ArrayList<>();
        arguments.forEach((name, value) -> {
            boolean counts = withX ? !name.equals(MATCH) : !name.startsWith("x-");
            if (counts) {
                wishes.add(new Wish(name, value == null ? null : HeaderValue.of(value)));
            }
        });
        return new HeaderCondition(match.startsWith("all"), wishes);
    }

    boolean wantsAll() {
        return wantsAll;
    }

    /** What it asks for; each header once. */
    List<Wish> wishes() {
        return wishes;
    }
}

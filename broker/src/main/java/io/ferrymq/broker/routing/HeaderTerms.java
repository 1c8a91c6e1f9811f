package io.ferrymq.broker.routing;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All terms that the conditions of an exchange ask for, by header and value. */
final class HeaderTerms {
    private final Map<String, Named> byHeader = new HashMap<>();
    private long lastNumber;

    /** The term for a wish, made if need be; counts one more use of it. */
    HeaderTerm use(HeaderCondition.Wish wish) {
        Named named = byHeader.computeIfAbsent(wish.header(), _ -> new Named());
        HeaderTerm term = named.term(wish.value());
        if (term == null) {
            term = new HeaderTerm(wish, ++lastNumber);
            named.put(term);
        }
        term.uses++;
        return term;
    }

    /** Ends one use of a term; one without uses goes. */
    void release(HeaderTerm term) {
        if (--term.uses == 0) {
            Named named = byHeader.get(term.header);
            if (named == null) {
                throw new IllegalStateException("no term asks for " + term.header);
            }
            named.remove(term);
            if (named.isEmpty()) {
                byHeader.remove(term.header);
            }
        }
    }

    boolean isEmpty() {
        return byHeader.isEmpty();
    }

    /** The terms about a header; null if there is none. */
    @Nullable Named of(String header) {
        return byHeader.get(header);
    }

    /** The terms about one header. Values of each class have a map of their own, in which all can be compared. */
    static final class Named {
        private @Nullable HeaderTerm anyValue;
        private final Map<Class<?>, Map<Object, HeaderTerm>> byValue = new HashMap<>(2);

        /** The term that is content with any value, if there is one. */
        @Nullable HeaderTerm anyValue() {
            return anyValue;
        }

        /** The term that asks for what a message's value counts as, if there is one. */
        @Nullable HeaderTerm meeting(@Nullable Object value) {
            return value == null || byValue.isEmpty() ? null : term(HeaderValue.of(value));
        }

        private @Nullable HeaderTerm term(@Nullable Object counted) {
            return counted == null
                    ? anyValue
                    : byValue.getOrDefault(counted.getClass(), Map.of()).get(counted);
        }

        private void put(HeaderTerm term) {
            if (term.value == null) {
                anyValue = term;
            } else {
                byValue.computeIfAbsent(term.value.getClass(), _ -> new HashMap<>(2))
                        .put(term.value, term);
            }
        }

        private void remove(HeaderTerm term) {
            if (term.value == null) {
                anyValue = null;
                return;
            }
            Map<Object, HeaderTerm> values = byValue.getOrDefault(term.value.getClass(), Map.of());
            values.remove(term.value);
            if (values.isEmpty()) {
                byValue.remove(term.value.getClass());
            }
        }

        private boolean isEmpty() {
            return anyValue == null && byValue.isEmpty();
        }
    }
}

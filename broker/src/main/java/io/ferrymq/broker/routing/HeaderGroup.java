package io.ferrymq.broker.routing;

import java.util.Arrays;

/**
 * The routes that have one condition, which is asked once for all of them.
 *
 * <p>A condition that wants any of its terms stands at each of them. One that wants all stands only at the term that
 * fewest others stand at, and is looked at when that is there.
 */
final class HeaderGroup {
    final RouteSet routes = new RouteSet();

    private final boolean wantsAll;
    private final HeaderTerm[] terms;

    /** The terms that it stands at, and its places there. */
    private final HeaderTerm[] stands;

    private final int[] places;
    private long followed;

    HeaderGroup(boolean wantsAll, HeaderTerm[] terms) {
        this.wantsAll = wantsAll;
        this.terms = terms;
        this.stands = wantsAll && terms.length > 1 ? new HeaderTerm[] {rarest(terms)} : terms;
        this.places = new int[stands.length];
        for (int i = 0; i < stands.length; i++) {
            places[i] = stands[i].add(this);
        }
    }

    private static HeaderTerm rarest(HeaderTerm[] terms) {
        HeaderTerm rarest = terms[0];
        for (HeaderTerm term : terms) {
            boolean isBetter = term.groupCount() < rarest.groupCount()
                    || (term.groupCount() == rarest.groupCount() && term.uses < rarest.uses);
            rarest = isBetter ? term : rarest;
        }
        return rarest;
    }

    HeaderTerm[] terms() {
        return terms;
    }

    void leave() {
        for (int i = 0; i < stands.length; i++) {
            stands[i].removeAt(places[i]);
        }
    }

    void moved(HeaderTerm term, int from, int to) {
        for (int i = 0; i < stands.length; i++) {
            if (stands[i] == term && places[i] == from) {
                places[i] = to;
                return;
            }
        }
        throw new IllegalStateException("a group does not stand where it moves from");
    }

    /** Follows the routes, once in a match, if the terms seen in it are enough. */
    void follow(long match, Walk walk) {
        if (followed != match && isMet(match)) {
            followed = match;
            routes.followAll(walk);
        }
    }

    /** Where it stands, one of its terms was seen. */
    private boolean isMet(long match) {
        for (int i = 0; wantsAll && i < terms.length; i++) {
            if (terms[i].match != match) {
                return false;
            }
        }
        return true;
    }

    /** What makes conditions the same. */
    static final class Key implements Comparable<Key> {
        /** Of every message. */
        static final Key ALWAYS = new Key(true, new long[0]);

        private final boolean wantsAll;
        private final long[] termNumbers;

        private Key(boolean wantsAll, long[] termNumbers) {
            this.wantsAll = wantsAll;
            this.termNumbers = termNumbers;
        }

        static Key of(boolean wantsAll, HeaderTerm[] terms) {
            long[] numbers = new long[terms.length];
            Arrays.setAll(numbers, i -> terms[i].number);
            Arrays.sort(numbers);
            return new Key(wantsAll, numbers);
        }

        @Override
        public int compareTo(Key other) {
            int order = Boolean.compare(wantsAll, other.wantsAll);
            return order != 0 ? order : Arrays.compare(termNumbers, other.termNumbers);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && compareTo(key) == 0;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(termNumbers) * 2 + (wantsAll ? 1 : 0);
        }
    }
}

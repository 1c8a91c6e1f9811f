package io.ferrymq.broker.routing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A header that conditions ask for, with one value or with any, and the conditions that are looked at when it is there. */
final class HeaderTerm {
    final String header;
    final @Nullable Object value;

    /** Tells terms of one index apart, for ever. */
    final long number;

    /** The match in which a message had it last. */
    long match;

    /** How many groups ask for it. */
    int uses;

    private final List<HeaderGroup> groups = new ArrayList<>(1);

    HeaderTerm(HeaderCondition.Wish wish, long number) {
        this.header = wish.header();
        this.value = wish.value();
        this.number = number;
    }

    int groupCount() {
        return groups.size();
    }

    HeaderGroup group(int index) {
        return groups.get(index);
    }

    /** Returns the place, for {@link #removeAt}. */
    int add(HeaderGroup group) {
        groups.add(group);
        return groups.size() - 1;
    }

    /** Takes away the group at a place; the last one moves there. */
    void removeAt(int place) {
        HeaderGroup last = groups.removeLast();
        if (place < groups.size()) {
            groups.set(place, last);
            last.moved(this, groups.size(), place);
        }
    }
}

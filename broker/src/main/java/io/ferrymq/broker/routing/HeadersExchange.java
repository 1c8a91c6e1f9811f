package io.ferrymq.broker.routing;

import io.ferrymq.broker.Resource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a message along every route whose {@link HeaderCondition} its headers meet. Routing keys do not count.
 *
 * <p>A message's headers are looked up one by one; only conditions that stand at a term which the message has are looked
 * at, each once, however many routes have it. So the work for a message is bounded by its headers and by the terms of
 * those conditions, and a condition that wants all stands at the rarest of its terms. Binding and unbinding take time in
 * proportion to the condition alone.
 */
final class HeadersExchange extends Exchange {
    private static final int HITS_FIRST = 8;
    private static final int STEPS_PER_GROUP = 10;
    /** One header is decoded and looked up. */
    private static final int STEPS_PER_HEADER = 130;

    private static final long GROUP_BYTES = 200;
    /** As if no two conditions had a term in common. */
    private static final long TERM_BYTES = 400;

    private final HeaderTerms terms = new HeaderTerms();
    private final Map<HeaderGroup.Key, HeaderGroup> groups = new HashMap<>();
    private long memoryBytes;

    // Scratch of one match.
    private @Nullable HeaderTerm[] hits = new HeaderTerm[HITS_FIRST];
    private int hitCount;
    private long match;

    HeadersExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
    }

    @Override
    public void requireBindable(Resource self, String routingKey, Map<String, @Nullable Object> arguments) {
        HeaderCondition.requireValid(self, arguments);
    }

    @Override
    void add(Route route) {
        HeaderCondition condition = HeaderCondition.of(route.arguments());
        HeaderTerm[] used = use(condition);
        HeaderGroup.Key key = HeaderGroup.Key.of(condition.wantsAll(), used);
        HeaderGroup group = groups.get(key);
        if (group == null) {
            group = new HeaderGroup(condition.wantsAll(), used);
            groups.put(key, group);
            memoryBytes += GROUP_BYTES + TERM_BYTES * used.length;
        } else {
            release(used);
        }
        group.routes.add(route);
    }

    @Override
    void remove(Route route) {
        HeaderCondition condition = HeaderCondition.of(route.arguments());
        HeaderTerm[] used = use(condition);
        HeaderGroup.Key key = HeaderGroup.Key.of(condition.wantsAll(), used);
        release(used);
        HeaderGroup group = groups.get(key);
        if (group == null) {
            throw new IllegalStateException("no route has this condition");
        }
        group.routes.remove(route);
        if (group.routes.isEmpty()) {
            groups.remove(key);
            memoryBytes -= GROUP_BYTES + TERM_BYTES * group.terms().length;
            group.leave();
            release(group.terms());
        }
    }

    private HeaderTerm[] use(HeaderCondition condition) {
        List<HeaderCondition.Wish> wishes = condition.wishes();
        HeaderTerm[] used = new HeaderTerm[wishes.size()];
        Arrays.setAll(used, i -> terms.use(wishes.get(i)));
        return used;
    }

    private void release(HeaderTerm[] used) {
        for (HeaderTerm term : used) {
            terms.release(term);
        }
    }

    @Override
    void match(Routable message, Walk walk) {
        HeaderGroup always = groups.get(HeaderGroup.Key.ALWAYS);
        if (always != null) {
            always.routes.followAll(walk);
        }
        if (!terms.isEmpty()) {
            match++;
            hitCount = 0;
            Map<String, @Nullable Object> headers = message.headers();
            walk.step((long) STEPS_PER_HEADER * headers.size());
            headers.forEach(this::see);
            followHits(walk);
        }
    }

    private void see(String header, @Nullable Object value) {
        HeaderTerms.Named named = terms.of(header);
        if (named != null) {
            hit(named.anyValue());
            hit(named.meeting(value));
        }
    }

    private void hit(@Nullable HeaderTerm term) {
        if (term == null) {
            return;
        }
        term.match = match;
        if (hitCount == hits.length) {
            hits = Arrays.copyOf(hits, hitCount * 2);
        }
        hits[hitCount++] = term;
    }

    private void followHits(Walk walk) {
        for (int i = 0; i < hitCount; i++) {
            HeaderTerm term = hits[i];
            walk.step(term == null ? 0 : (long) STEPS_PER_GROUP * term.groupCount());
            for (int j = 0; term != null && j < term.groupCount(); j++) {
                term.group(j).follow(match, walk);
            }
            hits[i] = null;
        }
        hitCount = 0;
    }

    @Override
    public long memoryBytes() {
        return memoryBytes;
    }

    @Override
    boolean dependsOnKeyOnly() {
        return false;
    }

    /** Whether nothing is left of conditions that were bound once. */
    boolean isUnused() {
        return groups.isEmpty() && terms.isEmpty();
    }
}

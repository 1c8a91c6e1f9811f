package io.ferrymq.broker.routing;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Topic patterns by their words.
 *
 * <p>A key is matched as a nondeterministic automaton: a set of nodes advances over the key word by word. A node enters
 * the set once for each word, so the work is bounded by words times nodes even for patterns such as {@code #.a.#.a.#},
 * where trying one way after another would take time exponential in the number of {@code #}.
 *
 * <p>A key that visits more nodes than {@link TopicStates} would take steps is given to that. It knows the patterns with
 * wildcards once these have many states; those without are one path.
 *
 * <p>The empty key has no words; {@code a..b} has an empty word in the middle.
 */
final class TopicTrie {
    private final TopicNode root = new TopicNode(null, "");
    private int nodeCount = 1;
    private long nodeBytes;

    /** From so many states of patterns with wildcards on, a trie alone could take too long. */
    static final int WILD_STATES_MAX = 4096;

    private static final int VISITS_MIN = 4096;

    private static final int STEPS_PER_VISIT = 30;

    /** How much longer a visit takes than 64 states. */
    private static final int STATES_PER_VISIT = 2048;

    private int wildStates;
    private @Nullable TopicStates states;

    // Scratch of one match, kept so that matching allocates nothing.
    private TopicNode[] active = new TopicNode[8];
    private TopicNode[] next = new TopicNode[8];
    private int nextCount;
    private long step;

    void add(Route route) {
        TopicNode node = nodeFor(route.routingKey());
        boolean isNew = node.wild && node.routes.isEmpty();
        node.routes.add(route);
        if (isNew) {
            addStates(node);
        }
    }

    private void addStates(TopicNode node) {
        wildStates += node.depth + 1;
        if (states != null) {
            states.add(node);
        } else if (wildStates > WILD_STATES_MAX) {
            states = statesOfAll();
        }
    }

    private TopicStates statesOfAll() {
        TopicStates all = new TopicStates();
        ArrayDeque<TopicNode> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            TopicNode node = pending.pop();
            if (node.wild && !node.routes.isEmpty()) {
                all.add(node);
            }
            node.allChildren().forEach(pending::push);
        }
        return all;
    }

    private void removeStates(TopicNode node) {
        wildStates -= node.depth + 1;
        if (states != null) {
            states.remove(node);
            states = wildStates == 0 ? null : states;
        }
    }

    void remove(Route route) {
        TopicNode node = nodeFor(route.routingKey());
        node.routes.remove(route);
        if (node.wild && node.routes.isEmpty()) {
            removeStates(node);
        }
        prune(node);
    }

    int nodeCount() {
        return nodeCount;
    }

    /** What nodes and states take on the heap, about. */
    long memoryBytes() {
        return nodeBytes + (states == null ? 0 : states.memoryBytes());
    }

    /** Follows the routes of every pattern that matches {@code key}. */
    void match(String key, Walk walk) {
        if (states == null) {
            matchByNodes(key, walk, Long.MAX_VALUE);
        } else if (!matchByNodes(key, walk, visitsMax(states, key))) {
            states.match(key, walk);
            matchPlain(key, walk);
        }
    }

    private static long visitsMax(TopicStates states, String key) {
        return Math.max(VISITS_MIN, (long) states.stateCount() * (key.length() / 2 + 1) / STATES_PER_VISIT);
    }

    /** The one pattern without wildcards that may match. */
    private void matchPlain(String key, Walk walk) {
        TopicNode node = root;
        int length = key.length();
        for (int wordStart = 0; node != null && wordStart <= length && length > 0; ) {
            int dot = key.indexOf('.', wordStart);
            int wordEnd = dot < 0 ? length : dot;
            node = node.child(key, wordStart, wordEnd);
            wordStart = wordEnd + 1;
        }
        if (node != null) {
            node.routes.followAll(walk);
        }
    }

    /** Follows nothing and returns false if that took more than so many visits to nodes. */
    private boolean matchByNodes(String key, Walk walk, long visitsMax) {
        start();
        int activeCount = swap();
        long visits = 1;
        int length = key.length();
        for (int wordStart = 0; wordStart <= length && length > 0 && activeCount > 0; ) {
            int dot = key.indexOf('.', wordStart);
            int wordEnd = dot < 0 ? length : dot;
            visits += activeCount;
            if (visits > visitsMax) {
                walk.step(visits * STEPS_PER_VISIT);
                return false;
            }
            step++;
            for (int i = 0; i < activeCount; i++) {
                advance(active[i], key, wordStart, wordEnd);
            }
            activeCount = swap();
            wordStart = wordEnd + 1;
        }
        walk.step(visits * STEPS_PER_VISIT);
        for (int i = 0; i < activeCount; i++) {
            active[i].routes.followAll(walk);
        }
        return true;
    }

    private void start() {
        step++;
        reach(root);
    }

    private void advance(TopicNode node, String key, int wordStart, int wordEnd) {
        reach(node.child(key, wordStart, wordEnd));
        reach(node.anyWord);
        if (isAnyWords(node)) {
            reach(node);
        }
    }

    /** Puts a node into the next set, and with it what a {@code #} that stands for no word leads to. */
    private void reach(@Nullable TopicNode reached) {
        for (TopicNode node = reached; node != null && node.step != step; node = node.anyWords) {
            node.step = step;
            if (nextCount == next.length) {
                next = Arrays.copyOf(next, nextCount * 2);
            }
            next[nextCount++] = node;
        }
    }

    /** Makes the next set the active one and returns its size. */
    private int swap() {
        TopicNode[] reached = next;
        next = active;
        active = reached;
        int count = nextCount;
        nextCount = 0;
        return count;
    }

    /** The node at the end of {@code pattern}, made if need be. */
    private TopicNode nodeFor(String pattern) {
        TopicNode node = root;
        int length = pattern.length();
        for (int wordStart = 0; wordStart <= length && length > 0; ) {
            int dot = pattern.indexOf('.', wordStart);
            int wordEnd = dot < 0 ? length : dot;
            node = childFor(node, pattern, wordStart, wordEnd);
            wordStart = wordEnd + 1;
        }
        return node;
    }

    private TopicNode childFor(TopicNode node, String pattern, int start, int end) {
        char only = end - start == 1 ? pattern.charAt(start) : 'x';
        TopicNode child = switch (only) {
            case '*' -> node.anyWord;
            case '#' -> node.anyWords;
            default -> node.child(pattern, start, end);
        };
        return child != null ? child : newChild(node, pattern.substring(start, end));
    }

    private TopicNode newChild(TopicNode node, String word) {
        TopicNode child = new TopicNode(node, word);
        nodeBytes += child.memoryBytes() - node.tableBytes();
        switch (word) {
            case "*" -> node.anyWord = child;
            case "#" -> node.anyWords = child;
            default -> node.addChild(child);
        }
        nodeBytes += node.tableBytes();
        nodeCount++;
        return child;
    }

    /** Takes away a node that no pattern uses any more, and those above it that only led to it. */
    private void prune(TopicNode unused) {
        TopicNode node = unused;
        for (TopicNode parent = node.parent; parent != null && node.isUnused(); parent = node.parent) {
            nodeBytes -= node.memoryBytes() + parent.tableBytes();
            if (parent.anyWord == node) {
                parent.anyWord = null;
            } else if (isAnyWords(node)) {
                parent.anyWords = null;
            } else {
                parent.removeChild(node);
            }
            nodeBytes += parent.tableBytes();
            nodeCount--;
            node = parent;
        }
    }

    private static boolean isAnyWords(TopicNode node) {
        return node.parent != null && node.parent.anyWords == node;
    }
}

package io.ferrymq.broker.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Topic patterns by their words.
 *
 * <p>A key is matched as a nondeterministic automaton: a set of nodes advances over the key word by word. A node enters
 * the set once for each word, so the work is bounded by words times nodes even for patterns such as {@code #.a.#.a.#},
 * where trying one way after another would take time exponential in the number of {@code #}.
 *
 * <p>The empty key has no words; {@code a..b} has an empty word in the middle.
 */
final class TopicTrie {
    private final TopicNode root = new TopicNode(null, "");
    private int nodeCount = 1;

    // Scratch of one match, kept so that matching allocates nothing.
    private TopicNode[] active = new TopicNode[8];
    private TopicNode[] next = new TopicNode[8];
    private int nextCount;
    private long step;

    void add(Route route) {
        nodeFor(route.routingKey()).routes.add(route);
    }

    void remove(Route route) {
        TopicNode node = nodeFor(route.routingKey());
        node.routes.remove(route);
        prune(node);
    }

    int nodeCount() {
        return nodeCount;
    }

    /** Follows the routes of every pattern that matches {@code key}. */
    void match(String key, Walk walk) {
        start();
        int activeCount = swap();
        int length = key.length();
        for (int wordStart = 0; wordStart <= length && length > 0 && activeCount > 0; ) {
            int dot = key.indexOf('.', wordStart);
            int wordEnd = dot < 0 ? length : dot;
            step++;
            for (int i = 0; i < activeCount; i++) {
                advance(active[i], key, wordStart, wordEnd);
            }
            activeCount = swap();
            wordStart = wordEnd + 1;
        }
        for (int i = 0; i < activeCount; i++) {
            active[i].routes.followAll(walk);
        }
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
        switch (word) {
            case "*" -> node.anyWord = child;
            case "#" -> node.anyWords = child;
            default -> node.addChild(child);
        }
        nodeCount++;
        return child;
    }

    /** Takes away a node that no pattern uses any more, and those above it that only led to it. */
    private void prune(TopicNode unused) {
        TopicNode node = unused;
        for (TopicNode parent = node.parent; parent != null && node.isUnused(); parent = node.parent) {
            if (parent.anyWord == node) {
                parent.anyWord = null;
            } else if (isAnyWords(node)) {
                parent.anyWords = null;
            } else {
                parent.removeChild(node);
            }
            nodeCount--;
            node = parent;
        }
    }

    private static boolean isAnyWords(TopicNode node) {
        return node.parent != null && node.parent.anyWords == node;
    }
}

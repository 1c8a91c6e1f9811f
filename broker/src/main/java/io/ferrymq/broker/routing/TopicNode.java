package io.ferrymq.broker.routing;

import io.ferrymq.broker.message.HeapBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A point in a {@link TopicTrie}: the words on the way to it, the routes whose pattern ends here, and the children, one
 * for each further word.
 *
 * <p>Children with plain words stand in an open hash table that is asked with a piece of the message's key, so that
 * matching cuts no words out of it. {@code *} and {@code #} have fields of their own.
 */
final class TopicNode {
    private static final @Nullable TopicNode[] NONE = {};
    private static final int CAPACITY_MIN = 2;
    private static final int BYTES = 88;
    private static final int TABLE_BYTES = 16;
    private static final int CROWD_BYTES = 100;
    private static final int CROWD_CHILD_BYTES = 40;

    /** While the pattern that ends here has no states of its own. */
    static final int NO_STATE = -1;

    /** Searches of a hash table that come across as many other children go to a map instead. */
    private static final int RUN_MAX = 64;

    final @Nullable TopicNode parent;
    final String word;

    /** Words on the way here. */
    final int depth;

    /** Whether there is a wildcard on the way here. */
    final boolean wild;

    /** The first state in {@link TopicStates} of the pattern that ends here. */
    int firstState = NO_STATE;

    final RouteSet routes = new RouteSet();

    @Nullable TopicNode anyWord;

    @Nullable TopicNode anyWords;

    /** The matching step that reached this node last. */
    long step;

    private final int hash;
    private @Nullable TopicNode[] children = NONE;
    private int childCount;

    /** All children with plain words, once so many of them fall together that somebody must have chosen them for it. */
    private @Nullable Map<String, TopicNode> crowd;

    TopicNode(@Nullable TopicNode parent, String word) {
        this.depth = parent == null ? 0 : parent.depth + 1;
        this.wild = parent != null && (parent.wild || word.equals("*") || word.equals("#"));
        this.parent = parent;
        this.word = word;
        this.hash = hashOf(word, 0, word.length());
    }

    /** The child for the plain word that {@code key} has from {@code start} to {@code end}, if there is one. */
    @Nullable TopicNode child(String key, int start, int end) {
        if (childCount == 0) {
            return null;
        }
        if (crowd != null) {
            return crowd.get(key.substring(start, end));
        }
        int wanted = hashOf(key, start, end);
        int mask = children.length - 1;
        for (int slot = wanted & mask; ; slot = (slot + 1) & mask) {
            TopicNode child = children[slot];
            if (child == null) {
                return null;
            }
            if (child.hash == wanted && child.isWord(key, start, end)) {
                return child;
            }
        }
    }

    void addChild(TopicNode child) {
        if (crowd != null) {
            crowd.put(child.word, child);
            childCount++;
            return;
        }
        // At most half full, so that a search ends soon at an empty slot.
        if (childCount * 2 >= children.length) {
            resize(Math.max(CAPACITY_MIN, children.length * 2));
        }
        childCount++;
        if (insert(child) > RUN_MAX) {
            crowd = new HashMap<>();
            for (TopicNode each : children) {
                if (each != null) {
                    crowd.put(each.word, each);
                }
            }
            children = NONE;
        }
    }

    /** All children, the wildcards included. */
    List<TopicNode> allChildren() {
        List<TopicNode> all = new ArrayList<>();
        for (TopicNode child : children) {
            if (child != null) {
                all.add(child);
            }
        }
        if (crowd != null) {
            all.addAll(crowd.values());
        }
        if (anyWord != null) {
            all.add(anyWord);
        }
        if (anyWords != null) {
            all.add(anyWords);
        }
        return all;
    }

    void removeChild(TopicNode child) {
        if (crowd != null) {
            crowd.remove(child.word);
            childCount--;
            crowd = childCount == 0 ? null : crowd;
            return;
        }
        int mask = children.length - 1;
        int slot = child.hash & mask;
        while (children[slot] != child) {
            slot = (slot + 1) & mask;
        }
        childCount--;
        if (childCount * 8 <= children.length) {
            children[slot] = null;
            resize(childCount == 0 ? 0 : Math.max(CAPACITY_MIN, children.length / 2));
        } else {
            closeGap(slot, mask);
        }
    }

    /** What it takes on the heap with its word, but without its children. */
    long memoryBytes() {
        return BYTES + HeapBytes.ofText(word);
    }

    /** What the table of its children takes, but not they. */
    long tableBytes() {
        if (crowd != null) {
            return CROWD_BYTES + (long) CROWD_CHILD_BYTES * childCount;
        }
        return children.length == 0 ? 0 : TABLE_BYTES + (long) children.length * Integer.BYTES;
    }

    /** Whether no pattern ends here or goes on from here. */
    boolean isUnused() {
        return routes.isEmpty() && childCount == 0 && anyWord == null && anyWords == null;
    }

    private boolean isWord(String key, int start, int end) {
        return end - start == word.length() && word.regionMatches(0, key, start, end - start);
    }

    /** Returns how many slots were taken before it. */
    private int insert(TopicNode child) {
        int mask = children.length - 1;
        int slot = child.hash & mask;
        int run = 0;
        while (children[slot] != null) {
            slot = (slot + 1) & mask;
            run++;
        }
        children[slot] = child;
        return run;
    }

    private void resize(int capacity) {
        @Nullable TopicNode[] old = children;
        children = capacity == 0 ? NONE : new @Nullable TopicNode[capacity];
        for (TopicNode child : old) {
            if (child != null) {
                insert(child);
            }
        }
    }

    /** Empties a slot and moves later children of the same run back over it, so that searches still reach them. */
    private void closeGap(int emptied, int mask) {
        int gap = emptied;
        children[gap] = null;
        int slot = (gap + 1) & mask;
        for (TopicNode child = children[slot]; child != null; child = children[slot]) {
            boolean mayMove = ((slot - child.hash) & mask) >= ((slot - gap) & mask);
            if (mayMove) {
                children[gap] = child;
                children[slot] = null;
                gap = slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static int hashOf(String text, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = hash * 31 + text.charAt(i);
        }
        return hash ^ (hash >>> 15);
    }

    @Override
    public String toString() {
        return "TopicNode[" + word + ", " + Arrays.toString(children) + "]";
    }
}

package io.ferrymq.broker.routing;

import java.util.Arrays;
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

    final @Nullable TopicNode parent;
    final String word;
    final RouteSet routes = new RouteSet();

    @Nullable TopicNode anyWord;

    @Nullable TopicNode anyWords;

    /** The matching step that reached this node last. */
    long step;

    private final int hash;
    private @Nullable TopicNode[] children = NONE;
    private int childCount;

    TopicNode(@Nullable TopicNode parent, String word) {
        this.parent = parent;
        this.word = word;
        this.hash = hashOf(word, 0, word.length());
    }

    /** The child for the plain word that {@code key} has from {@code start} to {@code end}, if there is one. */
    @Nullable TopicNode child(String key, int start, int end) {
        if (childCount == 0) {
            return null;
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
        // At most half full, so that a search ends soon at an empty slot.
        if (childCount * 2 >= children.length) {
            resize(Math.max(CAPACITY_MIN, children.length * 2));
        }
        insert(child);
        childCount++;
    }

    void removeChild(TopicNode child) {
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

    /** Whether no pattern ends here or goes on from here. */
    boolean isUnused() {
        return routes.isEmpty() && childCount == 0 && anyWord == null && anyWords == null;
    }

    private boolean isWord(String key, int start, int end) {
        return end - start == word.length() && word.regionMatches(0, key, start, end - start);
    }

    private void insert(TopicNode child) {
        int mask = children.length - 1;
        int slot = child.hash & mask;
        while (children[slot] != null) {
            slot = (slot + 1) & mask;
        }
        children[slot] = child;
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

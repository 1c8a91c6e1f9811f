package io.ferrymq.broker.routing;

import io.ferrymq.broker.message.HeapBytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The patterns with wildcards of a {@link TopicTrie} as one automaton whose states are bits, for keys that would keep many
 * nodes of the trie busy at once. Each word of a key is one pass over the bits, so a match takes words times states / 64
 * steps, whatever the patterns are made of.
 *
 * <pre>
 *  pattern  a . # . b . *        state 0: nothing read    "a" leads from 0 to 1
 *                                state 1: a read          "b" from 1 to 2; any word leaves it in 1, for the #
 *                                state 2: b read          any word leads from 2 to 3
 *                                state 3: the end
 * </pre>
 *
 * <p>The states of a pattern follow each other, so a step of all patterns is a shift. No word leads on from an end, so
 * nothing is shifted into the next pattern. A pattern that is removed only loses its first state: nothing reaches the
 * others any more. Positions are given once; when half of them are unused, all is built anew, beside the older automaton:
 * with each change some patterns move, and until all have both are asked. So no change takes long, however many there are.
 */
final class TopicStates {
    private static final int NODES_FIRST = 64;
    private static final int UNUSED_MIN = 1024;
    /** So many of the older patterns are looked at with each change. */
    private static final int MOVED_PER_CHANGE = 8;

    private static final Row NO_ROW = new Row();
    private static final int ROW_BYTES = 100;

    private Map<String, Row> rows = new HashMap<>();
    private @Nullable TopicNode[] nodes = new TopicNode[NODES_FIRST];
    private int[] firstStates = new int[NODES_FIRST];
    private int nodeCount;
    private int stateCount;
    private int unused;
    /** What patterns move from, as long as there are some left in it. */
    private @Nullable TopicStates older;

    /** How many of {@link #older}'s patterns were looked at. */
    private int movedCount;

    private long rowBytes;

    // One bit for each state: where a match begins, what any word leads on from, what any word leaves as it is, and
    // ends.
    private long[] starts = {0};
    private long[] anyWord = {0};
    private long[] loops = {0};
    private long[] ends = {0};

    // Scratch of one match.
    private long[] active = {0};
    private long[] next = {0};

    int stateCount() {
        return stateCount + (older == null ? 0 : older.stateCount);
    }

    /** Adds the pattern that ends at a node. */
    void add(TopicNode node) {
        append(node);
        moveSome();
    }

    private void append(TopicNode node) {
        reserve(stateCount + node.depth + 1);
        int state = stateCount;
        set(starts, state);
        node.firstState = state;
        for (String word : words(node)) {
            switch (word) {
                case "#" -> set(loops, state);
                case "*" -> set(anyWord, state++);
                default -> addToRow(word, state++);
            }
        }
        set(ends, state);
        stateCount = state + 1;
        if (nodeCount == nodes.length) {
            nodes = Arrays.copyOf(nodes, nodeCount * 2);
            firstStates = Arrays.copyOf(firstStates, nodeCount * 2);
        }
        firstStates[nodeCount] = node.firstState;
        nodes[nodeCount++] = node;
    }

    private void addToRow(String word, int state) {
        Row row = rows.get(word);
        if (row == null) {
            row = new Row();
            rows.put(word, row);
            rowBytes += ROW_BYTES + HeapBytes.ofText(word) + row.memoryBytes();
        }
        rowBytes -= row.memoryBytes();
        row.add(state);
        rowBytes += row.memoryBytes();
    }

    /** What it takes on the heap, about. */
    long memoryBytes() {
        long bits = (long) starts.length + anyWord.length + loops.length + ends.length + active.length + next.length;
        return rowBytes
                + bits * Long.BYTES
                + (long) nodes.length * 2 * Integer.BYTES
                + (older == null ? 0 : older.memoryBytes());
    }

    void remove(TopicNode node) {
        TopicStates before = older;
        if (before != null && before.has(node)) {
            before.forget(node);
        } else {
            forget(node);
        }
        if (older == null && unused > UNUSED_MIN && unused > stateCount / 2) {
            beginAnew();
        }
        moveSome();
    }

    @SuppressWarnings("ReferenceEquality") // A node is itself alone.
    private boolean has(TopicNode node) {
        return nodeCount > 0 && nodes[indexOf(node.firstState)] == node;
    }

    private void forget(TopicNode node) {
        clear(starts, node.firstState);
        nodes[indexOf(node.firstState)] = null;
        node.firstState = TopicNode.NO_STATE;
        unused += node.depth + 1;
    }

    /** Has everything move from here to where there is nothing yet. */
    private void beginAnew() {
        TopicStates all = new TopicStates();
        TopicStates none = new TopicStates();
        all.become(this);
        become(none);
        older = all;
        movedCount = 0;
    }

    private void become(TopicStates other) {
        rows = other.rows;
        nodes = other.nodes;
        firstStates = other.firstStates;
        nodeCount = other.nodeCount;
        stateCount = other.stateCount;
        unused = other.unused;
        rowBytes = other.rowBytes;
        starts = other.starts;
        anyWord = other.anyWord;
        loops = other.loops;
        ends = other.ends;
        active = other.active;
        next = other.next;
    }

    private void moveSome() {
        TopicStates from = older;
        if (from == null) {
            return;
        }
        int until = Math.min(from.nodeCount, movedCount + MOVED_PER_CHANGE);
        for (; movedCount < until; movedCount++) {
            TopicNode node = from.nodes[movedCount];
            if (node != null) {
                from.forget(node);
                append(node);
            }
        }
        if (movedCount == from.nodeCount) {
            older = null;
        }
    }

    /** How many patterns are to move still. */
    int leftToMove() {
        return older == null ? 0 : older.nodeCount - movedCount;
    }

    /** Follows the routes of every pattern here that matches {@code key}. */
    void match(String key, Walk walk) {
        if (older != null) {
            older.match(key, walk);
        }
        int longs = (stateCount + Long.SIZE - 1) / Long.SIZE;
        System.arraycopy(starts, 0, active, 0, longs);
        int length = key.length();
        boolean alive = true;
        for (int wordStart = 0; alive && wordStart <= length && length > 0; ) {
            int dot = key.indexOf('.', wordStart);
            int wordEnd = dot < 0 ? length : dot;
            Row row = rows.getOrDefault(key.substring(wordStart, wordEnd), NO_ROW);
            alive = advance(row, longs);
            walk.step(longs + (long) row.count);
            long[] reached = next;
            next = active;
            active = reached;
            wordStart = wordEnd + 1;
        }
        for (int i = 0; alive && i < longs; i++) {
            followEnds(i, walk);
        }
    }

    /** One word: fills {@link #next} from {@link #active}; false if no state is reached. */
    private boolean advance(Row row, int longs) {
        long[] dense = row.bits;
        long carry = 0;
        long any = 0;
        for (int i = 0; i < longs; i++) {
            long here = active[i];
            long leading = here & (i < dense.length ? anyWord[i] | dense[i] : anyWord[i]);
            long reached = (leading << 1) | carry | (here & loops[i]);
            carry = leading >>> (Long.SIZE - 1);
            next[i] = reached;
            any |= reached;
        }
        for (int i = 0; i < row.count; i++) {
            int state = row.states[i];
            if (isSet(active, state)) {
                set(next, state + 1);
                any = 1;
            }
        }
        return any != 0;
    }

    private void followEnds(int index, Walk walk) {
        for (long left = active[index] & ends[index]; left != 0; left &= left - 1) {
            TopicNode node = nodes[indexOf(index * Long.SIZE + Long.numberOfTrailingZeros(left))];
            if (node == null) {
                throw new IllegalStateException("a removed pattern was matched");
            }
            node.routes.followAll(walk);
        }
    }

    /** Which node a state belongs to: the last one that begins at it or before. */
    private int indexOf(int state) {
        int low = 0;
        int high = nodeCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstStates[middle] <= state) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static String[] words(TopicNode end) {
        String[] words = new String[end.depth];
        TopicNode node = end;
        for (int i = end.depth - 1; i >= 0; i--) {
            words[i] = node.word;
            node = node.parent == null ? node : node.parent;
        }
        return words;
    }

    private void reserve(int states) {
        int longs = states / Long.SIZE + 1;
        if (longs > starts.length) {
            int capacity = Math.max(longs, starts.length * 2);
            starts = Arrays.copyOf(starts, capacity);
            anyWord = Arrays.copyOf(anyWord, capacity);
            loops = Arrays.copyOf(loops, capacity);
            ends = Arrays.copyOf(ends, capacity);
            active = new long[capacity];
            next = new long[capacity];
        }
    }

    private static void set(long[] bits, int index) {
        bits[index >>> 6] |= 1L << index;
    }

    private static void clear(long[] bits, int index) {
        bits[index >>> 6] &= ~(1L << index);
    }

    private static boolean isSet(long[] bits, int index) {
        return (bits[index >>> 6] & (1L << index)) != 0;
    }

    /** The states that one word leads on from: a list while they are few, bits when they are many. */
    private static final class Row {
        private static final long[] NO_BITS = {};

        private int[] states = new int[1];
        private int count;
        private long[] bits = NO_BITS;

        private long memoryBytes() {
            return (long) states.length * Integer.BYTES + (long) bits.length * Long.BYTES;
        }

        /** {@code state} is larger than in any call before. */
        private void add(int state) {
            if (bits.length == 0 && count < (state >>> 6) / 2 + 8) {
                if (count == states.length) {
                    states = Arrays.copyOf(states, count * 2);
                }
                states[count++] = state;
                return;
            }
            reserve(state);
            for (int i = 0; i < count; i++) {
                set(bits, states[i]);
            }
            count = 0;
            set(bits, state);
        }

        private void reserve(int state) {
            int longs = (state >>> 6) + 1;
            if (longs > bits.length) {
                bits = Arrays.copyOf(bits, Math.max(longs, bits.length + bits.length / 2));
            }
        }
    }
}

package io.ferrymq.broker.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a message along every route whose pattern matches the message's key. Both are words separated by dots; in a
 * pattern {@code *} stands for exactly one word and {@code #} for any number of words, none included.
 */
final class TopicExchange extends KeyedExchange {
    private final TopicTrie trie = new TopicTrie();

    TopicExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
    }

    @Override
    void add(Route route) {
        trie.add(route);
    }

    @Override
    void remove(Route route) {
        trie.remove(route);
    }

    @Override
    void match(String routingKey, Walk walk) {
        trie.match(routingKey, walk);
    }

    @Override
    public long memoryBytes() {
        return trie.memoryBytes();
    }

    /** Nodes of the trie, the root included. */
    int nodeCount() {
        return trie.nodeCount();
    }
}

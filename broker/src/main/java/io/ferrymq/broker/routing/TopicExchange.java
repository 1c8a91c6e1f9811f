package io.ferrymq.broker.routing;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a message along every route whose pattern matches the message's key. Both are words separated by dots; in a
 * pattern {@code *} stands for exactly one word and {@code #} for any number of words, none included.
 */
final class TopicExchange extends Exchange {
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
    void match(Routable message, Walk walk) {
        trie.match(message.routingKey(), walk);
        List<String> extraKeys = message.extraRoutingKeys();
        for (int i = 0; i < extraKeys.size(); i++) {
            trie.match(extraKeys.get(i), walk);
        }
    }

    @Override
    boolean dependsOnKeyOnly() {
        return true;
    }

    /** Nodes of the trie, the root included. */
    int nodeCount() {
        return trie.nodeCount();
    }
}

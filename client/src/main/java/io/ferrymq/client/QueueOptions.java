package io.ferrymq.client;

import io.ferrymq.client.transport.Names;
import io.ferrymq.client.transport.QueueDeclaration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What kind of queue is opened.
 *
 * @param kind whether and as what it is declared
 * @param capacity how many messages may wait before {@code put} waits, too; 0 for no limit
 * @param deadLetters the queue that gets what was rejected or has expired; empty if that is forgotten
 * @param arguments further ones for the declaration, such as {@code x-queue-type}
 */
public record QueueOptions(
        String name, Kind kind, int capacity, Optional<String> deadLetters, Map<String, Object> arguments) {
    /** How a queue comes and goes. */
    public enum Kind {
        /** Declared if it is not there; outlives restarts. */
        DURABLE,
        /** Of a new name and for this client alone; gone when nobody takes from it any more. */
        TEMPORARY,
        /** Must be there already; whatever it is like. */
        EXISTING
    }

    public QueueOptions {
        if (kind == Kind.TEMPORARY) {
            Names.notNull(name, "the queue's name");
        } else {
            Names.queue(name);
        }
        deadLetters.ifPresent(Names::queue);
        arguments = Map.copyOf(arguments);
        if (capacity < 0) {
            throw new IllegalArgumentException("a capacity of " + capacity);
        }
    }

    /** A queue that outlives restarts. */
    public static QueueOptions durable(String name) {
        return new QueueOptions(name, Kind.DURABLE, 0, Optional.empty(), Map.of());
    }

    /** A queue of a new name for this client alone. */
    public static QueueOptions temporary() {
        return new QueueOptions("", Kind.TEMPORARY, 0, Optional.empty(), Map.of());
    }

    /** A queue that is there already. */
    public static QueueOptions existing(String name) {
        return new QueueOptions(name, Kind.EXISTING, 0, Optional.empty(), Map.of());
    }

    /** Lets no more than {@code messages} wait. */
    public QueueOptions capacity(int messages) {
        return new QueueOptions(name, kind, messages, deadLetters, arguments);
    }

    /** Has rejected and expired messages go to that queue, which is declared too. */
    public QueueOptions deadLetters(String queue) {
        return new QueueOptions(name, kind, capacity, Optional.of(queue), arguments);
    }

    public QueueOptions argument(String argument, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(arguments);
        more.put(argument, value);
        return new QueueOptions(name, kind, capacity, deadLetters, more);
    }

    QueueDeclaration declaration() {
        QueueDeclaration declaration =
                kind == Kind.TEMPORARY ? QueueDeclaration.temporary() : QueueDeclaration.durable(name);
        for (Map.Entry<String, Object> argument : arguments.entrySet()) {
            declaration = declaration.with(argument.getKey(), argument.getValue());
        }
        if (capacity > 0) {
            declaration = declaration.with("x-max-length", capacity).with("x-overflow", "reject-publish");
        }
        if (deadLetters.isPresent()) {
            declaration =
                    declaration.with("x-dead-letter-exchange", "").with("x-dead-letter-routing-key", deadLetters.get());
        }
        return declaration;
    }
}

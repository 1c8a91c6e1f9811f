package io.ferrymq.broker.topology;

import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.ArgumentOrder;
import io.ferrymq.broker.routing.ArgumentValues;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From an exchange to a queue or a further exchange of the same virtual host. All components together are its identity;
 * arguments compare without regard to order and to the width of numbers.
 *
 * @param source the exchange's name, without line ends
 * @param destinationKind what {@code destination} names
 * @param destination the queue's or exchange's name, without line ends
 */
public record Binding(
        String source,
        Resource.Kind destinationKind,
        String destination,
        String routingKey,
        Map<String, @Nullable Object> arguments)
        implements Comparable<Binding> {
    public Binding {
        source = ResourceNames.stripped(source);
        destination = ResourceNames.stripped(destination);
        arguments = Arguments.frozen(arguments);
    }

    public static Binding toQueue(
            String source, String queue, String routingKey, Map<String, ? extends @Nullable Object> arguments) {
        return new Binding(source, Resource.Kind.QUEUE, queue, routingKey, Arguments.frozen(arguments));
    }

    public static Binding toExchange(
            String source, String destination, String routingKey, Map<String, ? extends @Nullable Object> arguments) {
        return new Binding(source, Resource.Kind.EXCHANGE, destination, routingKey, Arguments.frozen(arguments));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Binding binding
                && routingKey.equals(binding.routingKey)
                && destination.equals(binding.destination)
                && destinationKind == binding.destinationKind
                && source.equals(binding.source)
                && ArgumentValues.sameTables(arguments, binding.arguments);
    }

    @Override
    public int hashCode() {
        int hash = source.hashCode();
        hash = hash * 31 + destination.hashCode();
        hash = hash * 31 + routingKey.hashCode();
        return hash * 31 + ArgumentOrder.hash(arguments);
    }

    /** An order in no human sense, so that tables of bindings whose hashes a client made collide stay fast. */
    @Override
    public int compareTo(Binding other) {
        int order = routingKey.compareTo(other.routingKey);
        order = order != 0 ? order : destination.compareTo(other.destination);
        order = order != 0 ? order : destinationKind.compareTo(other.destinationKind);
        order = order != 0 ? order : source.compareTo(other.source);
        return order != 0 ? order : ArgumentOrder.compare(arguments, other.arguments);
    }
}

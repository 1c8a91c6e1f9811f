package io.ferrymq.broker;

import org.jspecify.annotations.Nullable;

/**
 * Why the broker does not do what it was asked. Each protocol maps every refusal to its own codes and words in one
 * exhaustive switch; nothing here knows a protocol.
 */
public sealed interface Refusal {
    /** The thing does not exist. */
    record NotFound(Resource resource) implements Refusal {}

    /** A property or argument differs from the one that the thing was declared with. Null means absent. */
    record Inequivalent(
            Resource resource,
            String argument,
            @Nullable Object received,
            @Nullable Object current) implements Refusal {}

    /** An argument's value is not acceptable. */
    record InvalidArgument(
            Resource resource, String argument, @Nullable Object value, ValueProblem problem) implements Refusal {}

    /** An argument or property that this kind of queue does not have. */
    record UnsupportedArgument(Resource resource, String argument, String queueType) implements Refusal {}

    /** A property that this kind of queue cannot have, such as exclusive for a quorum queue. */
    record UnsupportedProperty(Resource resource, String property) implements Refusal {}

    /** No exchange type of that name. */
    record UnknownExchangeType(String type) implements Refusal {}

    /** Names that begin with {@code amq.} belong to the broker. */
    record ReservedName(Resource resource) implements Refusal {}

    /** The default exchange cannot be declared, bound or deleted. */
    record DefaultExchange() implements Refusal {}

    /** A predeclared exchange cannot be deleted. */
    record SystemExchange(Resource resource) implements Refusal {}

    /** Only other exchanges may publish to an internal exchange. */
    record InternalExchange(Resource resource) implements Refusal {}

    /** The user lacks a permission on the resource. */
    record PermissionDenied(Permission permission, Resource resource, String user) implements Refusal {}

    /** The queue is exclusive to another connection. */
    record Locked(Resource resource) implements Refusal {}

    /** Another consumer has the queue to itself, or others consume and exclusive use was asked for. */
    record InExclusiveUse(Resource resource) implements Refusal {}

    /** Single fetches are not possible on this queue. */
    record FetchNotSupported(Resource resource, String queueType) implements Refusal {}

    /** Deletion was conditional, and the queue has consumers or the exchange has bindings. */
    record InUse(Resource resource) implements Refusal {}

    /** Deletion was conditional, and the queue holds messages. */
    record NotEmpty(Resource resource) implements Refusal {}

    /** What is stored of a message cannot be read. */
    record Unreadable(Resource place, String why) implements Refusal {}

    /** A limit that the operator set is reached. */
    record LimitReached(String limit, long maximum) implements Refusal {}

    /** No virtual host of that name. */
    record VhostNotFound(String vhost) implements Refusal {}

    /** The user has no permissions in the virtual host. */
    record VhostDenied(String vhost, String user) implements Refusal {}

    /** Wrong name or password, or a user that may not log in from there. The reason is for the log, not for the peer. */
    record LoginFailed(String user, String reason) implements Refusal {}

    /** No user of that name. */
    record UserNotFound(String user) implements Refusal {}

    /** A name or pattern that an operator gave is not acceptable. */
    record InvalidText(String what, String text, String why) implements Refusal {}

    /** The user lacks a permission for the routing key in a topic exchange. */
    record TopicDenied(Permission permission, String routingKey, Resource exchange, String user) implements Refusal {}

    /** What a user may be allowed to do with a resource. */
    enum Permission {
        CONFIGURE,
        WRITE,
        READ
    }
}

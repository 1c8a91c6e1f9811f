package io.ferrymq.broker.topology;

import io.netty.buffer.ByteBuf;

/**
 * A change to what exists, checked and decided. {@link TopologyRequests} makes commands, {@link Topology#apply} carries
 * them out, {@link Topology#isDurable} says which of them the log must keep.
 */
public sealed interface TopologyCommand {
    /** The virtual host that changes. */
    String vhost();

    /** Creates a virtual host with its predeclared exchanges, or changes what an existing one says of itself. */
    record VhostCreated(VhostSpec spec) implements TopologyCommand {
        @Override
        public String vhost() {
            return spec.name();
        }
    }

    /** Deletes a virtual host and everything in it. */
    record VhostDeleted(String vhost) implements TopologyCommand {}

    record ExchangeDeclared(String vhost, ExchangeSpec spec) implements TopologyCommand {}

    /** Deletes an exchange and the bindings from it and to it. */
    record ExchangeDeleted(String vhost, String name) implements TopologyCommand {}

    record Bound(String vhost, Binding binding) implements TopologyCommand {}

    record Unbound(String vhost, Binding binding) implements TopologyCommand {}

    /**
     * Creates a queue.
     *
     * @param number given to no other queue of the shard; see {@link QueueNumbers}
     * @param owner not part of the encoded form, since an exclusive queue is not durable
     */
    record QueueDeclared(String vhost, long number, QueueSpec spec, QueueOwner owner) implements TopologyCommand {
        public QueueDeclared {
            if (spec.exclusive() == owner.is(QueueOwner.NOBODY)) {
                throw new IllegalArgumentException("an exclusive queue has an owner, and no other queue has one");
            }
        }
    }

    /** Deletes a queue, what it holds and the bindings to it. */
    record QueueDeleted(String vhost, long number) implements TopologyCommand {}

    /** Appends the command in the format that {@link TopologyCommandCodec} describes. */
    default void encode(ByteBuf out) {
        TopologyCommandCodec.encode(this, out);
    }

    /**
     * Reads one command.
     *
     * @throws IllegalArgumentException if the bytes are of another version or no command
     */
    static TopologyCommand decode(ByteBuf in) {
        return TopologyCommandCodec.decode(in);
    }
}

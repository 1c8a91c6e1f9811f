package io.ferrymq.broker.topology;

import static io.ferrymq.broker.message.ValueCodec.readCount;
import static io.ferrymq.broker.message.ValueCodec.readVarint;
import static io.ferrymq.broker.message.ValueCodec.writeVarint;

import io.ferrymq.broker.topology.TopologyCommand.Bound;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeclared;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeclared;
import io.ferrymq.broker.topology.TopologyCommand.VhostCreated;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * What outlives a restart, as the shortest list of commands that makes it.
 *
 * <pre>
 *  snapshot ::= version:uint8 (1)  nextQueueNumber:varint  count:varint  command*count
 *
 *  For each virtual host: VhostCreated, then ExchangeDeclared for each durable exchange that is not predeclared, then
 *  QueueDeclared for each durable queue, then Bound for each binding between durable ends.
 * </pre>
 */
final class TopologySnapshot {
    private static final int VERSION = 1;

    private TopologySnapshot() {}

    /** Writes without a copy of all commands: there may be as many as memory holds. */
    static void encode(Topology topology, long nextQueueNumber, ByteBuf out) {
        int[] count = {0};
        topology.vhosts().forEach(vhost -> describe(vhost, _ -> count[0]++));
        out.writeByte(VERSION);
        writeVarint(out, nextQueueNumber);
        writeVarint(out, count[0]);
        topology.vhosts().forEach(vhost -> describe(vhost, command -> command.encode(out)));
    }

    /** Shows every command of a snapshot to {@code target}, and returns the number that the next queue gets. */
    static long decode(ByteBuf in, Consumer<TopologyCommand> target) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalArgumentException("a topology snapshot of version " + version);
        }
        long nextQueueNumber = readVarint(in);
        if (nextQueueNumber < QueueNumbers.FIRST || nextQueueNumber > QueueNumbers.LAST + 1) {
            throw new IllegalArgumentException("no queue can get number " + nextQueueNumber);
        }
        int count = readCount(in);
        for (int i = 0; i < count; i++) {
            target.accept(TopologyCommand.decode(in));
        }
        return nextQueueNumber;
    }

    private static void describe(VirtualHost vhost, Consumer<TopologyCommand> target) {
        String name = vhost.name();
        target.accept(new VhostCreated(vhost.spec()));
        vhost.exchanges().stream()
                .filter(exchange -> exchange.durable() && !VirtualHost.PREDECLARED.contains(exchange))
                .forEach(exchange -> target.accept(new ExchangeDeclared(name, exchange)));
        vhost.queues().stream()
                .filter(queue -> queue.spec().durable())
                .forEach(queue -> target.accept(new QueueDeclared(name, queue.number(), queue.spec(), queue.owner())));
        vhost.bindings().filter(vhost::isDurable).forEach(binding -> target.accept(new Bound(name, binding)));
    }
}

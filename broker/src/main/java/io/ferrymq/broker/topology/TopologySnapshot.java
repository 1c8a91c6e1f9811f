package io.ferrymq.broker.topology;

import static io.ferrymq.broker.message.ValueCodec.readCount;
import static io.ferrymq.broker.message.ValueCodec.readVarint;
import static io.ferrymq.broker.message.ValueCodec.writeVarint;

import io.ferrymq.broker.topology.TopologyCommand.Bound;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeclared;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeclared;
import io.ferrymq.broker.topology.TopologyCommand.VhostCreated;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

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

    /** What a snapshot holds. */
    record Contents(long nextQueueNumber, List<TopologyCommand> commands) {}

    static void encode(Topology topology, long nextQueueNumber, ByteBuf out) {
        List<TopologyCommand> commands = new ArrayList<>();
        topology.vhosts().forEach(vhost -> describe(vhost, commands));
        out.writeByte(VERSION);
        writeVarint(out, nextQueueNumber);
        writeVarint(out, commands.size());
        commands.forEach(command -> command.encode(out));
    }

    static Contents decode(ByteBuf in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalArgumentException("a topology snapshot of version " + version);
        }
        long nextQueueNumber = readVarint(in);
        if (nextQueueNumber < QueueNumbers.FIRST || nextQueueNumber > QueueNumbers.LAST + 1) {
            throw new IllegalArgumentException("no queue can get number " + nextQueueNumber);
        }
        int count = readCount(in);
        List<TopologyCommand> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(TopologyCommand.decode(in));
        }
        return new Contents(nextQueueNumber, commands);
    }

    private static void describe(VirtualHost vhost, List<TopologyCommand> commands) {
        String name = vhost.name();
        commands.add(new VhostCreated(vhost.spec()));
        vhost.exchanges().stream()
                .filter(exchange -> exchange.durable() && !VirtualHost.PREDECLARED.contains(exchange))
                .forEach(exchange -> commands.add(new ExchangeDeclared(name, exchange)));
        vhost.queues().stream()
                .filter(queue -> queue.spec().durable())
                .forEach(queue -> commands.add(new QueueDeclared(name, queue.number(), queue.spec(), queue.owner())));
        vhost.bindings().filter(vhost::isDurable).forEach(binding -> commands.add(new Bound(name, binding)));
    }
}

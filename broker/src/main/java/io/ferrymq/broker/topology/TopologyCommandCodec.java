package io.ferrymq.broker.topology;

import static io.ferrymq.broker.message.ValueCodec.readCount;
import static io.ferrymq.broker.message.ValueCodec.readTable;
import static io.ferrymq.broker.message.ValueCodec.readText;
import static io.ferrymq.broker.message.ValueCodec.readVarint;
import static io.ferrymq.broker.message.ValueCodec.writeTable;
import static io.ferrymq.broker.message.ValueCodec.writeText;
import static io.ferrymq.broker.message.ValueCodec.writeVarint;

import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.TopologyCommand.Bound;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeclared;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeleted;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeclared;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeleted;
import io.ferrymq.broker.topology.TopologyCommand.Unbound;
import io.ferrymq.broker.topology.TopologyCommand.VhostCreated;
import io.ferrymq.broker.topology.TopologyCommand.VhostDeleted;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands as bytes. Texts, tables and varints are those of {@link io.ferrymq.broker.message.ValueCodec}.
 *
 * <pre>
 *  command  ::= version:uint8 (1)  kind:uint8  vhost:text  content
 *
 *  kind  command           content
 *   1    VhostCreated      description:text  count:varint tag:text*count  defaultQueueType:text
 *   2    VhostDeleted      nothing
 *   3    ExchangeDeclared  name:text  type:text  flags:uint8  arguments:table
 *   4    ExchangeDeleted   name:text
 *   5    Bound             binding
 *   6    Unbound           binding
 *   7    QueueDeclared     number:varint  name:text  flags:uint8  arguments:table
 *   8    QueueDeleted      number:varint
 *
 *  flags    ::= 1 durable + 2 autoDelete + 4 internal (exchange) or exclusive (queue)
 *  binding  ::= source:text  destinationKind:uint8 (0 exchange, 1 queue)  destination:text  routingKey:text
 *               arguments:table
 * </pre>
 */
final class TopologyCommandCodec {
    private static final int VERSION = 1;

    private static final int VHOST_CREATED = 1;
    private static final int VHOST_DELETED = 2;
    private static final int EXCHANGE_DECLARED = 3;
    private static final int EXCHANGE_DELETED = 4;
    private static final int BOUND = 5;
    private static final int UNBOUND = 6;
    private static final int QUEUE_DECLARED = 7;
    private static final int QUEUE_DELETED = 8;

    private static final int DURABLE = 1;
    private static final int AUTO_DELETE = 2;
    private static final int INTERNAL = 4;
    private static final int EXCLUSIVE = 4;

    private static final int TO_EXCHANGE = 0;
    private static final int TO_QUEUE = 1;

    private TopologyCommandCodec() {}

    static void encode(TopologyCommand command, ByteBuf out) {
        switch (command) {
            case VhostCreated created -> write(begin(out, VHOST_CREATED, command), created.spec());
            case VhostDeleted deleted -> begin(out, VHOST_DELETED, deleted);
            case ExchangeDeclared declared -> write(begin(out, EXCHANGE_DECLARED, command), declared.spec());
            case ExchangeDeleted deleted -> writeText(begin(out, EXCHANGE_DELETED, command), deleted.name());
            case Bound bound -> write(begin(out, BOUND, command), bound.binding());
            case Unbound unbound -> write(begin(out, UNBOUND, command), unbound.binding());
            case QueueDeclared declared -> {
                writeVarint(begin(out, QUEUE_DECLARED, command), declared.number());
                write(out, declared.spec());
            }
            case QueueDeleted deleted -> writeVarint(begin(out, QUEUE_DELETED, command), deleted.number());
        }
    }

    static TopologyCommand decode(ByteBuf in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalArgumentException("a topology command of version " + version);
        }
        int kind = in.readByte();
        String vhost = readText(in);
        return switch (kind) {
            case VHOST_CREATED -> new VhostCreated(readVhost(in, vhost));
            case VHOST_DELETED -> new VhostDeleted(vhost);
            case EXCHANGE_DECLARED -> new ExchangeDeclared(vhost, readExchange(in));
            case EXCHANGE_DELETED -> new ExchangeDeleted(vhost, readText(in));
            case BOUND -> new Bound(vhost, readBinding(in));
            case UNBOUND -> new Unbound(vhost, readBinding(in));
            case QUEUE_DECLARED -> new QueueDeclared(vhost, readNumber(in), readQueue(in), QueueOwner.NOBODY);
            case QUEUE_DELETED -> new QueueDeleted(vhost, readNumber(in));
            default -> throw new IllegalArgumentException("no topology command has kind " + kind);
        };
    }

    private static ByteBuf begin(ByteBuf out, int kind, TopologyCommand command) {
        out.writeByte(VERSION).writeByte(kind);
        writeText(out, command.vhost());
        return out;
    }

    private static void write(ByteBuf out, VhostSpec spec) {
        writeText(out, spec.description());
        writeVarint(out, spec.tags().size());
        spec.tags().forEach(tag -> writeText(out, tag));
        writeText(out, spec.defaultQueueType().wireName());
    }

    private static VhostSpec readVhost(ByteBuf in, String name) {
        String description = readText(in);
        int tagCount = readCount(in);
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < tagCount; i++) {
            tags.add(readText(in));
        }
        String typeName = readText(in);
        QueueType type = QueueType.of(typeName)
                .orElseThrow(() -> new IllegalArgumentException("no queue type is called " + typeName));
        return new VhostSpec(name, description, tags, type);
    }

    private static void write(ByteBuf out, ExchangeSpec spec) {
        writeText(out, spec.name());
        writeText(out, spec.type().wireName());
        out.writeByte((spec.durable() ? DURABLE : 0)
                | (spec.autoDelete() ? AUTO_DELETE : 0)
                | (spec.internal() ? INTERNAL : 0));
        writeTable(out, spec.arguments());
    }

    private static ExchangeSpec readExchange(ByteBuf in) {
        String name = readText(in);
        String typeName = readText(in);
        ExchangeType type = ExchangeType.of(typeName)
                .orElseThrow(() -> new IllegalArgumentException("no exchange type is called " + typeName));
        int flags = in.readByte();
        return new ExchangeSpec(
                name, type, (flags & DURABLE) != 0, (flags & AUTO_DELETE) != 0, (flags & INTERNAL) != 0, readTable(in));
    }

    private static void write(ByteBuf out, QueueSpec spec) {
        writeText(out, spec.name());
        out.writeByte((spec.durable() ? DURABLE : 0)
                | (spec.autoDelete() ? AUTO_DELETE : 0)
                | (spec.exclusive() ? EXCLUSIVE : 0));
        writeTable(out, spec.arguments().values());
    }

    private static QueueSpec readQueue(ByteBuf in) {
        String name = readText(in);
        int flags = in.readByte();
        return new QueueSpec(
                name,
                (flags & DURABLE) != 0,
                (flags & EXCLUSIVE) != 0,
                (flags & AUTO_DELETE) != 0,
                QueueArguments.of(readTable(in)));
    }

    private static long readNumber(ByteBuf in) {
        long number = readVarint(in);
        if (number < QueueNumbers.FIRST || number > QueueNumbers.LAST) {
            throw new IllegalArgumentException("no queue has number " + number);
        }
        return number;
    }

    private static void write(ByteBuf out, Binding binding) {
        writeText(out, binding.source());
        out.writeByte(
                switch (binding.destinationKind()) {
                    case EXCHANGE -> TO_EXCHANGE;
                    case QUEUE -> TO_QUEUE;
                });
        writeText(out, binding.destination());
        writeText(out, binding.routingKey());
        writeTable(out, binding.arguments());
    }

    private static Binding readBinding(ByteBuf in) {
        String source = readText(in);
        byte kindCode = in.readByte();
        Resource.Kind kind = switch (kindCode) {
            case TO_EXCHANGE -> Resource.Kind.EXCHANGE;
            case TO_QUEUE -> Resource.Kind.QUEUE;
            default -> throw new IllegalArgumentException("no binding leads to kind " + kindCode);
        };
        return new Binding(source, kind, readText(in), readText(in), readTable(in));
    }
}

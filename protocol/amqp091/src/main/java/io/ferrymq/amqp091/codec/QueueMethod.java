package io.ferrymq.amqp091.codec;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queues and their bindings. Class 50, clause 1.7 of the reference. */
public sealed interface QueueMethod extends Method {
    /** The class id. */
    int CLASS_ID = 50;

    /** 50.10: creates a queue, or checks that it exists; an empty name asks the server for one. */
    record Declare(
            String queue,
            boolean passive,
            boolean durable,
            boolean exclusive,
            boolean autoDelete,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        static Declare read(ArgumentReader in) {
            in.skipTicket();
            return new Declare(in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0)
                    .shortString(queue)
                    .bit(passive)
                    .bit(durable)
                    .bit(exclusive)
                    .bit(autoDelete)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** 50.11: the queue exists; {@code messageCount} counts the ready ones. */
    record DeclareOk(String queue, long messageCount, long consumerCount) implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        static DeclareOk read(ArgumentReader in) {
            return new DeclareOk(in.shortString(), in.uint32(), in.uint32());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(queue).uint32(messageCount).uint32(consumerCount);
        }
    }

    /** 50.20: messages of the exchange go to the queue. */
    record Bind(
            String queue, String exchange, String routingKey, boolean noWait, Map<String, @Nullable Object> arguments)
            implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 20;

        static Bind read(ArgumentReader in) {
            in.skipTicket();
            return new Bind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0)
                    .shortString(queue)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** 50.21: the binding exists. */
    record BindOk() implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 21;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 50.30: drops all ready messages. */
    record Purge(String queue, boolean noWait) implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 30;

        static Purge read(ArgumentReader in) {
            in.skipTicket();
            return new Purge(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0).shortString(queue).bit(noWait);
        }
    }

    /** 50.31: how many were dropped. */
    record PurgeOk(long messageCount) implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 31;

        static PurgeOk read(ArgumentReader in) {
            return new PurgeOk(in.uint32());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint32(messageCount);
        }
    }

    /** 50.40: deletes a queue. */
    record Delete(String queue, boolean ifUnused, boolean ifEmpty, boolean noWait) implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 40;

        static Delete read(ArgumentReader in) {
            in.skipTicket();
            return new Delete(in.shortString(), in.bit(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0).shortString(queue).bit(ifUnused).bit(ifEmpty).bit(noWait);
        }
    }

    /** 50.41: the queue is gone, with this many ready messages. */
    record DeleteOk(long messageCount) implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 41;

        static DeleteOk read(ArgumentReader in) {
            return new DeleteOk(in.uint32());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint32(messageCount);
        }
    }

    /** 50.50: removes what {@link Bind} made. */
    record Unbind(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments)
            implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 50;

        static Unbind read(ArgumentReader in) {
            in.skipTicket();
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0)
                    .shortString(queue)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .table(arguments);
        }
    }

    /** 50.51: the binding is gone. */
    record UnbindOk() implements QueueMethod {
        public static final int ID = CLASS_ID << 16 | 51;

        @Override
        public int id() {
            return ID;
        }
    }
}

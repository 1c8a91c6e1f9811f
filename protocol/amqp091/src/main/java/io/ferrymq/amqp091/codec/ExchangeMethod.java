package io.ferrymq.amqp091.codec;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Exchanges, and RabbitMQ's bindings between them. Class 40, clause 1.6 of the reference. */
public sealed interface ExchangeMethod extends Method {
    /** The class id. */
    int CLASS_ID = 40;

    /** 40.10: creates an exchange, or checks that it exists; auto-delete and internal are RabbitMQ's. */
    record Declare(
            String exchange,
            String type,
            boolean passive,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        static Declare read(ArgumentReader in) {
            in.skipTicket();
            return new Declare(
                    in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0)
                    .shortString(exchange)
                    .shortString(type)
                    .bit(passive)
                    .bit(durable)
                    .bit(autoDelete)
                    .bit(internal)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** 40.11: the exchange exists. */
    record DeclareOk() implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 40.20: deletes an exchange. */
    record Delete(String exchange, boolean ifUnused, boolean noWait) implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 20;

        static Delete read(ArgumentReader in) {
            in.skipTicket();
            return new Delete(in.shortString(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0).shortString(exchange).bit(ifUnused).bit(noWait);
        }
    }

    /** 40.21: the exchange is gone. */
    record DeleteOk() implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 21;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 40.30: RabbitMQ: messages of {@code source} go to {@code destination}, too. */
    record Bind(
            String destination,
            String source,
            String routingKey,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 30;

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
                    .shortString(destination)
                    .shortString(source)
                    .shortString(routingKey)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** 40.31: the binding exists. */
    record BindOk() implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 31;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 40.40: RabbitMQ: removes what {@link Bind} made. */
    record Unbind(
            String destination,
            String source,
            String routingKey,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 40;

        static Unbind read(ArgumentReader in) {
            in.skipTicket();
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0)
                    .shortString(destination)
                    .shortString(source)
                    .shortString(routingKey)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** 40.51: the binding is gone. The number is 51, where 41 would be expected. */
    record UnbindOk() implements ExchangeMethod {
        public static final int ID = CLASS_ID << 16 | 51;

        @Override
        public int id() {
            return ID;
        }
    }
}

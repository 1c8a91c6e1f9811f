package io.ferrymq.amqp091.codec;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages: publishing, consuming, settling. The four methods of {@link Content} are followed by a header and a body.
 * Class 60, clause 1.8 of the reference.
 */
public sealed interface BasicMethod extends Method {
    /** The class id. */
    int CLASS_ID = 60;

    /** A method that a content header and a body follow on the same channel (clause 4.2.6). */
    sealed interface Content extends BasicMethod permits Publish, Return, Deliver, GetOk {}

    /**
     * 60.10: how much may be unsettled; 0 means no limit. {@code global}: on the channel, not for each consumer to
     * come.
     */
    record Qos(long prefetchBytes, int prefetchCount, boolean global) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        static Qos read(ArgumentReader in) {
            return new Qos(in.uint32(), in.uint16(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint32(prefetchBytes).uint16(prefetchCount).bit(global);
        }
    }

    /** 60.11: the answer to {@link Qos}. */
    record QosOk() implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 60.20: starts a consumer; an empty tag asks the server for one. */
    record Consume(
            String queue,
            String consumerTag,
            boolean noLocal,
            boolean noAck,
            boolean exclusive,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 20;

        static Consume read(ArgumentReader in) {
            in.skipTicket();
            return new Consume(in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0)
                    .shortString(queue)
                    .shortString(consumerTag)
                    .bit(noLocal)
                    .bit(noAck)
                    .bit(exclusive)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** 60.21: the consumer runs. */
    record ConsumeOk(String consumerTag) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 21;

        static ConsumeOk read(ArgumentReader in) {
            return new ConsumeOk(in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(consumerTag);
        }
    }

    /** 60.30: ends a consumer; from the server (RabbitMQ) it says that the queue is gone. */
    record Cancel(String consumerTag, boolean noWait) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 30;

        static Cancel read(ArgumentReader in) {
            return new Cancel(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(consumerTag).bit(noWait);
        }
    }

    /** 60.31: the consumer has ended. */
    record CancelOk(String consumerTag) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 31;

        static CancelOk read(ArgumentReader in) {
            return new CancelOk(in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(consumerTag);
        }
    }

    /** 60.40: a message for an exchange. Hot: {@link PublishView} reads it without allocating. */
    record Publish(String exchange, String routingKey, boolean mandatory, boolean immediate) implements Content {
        public static final int ID = CLASS_ID << 16 | 40;

        static Publish read(ArgumentReader in) {
            in.skipTicket();
            return new Publish(in.shortString(), in.shortString(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .bit(mandatory)
                    .bit(immediate);
        }
    }

    /** 60.50: a message that could not be routed comes back. Hot: {@link BasicFrames#returned}. */
    record Return(int replyCode, String replyText, String exchange, String routingKey) implements Content {
        public static final int ID = CLASS_ID << 16 | 50;

        static Return read(ArgumentReader in) {
            return new Return(in.uint16(), in.shortString(), in.shortString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(replyCode).shortString(replyText).shortString(exchange).shortString(routingKey);
        }
    }

    /** 60.60: a message for a consumer. Hot: {@link BasicFrames#deliver}. */
    record Deliver(String consumerTag, long deliveryTag, boolean redelivered, String exchange, String routingKey)
            implements Content {
        public static final int ID = CLASS_ID << 16 | 60;

        static Deliver read(ArgumentReader in) {
            return new Deliver(in.shortString(), in.int64(), in.bit(), in.shortString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(consumerTag)
                    .int64(deliveryTag)
                    .bit(redelivered)
                    .shortString(exchange)
                    .shortString(routingKey);
        }
    }

    /** 60.70: asks for one message. */
    record Get(String queue, boolean noAck) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 70;

        static Get read(ArgumentReader in) {
            in.skipTicket();
            return new Get(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(0).shortString(queue).bit(noAck);
        }
    }

    /** 60.71: the message asked for, and how many are left. Hot: {@link BasicFrames#getOk}. */
    record GetOk(long deliveryTag, boolean redelivered, String exchange, String routingKey, long messageCount)
            implements Content {
        public static final int ID = CLASS_ID << 16 | 71;

        static GetOk read(ArgumentReader in) {
            return new GetOk(in.int64(), in.bit(), in.shortString(), in.shortString(), in.uint32());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.int64(deliveryTag)
                    .bit(redelivered)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .uint32(messageCount);
        }
    }

    /** 60.72: there is no message. */
    record GetEmpty() implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 72;

        static GetEmpty read(ArgumentReader in) {
            in.skipShortString();
            return new GetEmpty();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString("");
        }
    }

    /**
     * 60.80: settled; {@code multiple}: all up to this tag, or all at 0. Hot: {@link SettlementView}, {@link
     * BasicFrames#ack}.
     */
    record Ack(long deliveryTag, boolean multiple) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 80;

        static Ack read(ArgumentReader in) {
            return new Ack(in.int64(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.int64(deliveryTag).bit(multiple);
        }
    }

    /** 60.90: not taken. Hot: {@link SettlementView}. */
    record Reject(long deliveryTag, boolean requeue) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 90;

        static Reject read(ArgumentReader in) {
            return new Reject(in.int64(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.int64(deliveryTag).bit(requeue);
        }
    }

    /** 60.100: {@link Recover} without an answer; deprecated. */
    record RecoverAsync(boolean requeue) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 100;

        static RecoverAsync read(ArgumentReader in) {
            return new RecoverAsync(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.bit(requeue);
        }
    }

    /** 60.110: asks for everything unsettled on the channel again. */
    record Recover(boolean requeue) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 110;

        static Recover read(ArgumentReader in) {
            return new Recover(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.bit(requeue);
        }
    }

    /** 60.111: the answer to {@link Recover}. */
    record RecoverOk() implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 111;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 60.120: RabbitMQ: {@link Reject} that can take many. Hot: {@link SettlementView}, {@link BasicFrames#nack}. */
    record Nack(long deliveryTag, boolean multiple, boolean requeue) implements BasicMethod {
        public static final int ID = CLASS_ID << 16 | 120;

        static Nack read(ArgumentReader in) {
            return new Nack(in.int64(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.int64(deliveryTag).bit(multiple).bit(requeue);
        }
    }
}

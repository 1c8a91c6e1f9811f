package io.ferrymq.amqp091.codec;

/** Access tickets of AMQP 0-8 and 0-9, which old clients still ask for and nobody checks. Class 30. */
public sealed interface AccessMethod extends Method {
    /** The class id. */
    int CLASS_ID = 30;

    /** 30.10: asks for a ticket. */
    record Request(String realm, boolean exclusive, boolean passive, boolean active, boolean write, boolean read)
            implements AccessMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        static Request read(ArgumentReader in) {
            return new Request(in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.shortString(realm)
                    .bit(exclusive)
                    .bit(passive)
                    .bit(active)
                    .bit(write)
                    .bit(read);
        }
    }

    /** 30.11: any ticket; RabbitMQ always answers 1. */
    record RequestOk(int ticket) implements AccessMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        static RequestOk read(ArgumentReader in) {
            return new RequestOk(in.uint16());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(ticket);
        }
    }
}

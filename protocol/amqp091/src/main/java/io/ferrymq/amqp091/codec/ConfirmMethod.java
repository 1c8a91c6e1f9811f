package io.ferrymq.amqp091.codec;

/** RabbitMQ's publisher confirms. Class 85. */
public sealed interface ConfirmMethod extends Method {
    /** The class id. */
    int CLASS_ID = 85;

    /** 85.10: makes the server confirm every publish with {@link BasicMethod.Ack} or {@link BasicMethod.Nack}. */
    record Select(boolean noWait) implements ConfirmMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        static Select read(ArgumentReader in) {
            return new Select(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.bit(noWait);
        }
    }

    /** 85.11: the answer to {@link Select}. */
    record SelectOk() implements ConfirmMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        @Override
        public int id() {
            return ID;
        }
    }
}

package io.ferrymq.amqp091.codec;

/** Channels: opening, flow, end. Class 20, clause 1.5 of the reference. */
public sealed interface ChannelMethod extends Method {
    /** The class id. */
    int CLASS_ID = 20;

    /** 20.10: opens the channel that the frame came on. */
    record Open() implements ChannelMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        static Open read(ArgumentReader in) {
            in.skipShortString();
            return new Open();
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

    /** 20.11: the channel is ready. */
    record OpenOk() implements ChannelMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        static OpenOk read(ArgumentReader in) {
            in.skipLongString();
            return new OpenOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint32(0);
        }
    }

    /** 20.20: asks the other side to stop or to go on sending content. */
    record Flow(boolean active) implements ChannelMethod {
        public static final int ID = CLASS_ID << 16 | 20;

        static Flow read(ArgumentReader in) {
            return new Flow(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.bit(active);
        }
    }

    /** 20.21: the answer to {@link Flow}. */
    record FlowOk(boolean active) implements ChannelMethod {
        public static final int ID = CLASS_ID << 16 | 21;

        static FlowOk read(ArgumentReader in) {
            return new FlowOk(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.bit(active);
        }
    }

    /** 20.40: the end of the channel, asked by either side; ids are of the method at fault, or 0. */
    record Close(int replyCode, String replyText, int failedClassId, int failedMethodId) implements ChannelMethod {
        public static final int ID = CLASS_ID << 16 | 40;

        static Close read(ArgumentReader in) {
            return new Close(in.uint16(), in.shortString(), in.uint16(), in.uint16());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void writeArguments(ArgumentWriter out) {
            out.uint16(replyCode).shortString(replyText).uint16(failedClassId).uint16(failedMethodId);
        }
    }

    /** 20.41: the answer to {@link Close}. */
    record CloseOk() implements ChannelMethod {
        public static final int ID = CLASS_ID << 16 | 41;

        @Override
        public int id() {
            return ID;
        }
    }
}

package io.ferrymq.amqp091.codec;

/** Transactions of a channel. Class 90, clause 1.9 of the reference. */
public sealed interface TxMethod extends Method {
    /** The class id. */
    int CLASS_ID = 90;

    /** 90.10: makes the channel transactional. */
    record Select() implements TxMethod {
        public static final int ID = CLASS_ID << 16 | 10;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 90.11: the answer to {@link Select}. */
    record SelectOk() implements TxMethod {
        public static final int ID = CLASS_ID << 16 | 11;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 90.20: publishes and settles what was collected. */
    record Commit() implements TxMethod {
        public static final int ID = CLASS_ID << 16 | 20;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 90.21: the answer to {@link Commit}. */
    record CommitOk() implements TxMethod {
        public static final int ID = CLASS_ID << 16 | 21;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 90.30: forgets what was collected. */
    record Rollback() implements TxMethod {
        public static final int ID = CLASS_ID << 16 | 30;

        @Override
        public int id() {
            return ID;
        }
    }

    /** 90.31: the answer to {@link Rollback}. */
    record RollbackOk() implements TxMethod {
        public static final int ID = CLASS_ID << 16 | 31;

        @Override
        public int id() {
            return ID;
        }
    }
}

package io.ferrymq.bench;

import io.ferrymq.client.Codec;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.QueueOptions;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.BrokerService;

/** One producer and one consumer, each a thread of this process, with a queue of one kind between them. */
enum QueueRace {
    /** What the platform has: no message survives anything, none is acknowledged. */
    LINKED_BLOCKING_QUEUE("java.util.concurrent.LinkedBlockingQueue") {
        @Override
        void race(int count, Path directory) throws Exception {
            BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(CAPACITY);
            between(count, () -> queue.put(BODY), queue::take);
        }
    },

    /** {@code put} returns when the broker has the message; each is acknowledged. */
    FERRY_MEMORY("FerryMQ memory:") {
        @Override
        void race(int count, Path directory) throws Exception {
            ferry("memory:", count);
        }
    },

    /** {@code put} returns when the message is on disk; each is acknowledged. */
    FERRY_FILE("FerryMQ file:") {
        @Override
        void race(int count, Path directory) throws Exception {
            ferry("file:" + directory, count);
        }
    },

    /** The same promise: a broker in the process, its journal on disk, {@code send} returns when the message is there. */
    ACTIVEMQ_KAHADB("ActiveMQ Classic, vm:, KahaDB") {
        @Override
        void race(int count, Path directory) throws Exception {
            BrokerService broker = new BrokerService();
            broker.setBrokerName("bench");
            broker.setDataDirectory(directory.toString());
            broker.setPersistent(true);
            broker.setUseJmx(false);
            broker.setUseShutdownHook(false);
            broker.start();
            try {
                activeMq(count);
            } finally {
                broker.stop();
                broker.waitUntilStopped();
            }
        }
    };

    private static final int CAPACITY = 1_024;

    private static final byte[] BODY = new byte[100];

    private final String label;

    QueueRace(String label) {
        this.label = label;
    }

    /** Sends and takes so many messages through a new queue. */
    abstract void race(int count, Path directory) throws Exception;

    String label() {
        return label;
    }

    /** Whether a message is on disk when {@code put} returns. */
    boolean isDurable() {
        return this == FERRY_FILE || this == ACTIVEMQ_KAHADB;
    }

    private static void ferry(String uri, int count) throws Exception {
        try (Ferry ferry = Ferry.open(uri)) {
            QueueOptions options = QueueOptions.durable("bench").capacity(CAPACITY);
            MessageQueue<byte[]> queue = ferry.queue(options, Codec.bytes());
            between(count, () -> queue.put(BODY), () -> queue.take().done());
        }
    }

    private static void activeMq(int count) throws Exception {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("vm://bench?create=false");
        try (Connection connection = factory.createConnection()) {
            connection.start();
            Session sending = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session taking = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = sending.createProducer(sending.createQueue("bench"));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            MessageConsumer consumer = taking.createConsumer(taking.createQueue("bench"));
            between(count, () -> producer.send(message(sending)), () -> take(consumer));
        }
    }

    private static Message message(Session session) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(BODY);
        return message;
    }

    private static void take(MessageConsumer consumer) throws JMSException {
        if (consumer.receive() == null) {
            throw new IllegalStateException("the consumer was closed");
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Puts in a thread of its own and takes in this one. */
    private static void between(int count, Step put, Step take) throws Exception {
        Callable<Void> producing = () -> {
            for (int i = 0; i < count; i++) {
                put.run();
            }
            return null;
        };
        FutureTask<Void> producer = new FutureTask<>(producing);
        Thread thread = new Thread(producer, "producer");
        thread.start();
        for (int i = 0; i < count; i++) {
            take.run();
        }
        producer.get();
    }
}

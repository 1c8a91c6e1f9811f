package io.ferrymq.client.amqp;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Two connections to a broker, from their opening to their loss. The worker's. */
final class Session {
    private static final int CLOSE_MILLIS_MAX = 5_000;

    private final Connection publishing;
    private final Connection consuming;
    private Channel requests;

    private Session(Connection publishing, Connection consuming) throws IOException {
        this.publishing = publishing;
        this.consuming = consuming;
        this.requests = consuming.createChannel();
    }

    static Session open(ConnectionFactory factory) throws IOException, TimeoutException {
        Connection consuming = factory.newConnection("ferry: consuming");
        try {
            return new Session(factory.newConnection("ferry: publishing"), consuming);
        } catch (IOException | TimeoutException e) {
            consuming.abort(CLOSE_MILLIS_MAX);
            throw e;
        }
    }

    Connection publishing() {
        return publishing;
    }

    Connection consuming() {
        return consuming;
    }

    /** The channel for requests, which the broker closes when it refuses one. Exclusive queues are this connection's. */
    Channel requests() throws IOException {
        if (!requests.isOpen()) {
            requests = consuming.createChannel();
        }
        return requests;
    }

    /** Ends a channel that is not needed any more, one way or another. */
    static void discard(Channel channel) {
        try {
            channel.abort();
        } catch (IOException e) {
            // It has ended already.
            return;
        }
    }

    /** Ends both, one way or another. */
    void end() {
        publishing.abort(CLOSE_MILLIS_MAX);
        consuming.abort(CLOSE_MILLIS_MAX);
    }
}

package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's Java client: what belongs to a channel, and what ends with it. */
class RabbitJavaChannelTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws IOException, TimeoutException {
        connection = BROKER.connectionFactory().newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void disconnect() throws IOException {
        connection.close();
    }

    private String exclusiveQueue() throws IOException {
        return channel.queueDeclare().getQueue();
    }

    private void publish(String queue, String text) throws IOException {
        channel.basicPublish("", queue, null, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Test
    void requeuesWhatAClosedChannelHadNotAcknowledged() throws IOException, TimeoutException {
        String queue = exclusiveQueue();
        publish(queue, "unfinished");
        Channel other = connection.createChannel();
        other.basicGet(queue, false);

        other.close();

        GetResponse again = channel.basicGet(queue, true);
        assertThat(text(again.getBody())).isEqualTo("unfinished");
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
    }

    @Test
    void servesManyChannelsOfOneConnection() throws IOException {
        List<Channel> channels = new ArrayList<>();
        for (int number = 0; number < 500; number++) {
            channels.add(connection.createChannel());
        }
        String queue = exclusiveQueue();

        for (Channel each : channels) {
            each.basicPublish("", queue, null, new byte[1]);
            each.queueDeclarePassive(queue);
        }

        assertThat(channel.messageCount(queue)).isEqualTo(channels.size());
    }

    @Test
    void closesOnlyTheChannelThatAskedForWhatIsNotThere() throws IOException {
        Channel wrong = connection.createChannel();

        assertThatThrownBy(() -> wrong.queueDeclarePassive("no-such-queue"))
                .cause()
                .isInstanceOfSatisfying(ShutdownSignalException.class, signal -> {
                    AMQP.Channel.Close close = (AMQP.Channel.Close) signal.getReason();
                    assertThat(close.getReplyCode()).isEqualTo(404);
                    assertThat(close.getReplyText()).isEqualTo("NOT_FOUND - no queue 'no-such-queue' in vhost '/'");
                });

        assertThat(wrong.isOpen()).isFalse();
        assertThat(exclusiveQueue()).startsWith("amq.gen-");
    }

    @Test
    void publishesATransactionOnlyWhenItIsCommitted() throws IOException {
        String queue = exclusiveQueue();
        channel.txSelect();
        channel.basicPublish("", queue, null, "rolled back".getBytes(StandardCharsets.UTF_8));
        channel.txRollback();
        channel.basicPublish("", queue, null, "committed".getBytes(StandardCharsets.UTF_8));
        channel.txCommit();

        assertThat(text(channel.basicGet(queue, true).getBody())).isEqualTo("committed");
        assertThat(channel.basicGet(queue, true)).isNull();
    }
}

package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.QueueMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A fault of our own in a session ends its connection with 541, wherever it is thrown, and gives back what it held. */
class SessionFaultTest {
    private final TestClient client = TestClient.running();

    @AfterEach
    void disconnect() {
        client.close();
    }

    private void requireEnded() {
        assertThat(client.take())
                .last()
                .asInstanceOf(InstanceOfAssertFactories.type(ConnectionMethod.Close.class))
                .returns(541, ConnectionMethod.Close::replyCode);
        assertThat(client.link.calls).contains("close");
    }

    @Test
    void inAFrame_541() {
        client.link.fault = new IndexOutOfBoundsException("injected");
        client.send(1, new QueueMethod.Declare("q", true, false, false, false, false, Map.of()));
        requireEnded();
    }

    @Test
    void atTheTurnsEnd_541() {
        client.send(1, new ConfirmMethod.Select(false));
        assertThat(client.take()).hasSize(1);
        client.link.durableFault = new IndexOutOfBoundsException("injected");
        client.sendBytes(
                TestClient.message(1, new BasicMethod.Publish("ex", "k", false, false), BasicProperties.NONE, "body"));
        client.link.durableFault = null;
        requireEnded();
    }

    @Test
    void atTheTurnsEndAndAgainWhileItIsSaid() {
        List<Throwable> ends = new ArrayList<>();
        client.wire.connection().lane().onBroken(ends::add);
        client.send(1, new ConfirmMethod.Select(false));
        client.link.durableFault = new IndexOutOfBoundsException("injected");
        client.link.closeFault = new IllegalStateException("injected once more");
        client.sendBytes(
                TestClient.message(1, new BasicMethod.Publish("ex", "k", false, false), BasicProperties.NONE, "body"));
        client.link.closeFault = null;
        assertThat(client.wire.isClosed()).isTrue();
        assertThat(ends).isEmpty();
    }

    @Test
    void inWhatTheBrokerTellsIt_541() {
        client.link.listener.failed(new IllegalStateException("injected"));
        requireEnded();
    }
}

package io.ferrymq.client.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.AMQImpl;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.RequestException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests and the connections that they meet, with a worker that works at once. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RequestsTest {
    private int reclaims;
    private final Requests requests = new Requests(Runnable::run, () -> reclaims++);
    private final List<String> asked = new ArrayList<>();

    /** A connection on which nothing happens. */
    private static Session session() throws IOException, TimeoutException {
        return Session.open(new ConnectionFactory() {
            @Override
            public Connection newConnection(String name) {
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                            return null;
                        });
            }
        });
    }

    private CompletableFuture<String> ask(String what, Session... broken) {
        return requests.ask(on -> {
            asked.add(what);
            if (List.of(broken).contains(on)) {
                throw new IOException("gone");
            }
            return what;
        });
    }

    @Test
    void waitForAConnection() throws IOException, TimeoutException {
        CompletableFuture<String> first = ask("first");
        CompletableFuture<String> second = ask("second");
        assertThat(asked).isEmpty();
        requests.connected(session());
        assertThat(first).isCompletedWithValue("first");
        assertThat(second).isCompletedWithValue("second");
        assertThat(asked).containsExactly("first", "second");
    }

    @Test
    void areAskedAgainOnTheNextConnectionAndNotBefore() throws IOException, TimeoutException {
        Session broken = session();
        CompletableFuture<String> first = ask("first", broken);
        CompletableFuture<String> second = ask("second", broken);
        requests.connected(broken);
        assertThat(asked).containsExactly("first", "second");
        assertThat(first).isNotDone();
        requests.interrupted();
        requests.connected(session());
        assertThat(first).isCompletedWithValue("first");
        assertThat(second).isCompletedWithValue("second");
    }

    private static IOException lockedQueue() {
        return new IOException(new ShutdownSignalException(
                false,
                false,
                new AMQImpl.Channel.Close(AMQP.RESOURCE_LOCKED, "RESOURCE_LOCKED - its owner", 50, 10),
                null));
    }

    @Test
    void areAskedAgainWhileTheConnectionThatTheyWereInterruptedOnStillHasWhatTheyWant()
            throws IOException, TimeoutException {
        Session broken = session();
        Session second = session();
        CompletableFuture<String> answer = requests.ask(on -> {
            asked.add("queue");
            if (on.equals(broken)) {
                throw new IOException("gone");
            } else if (asked.size() < 4) {
                throw lockedQueue();
            }
            return "queue";
        });
        requests.connected(broken);
        requests.interrupted();
        assertThat(reclaims).isZero();
        requests.connected(second);
        assertThat(reclaims).isEqualTo(1);
        requests.askHeld();
        assertThat(answer).isNotDone();
        assertThat(requests.anyIsHeld()).isTrue();
        requests.askHeld();
        assertThat(answer).isCompletedWithValue("queue");
        assertThat(requests.anyIsHeld()).isFalse();
    }

    @Test
    void areRefusedAtOnceWhenSomebodyElseHasWhatTheyWant() throws IOException, TimeoutException {
        requests.connected(session());
        CompletableFuture<String> answer = requests.ask(on -> {
            throw lockedQueue();
        });
        assertThatThrownBy(answer::join)
                .cause()
                .isInstanceOfSatisfying(
                        RequestException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(RequestException.Reason.IN_USE));
        assertThat(reclaims).isZero();
    }

    @Test
    void failWhenTheTransportIsClosed() throws IOException, TimeoutException {
        CompletableFuture<String> waiting = ask("waiting");
        requests.end(new ClosedException("closed", null));
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(ask("late")::join).hasCauseInstanceOf(ClosedException.class);
        requests.connected(session());
        assertThat(asked).isEmpty();
    }
}

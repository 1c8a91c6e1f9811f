package io.ferrymq.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.Transport;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How large the window is that an {@link Intake} asks for. */
class IntakeTest {
    private static final int WAITS = 32;

    private final List<Integer> windows = new ArrayList<>();
    private @Nullable DeliveryListener consumer;
    private final Intake intake =
            new Intake(transport(), "q", new Intake.Terms(1, 8, Intake.Terms.FOR_EVER), new Unfinished("id"));

    private Transport transport() {
        return (Transport) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("consume");
                    windows.add(((ConsumeSpec) arguments[0]).prefetch());
                    consumer = (DeliveryListener) arguments[1];
                    return CompletableFuture.completedFuture(new Consumption() {
                        @Override
                        public void prefetch(int count) {
                            windows.add(count);
                        }

                        @Override
                        public CompletableFuture<Void> cancel() {
                            return CompletableFuture.completedFuture(null);
                        }
                    });
                });
    }

    private record Message() implements Delivery {
        @Override
        public String exchange() {
            return "";
        }

        @Override
        public String routingKey() {
            return "q";
        }

        @Override
        public MessageProperties properties() {
            return MessageProperties.NONE;
        }

        @Override
        public byte[] body() {
            return new byte[0];
        }

        @Override
        public boolean redelivered() {
            return false;
        }

        @Override
        public void settle(Settlement settlement) {
            // Nobody counts credit here.
        }
    }

    private void deliver() {
        Objects.requireNonNull(consumer).delivered(new Message());
    }

    private void takeBeforeItComes(int times) {
        for (int i = 0; i < times; i++) {
            CompletableFuture<Incoming> taker = intake.take();
            deliver();
            taker.join().settle(Settlement.ACCEPT);
        }
    }

    private void takeAfterItCame(int times) {
        for (int i = 0; i < times; i++) {
            deliver();
            intake.take().join().settle(Settlement.ACCEPT);
        }
    }

    @Test
    void growsWhenTakersWaitAgainAndAgain() {
        takeBeforeItComes(2 * WAITS);
        assertThat(windows).containsExactly(1, 2, 4);
    }

    @Test
    void staysAsLongAsMessagesAreHereBeforeTheyAreWanted() {
        takeBeforeItComes(1);
        for (int i = 0; i < 100; i++) {
            takeBeforeItComes(WAITS - 2);
            takeAfterItCame(1);
        }
        assertThat(windows).containsExactly(1);
    }

    @Test
    void growsWhenAllThatItAllowsIsInTheApplicationsHands() {
        CompletableFuture<Incoming> first = intake.take();
        deliver();
        CompletableFuture<?> unused = intake.take();
        assertThat(first).isCompleted();
        assertThat(windows).containsExactly(1, 2);
    }

    @Test
    void neverGrowsBeyondItsTerms() {
        takeBeforeItComes(100 * WAITS);
        assertThat(windows).containsExactly(1, 2, 4, 8);
    }
}

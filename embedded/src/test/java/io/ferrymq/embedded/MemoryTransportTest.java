package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.TransportContract;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.Transport;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A broker on the heap of this process. */
class MemoryTransportTest extends TransportContract {
    @Override
    protected Transport open() {
        return Transport.open(URI.create("memory:transports"));
    }

    @Test
    void withoutANameEachIsABrokerOfItsOwn() throws InterruptedException {
        try (Ferry one = Ferry.open("memory:");
                Ferry other = Ferry.open("memory:")) {
            one.queue("letters", String.class).put("only here");
            assertThat(other.queue("letters", String.class).size()).isZero();
        }
    }

    @Test
    void refusesWhatItsMemoryDoesNotHoldAndTakesItLater() throws InterruptedException {
        try (Ferry ferry = Ferry.open("memory:?max-bytes=100000")) {
            MessageQueue<byte[]> queue = ferry.queue("letters", byte[].class);
            for (int i = 0; i < 10; i++) {
                queue.put(new byte[10_000]);
            }
            OutgoingMessage more = OutgoingMessage.toQueue("letters", MessageProperties.NONE, new byte[10_000]);
            assertThatThrownBy(() -> ferry.transport().publish(more).join())
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("100000 bytes");
            CompletableFuture<Void> waiting = queue.putAsync(new byte[10_000]);
            for (int i = 0; i < 10; i++) {
                queue.take().done();
            }
            waiting.join();
        }
    }

    @Test
    void saysWhatItDoesNotUnderstand() {
        assertThatThrownBy(() -> Ferry.open("memory:?colour=red"))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("max-bytes");
    }
}

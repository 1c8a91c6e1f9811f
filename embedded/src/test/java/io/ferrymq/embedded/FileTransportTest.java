package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.client.Codec;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.QueueOptions;
import io.ferrymq.client.Received;
import io.ferrymq.client.TransportContract;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker of this process that keeps its messages in a directory. */
class FileTransportTest extends TransportContract {
    @TempDir
    static Path directory = Path.of("");

    @Override
    protected Transport open() {
        return Transport.open(directory.toUri());
    }

    @Test
    void whatWasConfirmedIsThereAfterTheBrokerEnded(@TempDir Path data) throws InterruptedException {
        try (Ferry ferry = Ferry.open(data.toUri())) {
            MessageQueue<String> queue = ferry.queue("letters", String.class);
            queue.put("done");
            queue.put("kept");
            queue.take().done();
        }
        try (Ferry ferry = Ferry.open(data.toUri())) {
            MessageQueue<String> queue = ferry.queue("letters", String.class);
            Received<String> kept = queue.take();
            assertThat(kept.value()).isEqualTo("kept");
            assertThat(kept.redelivered()).isTrue();
            kept.done();
            queue.join();
        }
    }

    @Test
    void largeMessagesThatAreRejectedTogetherAllBecomeDeadLetters(@TempDir Path data) throws InterruptedException {
        try (Ferry ferry = Ferry.open(data.toUri())) {
            MessageQueue<String> queue =
                    ferry.queue(QueueOptions.durable("letters").deadLetters("dead"), Codec.of(String.class));
            String body = "x".repeat(9 << 20);
            for (int i = 0; i < 4; i++) {
                queue.put(i + body);
            }
            for (int i = 0; i < 4; i++) {
                queue.take().reject();
            }
            MessageQueue<String> dead = ferry.queue("dead", String.class);
            for (int i = 0; i < 4; i++) {
                Received<String> letter = dead.take();
                assertThat(letter.value()).startsWith(i + "x");
                letter.done();
            }
        }
    }

    @Test
    void twoClientsOfOneProcessShareADirectory(@TempDir Path data) throws InterruptedException {
        try (Ferry one = Ferry.open("file:" + data);
                Ferry other = Ferry.open(data.toUri())) {
            one.queue("letters", String.class).put("shared");
            assertThat(other.queue("letters", String.class).take().value()).isEqualTo("shared");
        }
    }

    @Test
    void saysThatItCannotUseADirectory(@TempDir Path data) throws IOException {
        Path file = Files.createFile(data.resolve("file"));
        assertThatThrownBy(() -> Ferry.open(file.toUri()))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining(file.toString());
    }
}

package io.ferrymq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AsyncTest {
    @Test
    void aFileIsReadAsItWasWritten(@TempDir Path directory) {
        Path file = directory.resolve("file");
        assertThat(Async.writeFile(file, new byte[] {1, 2, 3})
                        .thenCompose(Async::readFile)
                        .join())
                .containsExactly(1, 2, 3);
        assertThatThrownBy(() -> Async.readFile(directory.resolve("none")).join())
                .hasCauseInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anHttpRequestGetsItsAnswer() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'o', 'k'});
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            assertThat(Async.http(request, HttpResponse.BodyHandlers.ofString())
                            .join()
                            .body())
                    .isEqualTo("ok");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theTimerIsNotEarly() {
        long begun = System.nanoTime();
        Async.after(Duration.ofMillis(30)).join();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(30));
    }

    @Test
    void allGivesTheValuesInOrderAndFailsWithTheFirstFailure() {
        CompletableFuture<Integer> late = new CompletableFuture<>();
        CompletableFuture<List<Integer>> all = Async.all(List.of(late, CompletableFuture.completedFuture(2)));
        assertThat(all).isNotDone();
        late.complete(1);
        assertThat(all.join()).containsExactly(1, 2);
        assertThat(Async.all(List.<CompletableFuture<Integer>>of()).join()).isEmpty();
        CompletableFuture<Integer> failed = CompletableFuture.failedFuture(new IOException("broken"));
        assertThatThrownBy(() ->
                        Async.all(List.of(new CompletableFuture<>(), failed)).join())
                .hasRootCauseMessage("broken");
    }

    @Test
    void anyGivesTheFirstValueAndFailsWhenAllHaveFailed() {
        CompletableFuture<Integer> failed = CompletableFuture.failedFuture(new IOException("broken"));
        assertThat(Async.any(List.of(failed, CompletableFuture.completedFuture(2)))
                        .join())
                .isEqualTo(2);
        assertThatThrownBy(() -> Async.any(List.of(failed, failed)).join()).hasRootCauseMessage("broken");
    }

    @Test
    void cancellingInterruptsTheWork() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CompletableFuture<Boolean> work = Async.run(() -> {
            begun.countDown();
            try {
                return new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        begun.await();
        work.cancel(true);
        interrupted.await();
    }
}

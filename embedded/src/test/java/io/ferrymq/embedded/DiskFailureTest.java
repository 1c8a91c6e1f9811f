package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.log.DiskDirectory;
import io.ferrymq.log.LogOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DiskFailureTest {
    @TempDir
    Path directory = Path.of("");

    private static OutgoingMessage message() {
        return OutgoingMessage.toQueue("letters", MessageProperties.NONE, new byte[100]);
    }

    @Test
    void endsTheBrokerWithTheCauseAndNotTheProcess() throws IOException {
        FailingDisk disk = new FailingDisk(DiskDirectory.open(directory));
        EmbeddedBroker broker = EmbeddedBroker.open(new FileStore("failing", disk, LogOptions.defaults()));
        Transport transport = broker.connect(() -> {});
        transport.declareQueue(QueueDeclaration.durable("letters")).join();
        transport.publish(message()).join();
        disk.failForces();
        CompletableFuture<Void> unconfirmed = transport.publish(message());
        assertThatThrownBy(unconfirmed::join)
                .hasCauseInstanceOf(ClosedException.class)
                .hasRootCauseMessage("Input/output error");
        assertThatThrownBy(() -> transport.publish(message()).join()).hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> transport.inspect("letters").join()).hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> broker.connect(() -> {})).isInstanceOf(DisconnectedException.class);
        transport.close();
        broker.close();
        assertThat(disk.operationsAfterFailure()).isZero();
    }

    @Test
    void aDiskThatCannotTellItsFreeSpaceHasWhatItToldLast() throws IOException {
        FailingDisk disk = new FailingDisk(DiskDirectory.open(directory));
        FileStore store = new FileStore("failing", disk, LogOptions.defaults());
        long told = store.diskFreeBytes();
        assertThat(told).isPositive();
        disk.failForces();
        assertThatThrownBy(disk::usableBytes).hasMessage("Input/output error");
        assertThat(store.diskFreeBytes()).isEqualTo(told);
        store.close();
    }

    @Test
    void aCompletionMayOpenAndCloseATransport() throws IOException {
        EmbeddedBroker broker =
                EmbeddedBroker.open(new FileStore("reentrant", DiskDirectory.open(directory), LogOptions.defaults()));
        CompletableFuture<Void> closed = new CompletableFuture<>();
        CompletableFuture<Void> over = new CompletableFuture<>();
        broker.lane().execute(() -> {
            Transport transport = broker.connect(() -> closed.complete(null));
            transport.close();
            over.complete(null);
        });
        over.join();
        closed.join();
        broker.close();
    }

    @Test
    void whatWasConfirmedBeforeIsFoundOnADiskThatWorksAgain() throws IOException {
        FailingDisk disk = new FailingDisk(DiskDirectory.open(directory));
        EmbeddedBroker broker = EmbeddedBroker.open(new FileStore("failing", disk, LogOptions.defaults()));
        Transport transport = broker.connect(() -> {});
        transport.declareQueue(QueueDeclaration.durable("letters")).join();
        transport.publish(message()).join();
        disk.failForces();
        assertThatThrownBy(() -> transport.publish(message()).join()).hasCauseInstanceOf(ClosedException.class);
        broker.close();
        EmbeddedBroker again =
                EmbeddedBroker.open(new FileStore("again", DiskDirectory.open(directory), LogOptions.defaults()));
        Transport reopened = again.connect(() -> {});
        assertThat(reopened.inspect("letters").join().ready()).isGreaterThanOrEqualTo(1);
        reopened.close();
        again.close();
    }
}

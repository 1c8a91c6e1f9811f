package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a fault of a protocol's handler ends: its connection, or, if it may have struck more than that, the process. */
final class ContainmentTest {
    private static final Error NO_BUFFERS = new OutOfMemoryError(
            "Cannot reserve 65536 bytes of direct buffer memory (allocated: 268400000, limit: 268435456)");

    private final List<Throwable> ends = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Lane lane = new Lane(channel.eventLoop());

    private ByteHandler handler(Throwable fault) {
        lane.onBroken(ends::add);
        return new GuardedHandler(lane, new ByteHandler() {
            @Override
            public void received(ByteBuf bytes) {
                fail();
            }

            @Override
            public void readComplete() {
                fail();
            }

            @Override
            public void writabilityChanged() {
                fail();
            }

            @Override
            public void overLimit(String why) {
                fail();
            }

            @Override
            public void shutdown() {
                fail();
            }

            @Override
            public void closed(CloseCause cause) {
                fail();
            }

            private void fail() {
                if (fault instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) fault;
            }
        });
    }

    private static List<Runnable> calls(ByteHandler handler) {
        return List.of(
                () -> handler.received(Unpooled.EMPTY_BUFFER),
                handler::readComplete,
                handler::writabilityChanged,
                () -> handler.overLimit("why"),
                handler::shutdown);
    }

    @Test
    void everyCallPassesTheBorder() {
        assertThat(GuardedHandler.class.getDeclaredMethods())
                .extracting(Method::getName)
                .containsAll(Stream.of(ByteHandler.class.getMethods())
                        .map(Method::getName)
                        .toList());
    }

    @Test
    void anExceptionIsTheConnectionsOwn() {
        RuntimeException fault = new IndexOutOfBoundsException("injected");
        assertThat(calls(handler(fault)))
                .allSatisfy(call -> assertThatThrownBy(call::run).isSameAs(fault));
        assertThat(ends).isEmpty();
    }

    @Test
    void anErrorIsNobodysOwn() {
        Error fault = new OutOfMemoryError("injected");
        assertThat(calls(handler(fault)))
                .allSatisfy(call -> assertThatThrownBy(call::run).hasCause(fault));
        assertThat(ends).hasSize(5).containsOnly(fault);
    }

    @Test
    void aLackOfBuffersIsTheConnectionsOwn() {
        assertThat(calls(handler(NO_BUFFERS)))
                .allSatisfy(call -> assertThatThrownBy(call::run).isSameAs(NO_BUFFERS));
        assertThat(ends).isEmpty();
    }

    @Test
    void whatCannotBeGivenBackIsNobodysOwn() {
        RuntimeException fault = new IllegalStateException("injected");
        assertThatThrownBy(() -> handler(fault).closed(new CloseCause.ByPeer())).isSameAs(fault);
        assertThat(ends).containsExactly(fault);
    }

    @Test
    void aTimerThatThrowsEndsItsConnection() {
        try (EmbeddedConnection embedded = EmbeddedConnection.open(new RecordingProtocol("x"))) {
            embedded.connection().lane().onBroken(ends::add);
            embedded.connection().schedule(10, () -> {
                throw new IllegalStateException("injected");
            });
            embedded.advanceMillis(20);
            assertThat(embedded.connection().isOpen()).isFalse();
        }
        assertThat(ends).isEmpty();
    }

    private void injectInto(Consumer<EmbeddedConnection> prepare, Consumer<EmbeddedConnection> trigger) {
        for (Throwable fault : List.of(new IllegalStateException("injected"), NO_BUFFERS)) {
            RecordingProtocol protocol = new RecordingProtocol("x");
            try (EmbeddedConnection embedded = EmbeddedConnection.open(protocol)) {
                embedded.connection().lane().onBroken(ends::add);
                prepare.accept(embedded);
                protocol.only().fault = fault;
                trigger.accept(embedded);
                assertThat(embedded.isClosed()).isTrue();
                assertThat(protocol.only().cause).isEqualTo(new CloseCause.Failed(fault));
            }
        }
        assertThat(ends).isEmpty();
    }

    @Test
    void whatIsReadAndThrowsEndsItsConnection() {
        injectInto(wire -> {}, wire -> wire.receive(new byte[1]));
    }

    @Test
    void whatIsOfferedAfterAPauseAndThrowsEndsItsConnection() {
        injectInto(
                wire -> {
                    wire.receive("pause\nmore\n".getBytes(US_ASCII));
                    assertThat(wire.isClosed()).isFalse();
                },
                wire -> {
                    wire.connection().resumeReading();
                    wire.runTasks();
                });
    }

    @Test
    void whoIsToldThatThereIsMemoryAgainAndThrowsEndsItsConnection() {
        injectInto(wire -> {}, EmbeddedConnection::relieve);
    }

    @Test
    void whoIsToldThatItHoldsTooMuchAndThrowsEndsItsConnection() {
        injectInto(wire -> {}, wire -> wire.endOverLimit("why"));
    }

    @Test
    void whoIsToldThatTheBrokerStopsAndThrowsEndsItsConnection() {
        injectInto(wire -> {}, EmbeddedConnection::shutdown);
    }

    @Test
    void whoIsToldThatItsPeerTakesBytesAndThrowsEndsItsConnection() {
        injectInto(wire -> {}, wire -> {
            // More than one turn hands over.
            wire.connection().write(Unpooled.directBuffer(3 << 20).writeZero(1 << 20));
            for (int i = 0; i < 8; i++) {
                wire.connection().write(Unpooled.directBuffer(256 << 10).writeZero(256 << 10));
            }
            wire.connection().flush();
            wire.runTasks();
        });
    }

    @Test
    void aTaskOfAConnectionThatThrowsEndsIt() {
        requireEnded((wire, fault) ->
                wire.connection().lane().atTurnEnd(wire.connection().guarded(() -> raise(fault))));
    }

    @Test
    void bytesThatCannotBeMadeEndTheirConnection() {
        requireEnded((wire, fault) -> {
            wire.connection().write(new Unmakeable(fault));
            wire.connection().flushAtTurnEnd();
        });
    }

    private void requireEnded(BiConsumer<EmbeddedConnection, Throwable> trigger) {
        for (Throwable fault : List.of(new IllegalStateException("injected"), NO_BUFFERS)) {
            RecordingProtocol protocol = new RecordingProtocol("x");
            try (EmbeddedConnection embedded = EmbeddedConnection.open(protocol)) {
                embedded.connection().lane().onBroken(ends::add);
                trigger.accept(embedded, fault);
                assertThat(embedded.isClosed()).isTrue();
                assertThat(protocol.only().cause).isEqualTo(new CloseCause.Failed(fault));
            }
        }
        assertThat(ends).isEmpty();
    }

    private static void raise(Throwable fault) {
        if (fault instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) fault;
    }

    /** Bytes that cannot be made. */
    private record Unmakeable(Throwable fault) implements ByteSource {
        @Override
        public long remaining() {
            return 1;
        }

        @Override
        public void give(int bytesMax, Consumer<ByteBuf> taker) {
            raise(fault);
        }

        @Override
        public ByteBuf memory() {
            return Unpooled.EMPTY_BUFFER;
        }

        @Override
        public void release() {}
    }
}

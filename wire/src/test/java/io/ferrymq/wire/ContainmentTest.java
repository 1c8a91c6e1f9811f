package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a fault of a protocol's handler ends: its connection, or, if it may have struck more than that, the process. */
final class ContainmentTest {
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
}

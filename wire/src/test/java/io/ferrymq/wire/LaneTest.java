package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(IoBackend.class)
class LaneTest extends SocketFixture {
    private final Lane lane = transport.lanes().getFirst();

    LaneTest(IoBackend backend) throws ListenerException {
        super(backend, 100);
    }

    @Test
    void runsTasksInOrderAndTheTurnsEndAfterThem() {
        List<String> ran = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        lane.execute(() -> {
            lane.atTurnEnd(() -> {
                ran.add("end");
                done.complete(null);
            });
            lane.execute(() -> ran.add("later in this turn"));
            ran.add("now");
        });
        done.join();
        assertThat(ran).containsExactly("now", "later in this turn", "end");
    }

    @Test
    void namesItsThreadAndKnowsIt() {
        assertThat(CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), lane)
                        .join())
                .isEqualTo("ferry-loop-0");
        assertThat(CompletableFuture.supplyAsync(lane::inLane, lane).join()).isTrue();
        assertThat(lane.inLane()).isFalse();
    }

    @Test
    void runsAScheduledTaskAndNoCancelledOne() {
        CompletableFuture<Void> due = new CompletableFuture<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        lane.execute(() -> {
            lane.schedule(1, () -> cancelled.complete(null)).cancel();
            lane.schedule(2, () -> due.complete(null));
        });
        due.join();
        assertThat(cancelled).isNotDone();
    }

    @Test
    void anythingOutOfATaskIsTheEndOfTheProcess() {
        List<Throwable> ends = new CopyOnWriteArrayList<>();
        lane.onBroken(ends::add);
        CompletableFuture<Void> done = new CompletableFuture<>();
        lane.execute(() -> {
            lane.atTurnEnd(() -> {
                throw new IllegalStateException("turn's end");
            });
            lane.schedule(1, () -> {
                lane.schedule(1, () -> done.complete(null));
                throw new StackOverflowError("timer");
            });
            throw new IllegalStateException("task");
        });
        done.join();
        assertThat(ends).extracting(Throwable::getMessage).containsExactlyInAnyOrder("task", "turn's end", "timer");
    }
}

package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadBudgetTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ReadBudget budget = new ReadBudget(new Lane(channel.eventLoop()));
    private final List<String> goes = new ArrayList<>();

    /** Wants so many goes, each of which is as much as a turn has. */
    private Runnable greedy(String name, int count) {
        return () -> {
            goes.add(name);
            budget.spend(ReadBudget.UNITS);
            if (count > 1) {
                budget.addGreedy(greedy(name, count - 1));
            }
        };
    }

    /** Wants so many goes of little work. */
    private Runnable modest(String name, int count) {
        return () -> {
            goes.add(name);
            budget.spend(1);
            if (count > 1) {
                budget.addFresh(modest(name, count - 1));
            }
        };
    }

    @Test
    void thoseThatHaveMoreTakeTurns() {
        budget.addGreedy(greedy("a", 3));
        budget.addGreedy(greedy("b", 2));
        budget.addGreedy(greedy("c", 1));
        channel.runPendingTasks();
        assertThat(goes).containsExactly("a", "b", "c", "a", "b", "a");
    }

    @Test
    void whoHasNotHadAGoComesBeforeThoseThatHave() {
        budget.addGreedy(greedy("a", 2));
        budget.addGreedy(greedy("b", 1));
        budget.addFresh(modest("little", 1));
        channel.runPendingTasks();
        assertThat(goes).containsExactly("little", "a", "b", "a");
    }

    @Test
    void thoseThatAskForMuchGetOnHoweverManyAskForLittle() {
        budget.addGreedy(greedy("much", 1));
        budget.addFresh(modest("little", 10_000));
        channel.runPendingTasks();
        assertThat(goes.indexOf("much")).isLessThan(5_000);
        assertThat(goes).hasSize(10_001);
    }

    @Test
    void aGoIsOverBeforeTheBudgetIsSpent() {
        budget.beginGo();
        budget.spend(ReadBudget.GO_UNITS);
        assertThat(budget.isGoOver()).isTrue();
        assertThat(budget.isSpent()).isFalse();
        budget.beginGo();
        assertThat(budget.isGoOver()).isFalse();
    }

    @Test
    void isSpentUntilTheTurnEnds() {
        budget.spend(ReadBudget.UNITS - 1);
        assertThat(budget.isSpent()).isFalse();
        budget.spend(1);
        assertThat(budget.isSpent()).isTrue();
        channel.runPendingTasks();
        assertThat(budget.isSpent()).isFalse();
    }

    @Test
    void aConnectionRestsWhenTheBudgetIsSpentAndGoesOnInAnotherTurn() {
        RecordingProtocol protocol = new RecordingProtocol("P");
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            wire.receive("first\nspend\nsecond\nspend\nthird\n".getBytes(UTF_8));
            assertThat(protocol.only().lines).containsExactly("first", "spend", "second", "spend", "third");
            assertThat(protocol.only().goes).isEqualTo(3);
            assertThat(wire.connection().isReadingPaused()).isFalse();
        }
    }

    @Test
    void aPauseOutlastsARest() {
        RecordingProtocol protocol = new RecordingProtocol("P");
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            wire.receive("spend\npause\nlast\n".getBytes(UTF_8));
            assertThat(protocol.only().lines).containsExactly("spend", "pause");
            wire.connection().resumeReading();
            wire.runTasks();
            assertThat(protocol.only().lines).containsExactly("spend", "pause", "last");
        }
    }

    @Test
    void thoseThatWaitAreServedOnceInATurn() throws Exception {
        try (MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
            Lane lane = new Lane(loops.next());
            ReadBudget reads = new ReadBudget(lane);
            List<Integer> turns = new CopyOnWriteArrayList<>();
            AtomicInteger turn = new AtomicInteger();
            loops.next().submit(() -> goInTurns(reads, lane, turns, turn, 5)).get();
            await().until(() -> turns.size() == 5);
            assertThat(turns).doesNotHaveDuplicates();
        }
    }

    /** Each go takes all that a turn has, and notes the number of the turn. */
    private static void goInTurns(ReadBudget reads, Lane lane, List<Integer> turns, AtomicInteger turn, int count) {
        reads.addGreedy(() -> {
            turns.add(turn.get());
            lane.atTurnEnd(turn::incrementAndGet);
            reads.spend(ReadBudget.UNITS);
            if (count > 1) {
                goInTurns(reads, lane, turns, turn, count - 1);
            }
        });
    }
}

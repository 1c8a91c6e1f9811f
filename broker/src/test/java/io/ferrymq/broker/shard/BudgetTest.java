package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.shard.Budget.Level;
import org.junit.jupiter.api.Test;

final class BudgetTest {
    private long declared;
    private long other;
    private long log;
    private long wireHeap;
    private long wireOutside;
    private int steps;
    private final Budget budget = new Budget(
            BrokerOptions.defaults().withMemory(100_000, 200_000),
            () -> declared,
            () -> other,
            () -> log,
            new Budget.Wire(() -> wireHeap, () -> wireOutside));

    private Level at(long bytes) {
        other = bytes;
        budget.look();
        return budget.level();
    }

    @Test
    void eachLevelBeginsAtItsPartOfTheHeap() {
        assertThat(at(59_999)).isEqualTo(Level.PLENTY);
        assertThat(at(60_000)).isEqualTo(Level.SHRINKING);
        assertThat(at(75_000)).isEqualTo(Level.PAUSING);
        assertThat(at(85_000)).isEqualTo(Level.BLOCKING);
        assertThat(at(95_000)).isEqualTo(Level.REFUSING);
    }

    @Test
    void aLevelEndsFivePercentBelowWhereItBegan() {
        assertThat(at(86_000)).isEqualTo(Level.BLOCKING);
        assertThat(at(81_000)).isEqualTo(Level.BLOCKING);
        assertThat(at(79_000)).isEqualTo(Level.PAUSING);
        assertThat(at(81_000)).isEqualTo(Level.PAUSING);
        assertThat(at(10)).isEqualTo(Level.PLENTY);
    }

    @Test
    void memoryOutsideTheHeapCountsAgainstItsOwnLimit() {
        log = 50_000;
        wireOutside = 119_999;
        assertThat(at(0)).isEqualTo(Level.PLENTY);
        assertThat(budget.outsideLevel()).isEqualTo(Level.PAUSING);
        wireOutside = 120_000;
        budget.look();
        assertThat(budget.outsideLevel()).isEqualTo(Level.BLOCKING);
        assertThat(budget.worstLevel()).isEqualTo(Level.BLOCKING);
    }

    @Test
    void memoryOutsideTheHeapRefusesNothingOnTheHeap() {
        wireOutside = 200_000;
        at(0);
        budget.requireRoomToDeclare();
        budget.requireRoomForSession(60_000);
    }

    @Test
    void publishersAreBlockedIfMessagesAreAPartOfIt() {
        wireHeap = 30_000;
        declared = 30_000;
        budget.sessionsHold(40_000);
        assertThat(at(9_000)).isEqualTo(Level.REFUSING);
        assertThat(budget.blocksPublishers()).isFalse();
        at(10_000);
        assertThat(budget.blocksPublishers()).isTrue();
        at(5_000);
        assertThat(budget.blocksPublishers()).isTrue();
        at(4_000);
        assertThat(budget.blocksPublishers()).isFalse();
        budget.queuesHold(10_000);
        at(0);
        assertThat(budget.blocksPublishers()).isTrue();
        declared = 0;
        wireHeap = 0;
        at(0);
        assertThat(budget.blocksPublishers()).isFalse();
    }

    @Test
    void publishersAreBlockedIfTheLogTakesAPartOfWhatIsShortOutside() {
        wireOutside = 170_000;
        log = 10_000;
        at(0);
        assertThat(budget.blocksPublishers()).isFalse();
        log = 20_000;
        at(0);
        assertThat(budget.blocksPublishers()).isTrue();
    }

    @Test
    void allAccountsAreAddedUp() {
        declared = 15_000;
        wireHeap = 5_000;
        budget.queuesHold(20_000);
        budget.sessionsHold(10_000);
        assertThat(at(10_000)).isEqualTo(Level.SHRINKING);
        budget.queuesHold(-20_000);
        assertThat(budget.heapBytes()).isEqualTo(40_000);
    }

    @Test
    void aLargeStepIsLookedAtOnceBeforeTheNextSecond() {
        budget.onLargeStep(() -> steps++);
        budget.look();
        budget.queuesHold(3_000);
        assertThat(steps).isZero();
        budget.sessionsHold(200);
        budget.sessionsHold(50_000);
        assertThat(steps).isEqualTo(1);
        budget.look();
        budget.sessionsHold(4_000);
        assertThat(steps).isEqualTo(2);
    }

    @Test
    void declarationsAndSessionsHaveTheirSharesAndNothingIsTakenAtTheLastLevel() {
        budget.requireRoomToDeclare();
        budget.requireRoomForSession(60_000);
        assertThatThrownBy(() -> budget.requireRoomForSession(60_001)).isInstanceOf(RefusedException.class);
        declared = 60_001;
        assertThatThrownBy(budget::requireRoomToDeclare).isInstanceOf(RefusedException.class);
        declared = 0;
        at(95_000);
        assertThatThrownBy(() -> budget.requireRoomForSession(0)).isInstanceOf(RefusedException.class);
        at(89_000);
        budget.requireRoomToDeclare();
        budget.requireRoomForSession(0);
    }

    @Test
    void whoHoldsLittleHasAReserveAtTheLastLevelAndBeyondWhatOthersHold() {
        budget.requireRoomForLittleSession(62_000);
        assertThatThrownBy(() -> budget.requireRoomForLittleSession(62_001)).isInstanceOf(RefusedException.class);
        budget.sessionsHold(10_000);
        at(86_000);
        budget.requireRoomForLittleSession(2_000);
        assertThatThrownBy(() -> budget.requireRoomForLittleSession(2_001)).isInstanceOf(RefusedException.class);
        budget.sessionsHold(2_000);
        assertThatThrownBy(() -> budget.requireRoomForLittleSession(1)).isInstanceOf(RefusedException.class);
        declared = 2_000;
        budget.requireRoomToDeclare();
        declared = 2_001;
        assertThatThrownBy(budget::requireRoomToDeclare).isInstanceOf(RefusedException.class);
    }
}

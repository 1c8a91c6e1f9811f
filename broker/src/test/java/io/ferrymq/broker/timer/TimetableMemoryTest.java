package io.ferrymq.broker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.TurnBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimetableMemoryTest {
    private static final int MESSAGES = 1_000_000;
    private static final long NOW_MILLIS = 1_700_000_000_000L;
    private static final long DAY_MILLIS = 86_400_000;
    private static final Holder HOLDER = new Holder.AtExchange("/", "later");

    private static final TurnBudget ALL = new TurnBudget(Long.MAX_VALUE);

    private Timetable timetable = new Timetable();
    private final Random random = new Random(1);
    private long bytesMost;

    private void fill(long delayMillisMax) {
        timetable.approach(NOW_MILLIS, ALL);
        for (int i = 1; i <= MESSAGES; i++) {
            timetable.add(NOW_MILLIS + 10_000 + random.nextLong(delayMillisMax), 2L * i, HOLDER, true);
        }
    }

    @Test
    void aMillionMessagesWithOneDelayTakeAboutThreeBytesEach() {
        fill(1);
        assertThat(timetable.memoryBytes()).isLessThan(3_500_000);
    }

    @Test
    void aMillionMessagesOfTheNextMonthTakeAboutSixBytesEach() {
        fill(30 * DAY_MILLIS);
        assertThat(timetable.memoryBytes()).isLessThan(7_000_000);
    }

    @Test
    void aMillionMessagesOfTheNextThousandYearsTakeAboutTenBytesEach() {
        fill(365_000 * DAY_MILLIS);
        assertThat(timetable.memoryBytes()).isLessThan(12_000_000);
    }

    private int takeDue(long nowMillis) {
        DueEntry entry = new DueEntry();
        int taken = 0;
        boolean more = true;
        while (more) {
            more = false;
            timetable.approach(nowMillis, ALL);
            while (timetable.peek(entry) && entry.dueMillis <= nowMillis) {
                timetable.remove(entry);
                bytesMost = Math.max(bytesMost, timetable.memoryBytes());
                taken++;
                more = true;
            }
        }
        return taken;
    }

    @Test
    void aMillionMessagesThatAreDueTogetherTakeNoMoreWhenTheyAreDue() {
        fill(1);
        assertThat(takeDue(NOW_MILLIS + 10_000)).isEqualTo(MESSAGES);
        assertThat(bytesMost).isLessThan(3_500_000);
    }

    @Test
    void aMillionMessagesOfOneSecondTakeNoMoreWhenTheyAreDue() {
        fill(1_000);
        assertThat(takeDue(NOW_MILLIS + 20_000)).isEqualTo(MESSAGES);
        assertThat(bytesMost).isLessThan(6_000_000);
    }

    @Test
    void aMillionMessagesThatAreOverdueSinceADayTakeNoMore() {
        fill(DAY_MILLIS);
        assertThat(takeDue(NOW_MILLIS + 3 * DAY_MILLIS)).isEqualTo(MESSAGES);
        assertThat(bytesMost).isLessThan(8_000_000);
    }

    @Test
    void aMillionMessagesThatWereFoundOverdueTakeNoMore() {
        fill(3 * DAY_MILLIS);
        ByteBuf snapshot = Unpooled.buffer();
        timetable.encode(snapshot);
        timetable = new Timetable();
        timetable.decode(snapshot, _ -> {});
        assertThat(takeDue(NOW_MILLIS + 10 * DAY_MILLIS)).isEqualTo(MESSAGES);
        assertThat(bytesMost).isLessThan(8_000_000);
    }

    @Test
    void aMillionMessagesInLineTakeAboutFourBytesEach() {
        fill(1);
        DueEntry entry = new DueEntry();
        long nowMillis = NOW_MILLIS + 20_000;
        boolean more = true;
        while (more) {
            timetable.approach(nowMillis, ALL);
            more = timetable.peek(entry);
            if (more && !timetable.isInLine(entry)) {
                timetable.keepInLine(entry, nowMillis + 60_000);
            }
        }
        assertThat(timetable.count(HOLDER)).isEqualTo(MESSAGES);
        assertThat(timetable.memoryBytes()).isLessThan(4_500_000);
    }

    @Test
    void aMillionMessagesThatLeftTakeNothing() {
        fill(DAY_MILLIS);
        int taken = 0;
        for (long nowMillis = NOW_MILLIS; nowMillis < NOW_MILLIS + 2 * DAY_MILLIS; nowMillis += 60_000) {
            taken += takeDue(nowMillis);
        }
        assertThat(taken).isEqualTo(MESSAGES);
        assertThat(timetable.memoryBytes()).isLessThan(10_000);
    }

    @Test
    void aCheckpointTakesWhatTheMemoryTakes() {
        fill(30 * DAY_MILLIS);
        ByteBuf snapshot = Unpooled.buffer();
        timetable.encode(snapshot);
        assertThat(snapshot.readableBytes()).isLessThan(7_000_000);
    }
}

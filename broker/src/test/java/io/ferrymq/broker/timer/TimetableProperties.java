package io.ferrymq.broker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.TurnBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A timetable against a sorted map. */
class TimetableProperties {
    private static final long BEGIN_MILLIS = 1_700_000_000_000L;
    private static final long[] DELAYS_MILLIS = {
        0, 20, 1_000, 3_000, 90_000, 3_000_000, 9_000_000, 200_000_000L, 30_000_000_000L, 900_000_000_000_000L
    };

    /** What the map knows, in its order. */
    private record Key(long dueMillis, long sequence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byDue = Long.compare(dueMillis, other.dueMillis);
            return byDue != 0 ? byDue : Long.compare(sequence, other.sequence);
        }
    }

    private record Value(Holder holder, boolean durable) {}

    private final TreeMap<Key, Value> model = new TreeMap<>();
    /** What is due and stands in line. */
    private final TreeMap<Key, Value> lined = new TreeMap<>();

    /** What was dropped and has not been seen to go. */
    private final Set<Key> dropped = new HashSet<>();

    private final DueEntry entry = new DueEntry();
    private Timetable timetable = new Timetable();
    private Random random = new Random();
    private long nowMillis;
    private long sequence;

    @Property(tries = 300)
    void aTimetableBehavesLikeASortedMap(@ForAll long seed, @ForAll @IntRange(min = 1, max = 2_000) int steps) {
        random = new Random(seed);
        timetable = new Timetable(this::released);
        model.clear();
        lined.clear();
        dropped.clear();
        nowMillis = BEGIN_MILLIS;
        sequence = 0;
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(100)) {
                case 0 -> restart();
                case 1 -> removeAll();
                case 23 -> keepOneInLine();
                case 24 -> removeOneInLine();
                case 2, 3 -> list();
                case 22 -> sweep();
                case 4, 5, 6, 7, 8, 9, 10, 11 -> removeOne();
                case 12, 13, 14, 15, 16, 17, 18, 19 -> pass();
                case 20, 21 -> timetable.approach(nowMillis, new TurnBudget(1));
                default -> add();
            }
            assertThat(timetable.size()).isEqualTo(model.size() + lined.size());
        }
        requireSame();
        nowMillis = Timetable.DUE_MILLIS_MAX;
        takeDue();
        assertThat(model).isEmpty();
        assertThat(lined).isEmpty();
        assertThat(timetable.sweep(new TurnBudget(Long.MAX_VALUE))).isTrue();
        assertThat(dropped).isEmpty();
        assertThat(timetable.nextMillis()).isEqualTo(Timetable.NEVER);
    }

    private static Holder holder(int number) {
        String vhost = "v" + number % 2;
        return number < 3 ? new Holder.AtExchange(vhost, "x" + number) : new Holder.AtQueue(vhost, number);
    }

    private void add() {
        int burst = random.nextInt(300) == 0 ? 3_000 : 1;
        long delayMillis = DELAYS_MILLIS[random.nextInt(DELAYS_MILLIS.length)];
        for (int i = 0; i < burst; i++) {
            long spreadMillis = delayMillis == 0 ? 0 : random.nextLong(delayMillis);
            long dueMillis = Timetable.due(nowMillis, random.nextInt(4) == 0 ? delayMillis : spreadMillis);
            sequence += 1 + (random.nextInt(10) == 0 ? random.nextInt(1_000_000) : 0);
            Value value = new Value(holder(random.nextInt(5)), random.nextInt(4) > 0);
            timetable.add(dueMillis, sequence, value.holder, value.durable);
            model.put(new Key(dueMillis, sequence), value);
        }
    }

    private Key anyKey() {
        Key near = new Key(nowMillis + random.nextLong(1L << random.nextInt(1, 40)), 0);
        Key above = model.ceilingKey(near);
        return above == null ? model.firstKey() : above;
    }

    private void removeOne() {
        if (!model.isEmpty()) {
            Key key = anyKey();
            assertThat(timetable.find(key.sequence, entry)).isTrue();
            assertThat(entry.dueMillis).isEqualTo(key.dueMillis);
            assertThat(timetable.remove(entry)).isTrue();
            model.remove(key);
            assertThat(timetable.remove(entry)).isFalse();
            assertThat(timetable.find(key.sequence, entry)).isFalse();
        }
    }

    /** One that waits, or stands in line and is put off again. */
    private void keepOneInLine() {
        if (!model.isEmpty()) {
            Key key = anyKey();
            assertThat(timetable.find(key.sequence, entry)).isTrue();
            timetable.keepInLine(entry, nowMillis + random.nextInt(1_000_000));
            lined.put(key, model.remove(key));
        }
    }

    private void removeOneInLine() {
        if (!lined.isEmpty()) {
            Key key = lined.keySet().stream()
                    .skip(random.nextInt(lined.size()))
                    .findFirst()
                    .orElseThrow();
            assertThat(timetable.find(key.sequence, entry)).isTrue();
            if (random.nextBoolean()) {
                timetable.keepInLine(entry, nowMillis + random.nextInt(1_000_000));
            } else {
                assertThat(timetable.remove(entry)).isTrue();
                lined.remove(key);
            }
        }
    }

    private TreeMap<Key, Value> all() {
        TreeMap<Key, Value> all = new TreeMap<>(model);
        all.putAll(lined);
        return all;
    }

    private void removeAll() {
        Holder gone = holder(random.nextInt(5));
        List<Key> expected = new ArrayList<>();
        all().forEach((key, value) -> {
            if (value.holder.equals(gone)) {
                expected.add(key);
            }
        });
        assertThat(timetable.count(gone)).isEqualTo(expected.size());
        List<Key> shown = new ArrayList<>();
        timetable.forEach(gone, each -> shown.add(new Key(each.dueMillis, each.sequence)));
        assertThat(shown.stream().sorted().toList()).isEqualTo(expected);
        timetable.drop(gone);
        dropped.addAll(expected);
        expected.forEach(model::remove);
        expected.forEach(lined::remove);
        assertThat(timetable.count(gone)).isZero();
    }

    private void sweep() {
        boolean over = timetable.sweep(new TurnBudget(random.nextInt(1_000)));
        assertThat(over).isEqualTo(timetable.isSwept());
        if (over) {
            assertThat(dropped).isEmpty();
        }
    }

    /** What was dropped goes once. */
    private void released(DueEntry entry) {
        assertThat(dropped.remove(new Key(entry.dueMillis, entry.sequence))).isTrue();
    }

    private void pass() {
        nowMillis += random.nextLong(1L << random.nextInt(1, 34));
        takeDue();
    }

    /** Everything that is due comes, in order, and nothing else does. */
    private void takeDue() {
        boolean over = false;
        while (!over) {
            over = timetable.approach(nowMillis, new TurnBudget(1 + random.nextInt(2_000)));
            while (timetable.peekInLine(nowMillis, entry)) {
                over = false;
                Value value = lined.remove(new Key(entry.dueMillis, entry.sequence));
                assertThat(new Value(timetable.holder(entry.holder), entry.durable))
                        .isEqualTo(value);
                assertThat(timetable.remove(entry)).isTrue();
            }
            while (timetable.peek(entry) && entry.dueMillis <= nowMillis) {
                over = false;
                Key first = model.firstKey();
                assertThat(new Key(entry.dueMillis, entry.sequence)).isEqualTo(first);
                Value value = model.remove(first);
                assertThat(new Value(timetable.holder(entry.holder), entry.durable))
                        .isEqualTo(value);
                if (timetable.isInLine(entry)) {
                    lined.put(first, value);
                } else {
                    assertThat(timetable.remove(entry)).isTrue();
                }
            }
        }
        assertThat(model.isEmpty() || model.firstKey().dueMillis > nowMillis)
                .as("nothing that is due is left")
                .isTrue();
        if (!model.isEmpty()) {
            assertThat(timetable.nextMillis())
                    .as("it asks to be looked at in time")
                    .isBetween(nowMillis, model.firstKey().dueMillis);
        }
    }

    private void list() {
        Key after = model.isEmpty() || random.nextInt(3) == 0 ? new Key(0, 0) : anyKey();
        int limit = 1 + random.nextInt(50);
        Holder wanted = holder(random.nextInt(5));
        boolean all = random.nextBoolean();
        List<Key> expected = all().tailMap(after, false).entrySet().stream()
                .filter(each -> all || each.getValue().holder.equals(wanted))
                .limit(limit)
                .map(each -> each.getKey())
                .toList();
        assertThat(timetable.after(after.dueMillis, after.sequence, limit, each -> all || each.equals(wanted)).stream()
                        .map(each -> new Key(each.dueMillis, each.sequence))
                        .toList())
                .isEqualTo(expected);
    }

    private void restart() {
        ByteBuf snapshot = Unpooled.buffer();
        timetable.encode(snapshot);
        timetable = new Timetable(this::released);
        dropped.clear();
        List<Key> found = new ArrayList<>();
        timetable.decode(snapshot, each -> found.add(new Key(each.dueMillis, each.sequence)));
        assertThat(snapshot.isReadable()).isFalse();
        model.values().removeIf(value -> !value.durable);
        lined.values().removeIf(value -> !value.durable);
        assertThat(found.stream().sorted().toList()).isEqualTo(List.copyOf(all().keySet()));
        removeEarly();
    }

    /** As recovery does, which knows due times and sequences only. */
    private void removeEarly() {
        int inLine = 0;
        for (Key key : List.copyOf(all().keySet())) {
            if (random.nextInt(10) == 0) {
                inLine += lined.containsKey(key) ? 1 : 0;
                assertThat(timetable.remove(key.dueMillis, key.sequence)).isEqualTo(model.containsKey(key));
                if (lined.remove(key) != null) {
                    dropped.add(key);
                }
                model.remove(key);
            }
        }
        assertThat(timetable.recovered()).isEqualTo(inLine);
        assertThat(dropped).isEmpty();
    }

    private void requireSame() {
        List<Key> all = timetable.after(0, 0, model.size() + lined.size() + 1, _ -> true).stream()
                .map(each -> new Key(each.dueMillis, each.sequence))
                .toList();
        assertThat(all).isEqualTo(List.copyOf(all().keySet()));
        for (int i = 0; i < 5; i++) {
            Holder holder = holder(i);
            assertThat(timetable.count(holder))
                    .isEqualTo(all().values().stream()
                            .filter(value -> value.holder.equals(holder))
                            .count());
        }
    }
}

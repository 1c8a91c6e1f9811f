package io.ferrymq.broker.timer;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Which message is due when: every delayed message of a shard, without an object for each. Knows sequences, not messages.
 *
 * <p>Thread contract: the shard's lane only.
 *
 * <p>Entries are in buckets that get narrower as their time comes: 100 days, a day, an hour, a minute, a second, a
 * millisecond, and at last a heap of one page. A bucket is opened some time before it begins, a few pages in a turn, so that
 * no turn is long however many messages are due in one hour. One that has begun is opened only when nothing that is narrower
 * begins before it: then what is overdue stays in its pages until it is wanted, however much that is. What is due first is asked
 * for with {@link #peek}, which answers only if no bucket that is not opened could hold an earlier entry. Entries leave in the
 * order of their due times, equal ones in the order of their sequences.
 *
 * <pre>
 *   from      to            on
 *   -         waiting       {@link #add}
 *   waiting   gone          {@link #remove}: it was routed, cancelled or given another time
 *   waiting   in line       {@link #keepInLine}, {@link #isInLine}: it is due, and its holder cannot take it yet
 *   in line   gone          {@link #remove}
 *   waiting   dropped       {@link #drop}: its holder is gone, or was emptied
 *   dropped   gone          {@link #sweep}, or its time comes near; nobody sees it meanwhile
 * </pre>
 */
public final class Timetable {
    /** The last moment that a message can wait for: the end of the year 9999. */
    public static final long DUE_MILLIS_MAX = 253_402_300_799_999L;

    /** A time that never comes. */
    public static final long NEVER = Tier.NEVER;

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private static final int NEAR = -1;
    /** What it takes to look at a page, and the part of a unit that an entry of the next seconds takes. */
    private static final int PAGE_UNITS = 60;

    private static final int ENTRIES_PER_UNIT = 8;
    /** Of a page that is opened. */
    private static final int MOVES_PER_UNIT = 2;

    /** Sees one entry, valid during the call. */
    public interface Visitor {
        void visit(DueEntry entry);
    }

    /** The widest first. */
    private final Tier[] tiers = {
        new Tier(100 * DAY, DAY),
        new Tier(DAY, HOUR),
        new Tier(HOUR, HOUR / 2),
        new Tier(MINUTE, MINUTE),
        new Tier(SECOND, SECOND),
        new Tier(1, 0)
    };

    /** How many tiers there are in a checkpoint: before there were buckets of a millisecond, and with lines one more than there are. */
    private static final int TIERS_BEFORE = 5;

    private static final int LAYOUT = 7;

    private final int narrowest = tiers.length - 1;

    private final Near near = new Near();
    private final Holders holders = new Holders();
    /** What was due and its holder could not take, by the holder's number. */
    private final Map<Integer, Waitlist> lines = new HashMap<>();

    /** When the first of each line is tried again; a time that is not the line's any more is nothing. */
    private final PriorityQueue<Retry> retries = new PriorityQueue<>(Comparator.comparingLong(Retry::millis));

    private record Retry(long millis, int holder) {}

    private long lineBytes;
    /** In recovery: what was removed and may stand in a line. */
    private long[] removedEarly = new long[16];

    private int removedEarlyCount;
    private final Visitor released;
    private final DueEntry scratch = new DueEntry();
    private long size;

    // Where the sweep is: the heap, or a page of a bucket of a tier.
    private int sweptTier = NEAR;
    private long sweptStartMillis;
    private int sweptPage;

    public Timetable() {
        this(_ -> {});
    }

    /** {@code released} is shown each entry that was dropped when it has gone. */
    public Timetable(Visitor released) {
        this.released = released;
    }

    /** When a message is due that waits from {@code nowMillis}; a delay has no other limit than the calendar. */
    public static long due(long nowMillis, long delayMillis) {
        return delayMillis >= DUE_MILLIS_MAX - nowMillis ? DUE_MILLIS_MAX : nowMillis + delayMillis;
    }

    /** Adds a message; its sequence is larger than all before. */
    public void add(long dueMillis, long sequence, Holder holder, boolean durable) {
        int number = holders.number(holder);
        place(0, dueMillis, sequence, number, durable);
        holders.added(number);
        size++;
    }

    private void place(int widest, long dueMillis, long sequence, int holder, boolean durable) {
        int tier = widest;
        while (tier < narrowest && !tiers[tier].takes(dueMillis)) {
            tier++;
        }
        if (tier < tiers.length) {
            tiers[tier].append(dueMillis, sequence, holder, durable);
        } else {
            near.add(dueMillis, sequence, holder, durable);
        }
    }

    /** Takes a message away; false if it does not wait here. */
    public boolean remove(DueEntry entry) {
        boolean removed = take(entry);
        if (removed) {
            gone(scratch);
        }
        return removed;
    }

    private void gone(DueEntry entry) {
        size--;
        holders.removed(entry.holder);
    }

    private boolean take(DueEntry entry) {
        return takeFromLine(entry) || take(entry.dueMillis, entry.sequence);
    }

    private boolean takeFromLine(DueEntry entry) {
        Waitlist line = lines.get(entry.holder);
        if (line == null) {
            return false;
        }
        lineBytes -= line.memoryBytes();
        boolean taken = line.remove(entry.sequence, scratch);
        if (line.isEmpty()) {
            lines.remove(entry.holder);
        } else {
            lineBytes += line.memoryBytes();
        }
        return taken;
    }

    private boolean take(long dueMillis, long sequence) {
        boolean taken = near.isFirst(sequence) && near.remove(sequence, scratch);
        for (int i = 0; i < tiers.length && !taken; i++) {
            taken = tiers[i].remove(dueMillis, sequence, scratch);
        }
        return taken || near.remove(sequence, scratch);
    }

    /**
     * As {@link #remove(DueEntry)}, in recovery, when it is not known where a message waits; false if it is not here, or
     * stands in a line, which {@link #recovered} looks for.
     */
    public boolean remove(long dueMillis, long sequence) {
        boolean removed = take(dueMillis, sequence);
        if (removed) {
            gone(scratch);
        } else if (!lines.isEmpty()) {
            if (removedEarlyCount == removedEarly.length) {
                removedEarly = Arrays.copyOf(removedEarly, removedEarlyCount * 2);
            }
            removedEarly[removedEarlyCount++] = sequence;
        }
        return removed;
    }

    /** Recovery is over: takes away what was removed in lines, and shows it as released; returns how many those were. */
    public int recovered() {
        long sizeBefore = size;
        Arrays.sort(removedEarly, 0, removedEarlyCount);
        if (removedEarlyCount > 0) {
            List.copyOf(lines.keySet()).forEach(this::removeEarly);
        }
        removedEarlyCount = 0;
        removedEarly = new long[0];
        return (int) (sizeBefore - size);
    }

    private void removeEarly(int holder) {
        if (holders.isDropped(holder)) {
            // The sweep takes them away with the others, and they are counted no more.
            return;
        }
        Waitlist old = Objects.requireNonNull(lines.remove(holder));
        lineBytes -= old.memoryBytes();
        old.forEach(entry -> {
            if (Arrays.binarySearch(removedEarly, 0, removedEarlyCount, entry.sequence) >= 0) {
                gone(entry);
                released.visit(entry);
            } else {
                addToLine(entry);
            }
        });
    }

    // ---- lines ----

    /** Has a message that is due wait until its holder can take it: it is first in the holder's line, or the last. */
    public void keepInLine(DueEntry entry, long untilMillis) {
        Waitlist line = lines.get(entry.holder);
        if (line == null || !line.isFirst(entry.sequence)) {
            if (!take(entry)) {
                throw new IllegalStateException("what is due does not wait: " + entry.sequence);
            }
            line = addToLine(scratch);
        }
        line.tryAt(untilMillis);
        retries.add(new Retry(untilMillis, entry.holder));
    }

    private Waitlist addToLine(DueEntry entry) {
        Waitlist line = lines.computeIfAbsent(entry.holder, Waitlist::new);
        lineBytes -= line.isEmpty() ? 0 : line.memoryBytes();
        line.add(entry.dueMillis, entry.sequence, entry.durable);
        lineBytes += line.memoryBytes();
        return line;
    }

    /** Whether others of its holder stand in line before a message that is due; then it joins them. */
    public boolean isInLine(DueEntry first) {
        if (!lines.containsKey(first.holder)) {
            return false;
        }
        var _ = near.remove(first.sequence, scratch);
        addToLine(scratch);
        return true;
    }

    /** Shows one that is the first in its line and is to be tried at this time; false if there is none. */
    public boolean peekInLine(long nowMillis, DueEntry first) {
        while (!retries.isEmpty() && retries.peek().millis <= nowMillis) {
            Waitlist line = lines.get(retries.peek().holder);
            if (line != null
                    && line.untilMillis() == retries.peek().millis
                    && !holders.isDropped(retries.peek().holder)
                    && line.peek(first)) {
                return true;
            }
            retries.remove();
        }
        return false;
    }

    /** Takes away all messages of one holder, however many: nobody sees them any more. {@link #sweep} has to follow. */
    public void drop(Holder holder) {
        size -= holders.drop(holder);
    }

    /** Whether entries are left that were dropped. */
    public boolean isSwept() {
        return !holders.hasDropped();
    }

    /** Looks for entries that were dropped, for as long as the budget lasts; whether all have gone. */
    public boolean sweep(TurnBudget budget) {
        while (holders.hasDropped()) {
            if (budget.isSpent()) {
                return false;
            }
            if (sweptTier == NEAR) {
                if (!sweepLines(budget)) {
                    return false;
                }
                budget.spend(1 + near.size() / ENTRIES_PER_UNIT);
                near.removeAll(holders::isDropped, entry -> forget(entry, budget));
                sweptTier = 0;
                sweptStartMillis = 0;
            } else {
                budget.spend(PAGE_UNITS);
                sweepPage(tiers[sweptTier], budget);
            }
        }
        sweptTier = NEAR;
        return true;
    }

    private boolean sweepLines(TurnBudget budget) {
        for (Iterator<Map.Entry<Integer, Waitlist>> each = lines.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Integer, Waitlist> next = each.next();
            if (holders.isDropped(next.getKey())) {
                Waitlist line = next.getValue();
                lineBytes -= line.memoryBytes();
                while (!line.isEmpty() && !budget.isSpent()) {
                    budget.spend(line.takePage(this::forget));
                }
                if (!line.isEmpty()) {
                    lineBytes += line.memoryBytes();
                    return false;
                }
                each.remove();
            }
        }
        return true;
    }

    private void sweepPage(Tier tier, TurnBudget budget) {
        long startMillis = tier.startFrom(sweptStartMillis);
        if (startMillis == NEVER) {
            sweptTier = sweptTier + 1 == tiers.length ? NEAR : sweptTier + 1;
            sweptStartMillis = 0;
            sweptPage = 0;
            return;
        }
        if (startMillis != sweptStartMillis) {
            sweptStartMillis = startMillis;
            sweptPage = 0;
        }
        if (!tier.removeFromPage(startMillis, sweptPage++, holders::isDropped, entry -> forget(entry, budget))) {
            sweptStartMillis++;
            sweptPage = 0;
        }
    }

    private void forget(DueEntry entry, TurnBudget budget) {
        forget(entry);
        budget.spend(1);
    }

    private void forget(DueEntry entry) {
        holders.removed(entry.holder);
        released.visit(entry);
    }

    /** Shows the message of that sequence; false if it does not wait here. */
    public boolean find(long sequence, DueEntry found) {
        boolean here = near.find(sequence, found);
        for (int i = 0; i < tiers.length && !here; i++) {
            here = tiers[i].find(sequence, found);
        }
        for (Iterator<Waitlist> each = lines.values().iterator(); each.hasNext() && !here; ) {
            here = each.next().find(sequence, found);
        }
        return here && !holders.isDropped(found.holder);
    }

    // ---- time ----

    /**
     * Opens the buckets that are near at this time or hold what is due first, for as long as the budget lasts.
     *
     * @return false if there is more to open
     */
    public boolean approach(long nowMillis, TurnBudget budget) {
        forgetDroppedFirst();
        boolean opened = true;
        while (opened) {
            opened = false;
            // Narrower tiers have not got all yet that is due from here on.
            long limitMillis = NEVER;
            for (int i = 0; i < tiers.length; i++) {
                while (isToOpen(i, nowMillis, limitMillis)) {
                    if (budget.isSpent()) {
                        return false;
                    }
                    open(i, budget);
                    opened = true;
                }
                tiers[i].pass(nowMillis, limitMillis);
                limitMillis = Math.min(limitMillis, tiers[i].firstStartMillis());
            }
        }
        return true;
    }

    private void forgetDroppedFirst() {
        while (near.peek(scratch) && holders.isDropped(scratch.holder)) {
            var _ = near.remove(scratch.sequence, scratch);
            forget(scratch);
        }
    }

    private boolean isToOpen(int tier, long nowMillis, long limitMillis) {
        long startMillis = tiers[tier].firstStartMillis();
        if (startMillis >= limitMillis || tiers[tier].opensAtMillis() > nowMillis) {
            return false;
        }
        return startMillis > nowMillis || (tier == narrowest ? !isNearFirst() : !isAnyBefore(startMillis, tier));
    }

    /** Whether something narrower begins before this. */
    private boolean isAnyBefore(long startMillis, int tier) {
        boolean before = near.firstDueMillis() < startMillis;
        for (int i = tier + 1; i < tiers.length && !before; i++) {
            before = tiers[i].firstStartMillis() < startMillis;
        }
        return before;
    }

    /** Whether the heap has the first of what is in it and in buckets of a millisecond. */
    private boolean isNearFirst() {
        long startMillis = tiers[narrowest].firstStartMillis();
        long dueMillis = near.firstDueMillis();
        return dueMillis < startMillis
                || (dueMillis == startMillis
                        && dueMillis != NEVER
                        && near.firstSequence() < tiers[narrowest].firstSequence());
    }

    private void open(int tier, TurnBudget budget) {
        DuePage page = tiers[tier].takePage();
        budget.spend(TurnBudget.GO + page.liveCount() / MOVES_PER_UNIT);
        page.forEach(entry -> placeUnlessDropped(tier + 1, entry));
    }

    private void placeUnlessDropped(int widest, DueEntry entry) {
        if (holders.isDropped(entry.holder)) {
            forget(entry);
        } else {
            place(widest, entry.dueMillis, entry.sequence, entry.holder, entry.durable);
        }
    }

    /** Shows the message that is due first; false if there is none, or none that is known to be the first. */
    public boolean peek(DueEntry first) {
        forgetDroppedFirst();
        return isFirstKnown() && near.peek(first);
    }

    private boolean isFirstKnown() {
        long dueMillis = near.firstDueMillis();
        for (int i = 0; i < narrowest; i++) {
            if (tiers[i].firstStartMillis() <= dueMillis) {
                return false;
            }
        }
        return isNearFirst();
    }

    /** When there is something to do, a message to be routed or a bucket to be opened; {@link #NEVER} if nothing waits. */
    public long nextMillis() {
        long nextMillis = near.firstDueMillis();
        if (!retries.isEmpty()) {
            nextMillis = Math.min(nextMillis, retries.peek().millis);
        }
        for (Tier tier : tiers) {
            nextMillis = Math.min(nextMillis, tier.opensAtMillis());
        }
        return nextMillis;
    }

    /**
     * Moves what these queues hold by so much, because the clock was set that their times are told by. Looks at every entry; those
     * that are moved do without buckets from then on, so that each keeps its sequence.
     */
    public void moveHeldBy(Predicate<Holder.AtQueue> wanted, long byMillis) {
        BitSet queues = holders.queues(wanted);
        if (queues.isEmpty()) {
            return;
        }
        Near moved = new Near();
        Visitor mover = entry -> moved.add(
                Math.clamp(entry.dueMillis + byMillis, 0, DUE_MILLIS_MAX), entry.sequence, entry.holder, entry.durable);
        near.removeAll(queues::get, mover);
        for (Tier tier : tiers) {
            tier.removeAll(queues::get, mover);
        }
        moved.forEach(entry -> near.add(entry.dueMillis, entry.sequence, entry.holder, entry.durable));
    }

    // ---- what waits ----

    public long size() {
        return size;
    }

    public long count(Holder holder) {
        return holders.count(holder);
    }

    public long count(String vhost) {
        return holders.in(vhost).stream().mapToLong(holders::count).sum();
    }

    /** What holds messages in a virtual host. */
    public List<Holder> holdersIn(String vhost) {
        return holders.in(vhost);
    }

    /** The holder of that number, as an entry has it. */
    public Holder holder(int number) {
        return holders.holder(number);
    }

    /**
     * The first messages, as many as {@code limit}, that come after a given one in the order of due times and sequences.
     * Looks at every entry of the buckets that they lie in.
     */
    public List<DueEntry> after(long dueMillis, long sequence, int limit, Predicate<Holder> wanted) {
        Comparator<DueEntry> order =
                Comparator.<DueEntry>comparingLong(entry -> entry.dueMillis).thenComparingLong(entry -> entry.sequence);
        PriorityQueue<DueEntry> latestFirst = new PriorityQueue<>(order.reversed());
        Visitor collector = entry -> {
            boolean later = entry.dueMillis > dueMillis || (entry.dueMillis == dueMillis && entry.sequence > sequence);
            if (later && !holders.isDropped(entry.holder) && wanted.test(holders.holder(entry.holder))) {
                latestFirst.add(entry.copy());
                if (latestFirst.size() > limit) {
                    latestFirst.poll();
                }
            }
        };
        near.forEach(collector);
        lines.values().forEach(line -> line.forEach(collector));
        for (int i = tiers.length - 1; i >= 0; i--) {
            tiers[i].forEachBucketFrom(dueMillis, (startMillis, bucket) -> {
                if (latestFirst.size() < limit || startMillis <= latestFirst.element().dueMillis) {
                    bucket.forEach(collector);
                }
            });
        }
        List<DueEntry> entries = new ArrayList<>(latestFirst);
        entries.sort(order);
        return entries;
    }

    /** Shows all messages of one holder, in no order. Looks at every entry. */
    public void forEach(Holder holder, Visitor visitor) {
        int number = holders.existing(holder);
        Visitor filter = entry -> {
            if (entry.holder == number) {
                visitor.visit(entry);
            }
        };
        near.forEach(filter);
        Waitlist line = lines.get(number);
        if (line != null) {
            line.forEach(visitor);
        }
        for (Tier tier : tiers) {
            tier.forEachBucketFrom(0, (_, bucket) -> bucket.forEach(filter));
        }
    }

    public long memoryBytes() {
        long bytes = near.memoryBytes() + lineBytes;
        for (Tier tier : tiers) {
            bytes += tier.memoryBytes();
        }
        return bytes;
    }

    // ---- checkpoints ----

    /**
     * Writes all that is here; what is not durable, or was dropped, is left out when it is read.
     *
     * <pre>
     *   timetable:  holders, varint {@link #LAYOUT}, the tiers from the widest to the narrowest, the heap,
     *               varint count of lines, then for each: varint number of the holder, {@link Waitlist}
     * </pre>
     */
    public void encode(ByteBuf out) {
        holders.encode(out);
        Varint.write(out, LAYOUT);
        for (Tier tier : tiers) {
            tier.encode(out);
        }
        near.encode(out, holders::isKnown);
        List<Integer> known = lines.keySet().stream().filter(holders::isKnown).toList();
        Varint.write(out, known.size());
        for (int holder : known) {
            Varint.write(out, holder);
            Objects.requireNonNull(lines.get(holder)).encode(out);
        }
    }

    /** Reads what {@link #encode} wrote into this empty timetable, and shows what it holds. */
    public void decode(ByteBuf in, Visitor visitor) {
        holders.decode(in);
        decodeTiers(in, visitor);
    }

    /** Reads what {@link #encode} wrote when only exchanges held messages. */
    public void decodeWithoutQueues(ByteBuf in, Visitor visitor) {
        holders.decodeExchanges(in);
        decodeTiers(in, visitor);
    }

    private void decodeTiers(ByteBuf in, Visitor visitor) {
        Visitor counting = entry -> {
            holders.added(entry.holder);
            size++;
            visitor.visit(entry);
        };
        int layout = Varint.readInt(in);
        if (layout < TIERS_BEFORE || layout > LAYOUT) {
            throw new IllegalArgumentException("a timetable of layout " + layout);
        }
        for (int i = 0; i < Math.min(layout, tiers.length); i++) {
            tiers[i].decode(in, holders::isKnown, counting);
        }
        near.decode(in, counting);
        if (layout == LAYOUT) {
            decodeLines(in, counting);
        }
        holders.forgetEmpty();
    }

    private void decodeLines(ByteBuf in, Visitor visitor) {
        int count = Varint.readCount(in, 2);
        for (int i = 0; i < count; i++) {
            int holder = Varint.readInt(in);
            Waitlist line = new Waitlist(holder);
            line.decode(in);
            if (!line.isEmpty()) {
                line.forEach(visitor);
                lines.put(holder, line);
                lineBytes += line.memoryBytes();
                retries.add(new Retry(line.untilMillis(), holder));
            }
        }
    }
}

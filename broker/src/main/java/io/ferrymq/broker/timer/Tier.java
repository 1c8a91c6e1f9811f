package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * The buckets of one width. A bucket is <em>opened</em>, its entries moved to the next narrower tier, page by page, when the
 * {@link Timetable} says so. A tier takes entries only for spans that it has not opened; so the newest entry of a millisecond
 * is in the widest tier that has any, and every bucket gets its entries in the order of their sequences.
 */
final class Tier {
    static final long NEVER = Long.MAX_VALUE;

    private final long widthMillis;
    private final long leadMillis;
    private final TreeMap<Long, Bucket> buckets = new TreeMap<>();
    /** All spans that begin before this are opened. A multiple of the width. */
    private long openedUpToMillis;

    private long bytes;

    Tier(long widthMillis, long leadMillis) {
        this.widthMillis = widthMillis;
        this.leadMillis = leadMillis;
    }

    boolean takes(long dueMillis) {
        return startOf(dueMillis) >= openedUpToMillis;
    }

    private long startOf(long dueMillis) {
        return dueMillis - dueMillis % widthMillis;
    }

    void append(long dueMillis, long sequence, int holder, boolean durable) {
        Bucket bucket = buckets.computeIfAbsent(startOf(dueMillis), _ -> added(new Bucket()));
        bytes -= bucket.memoryBytes();
        bucket.append(dueMillis, sequence, holder, durable);
        bytes += bucket.memoryBytes();
    }

    private Bucket added(Bucket bucket) {
        bytes += bucket.memoryBytes();
        return bucket;
    }

    boolean remove(long dueMillis, long sequence, DueEntry removed) {
        Bucket bucket = buckets.get(startOf(dueMillis));
        if (bucket == null) {
            return false;
        }
        bytes -= bucket.memoryBytes();
        boolean found = bucket.remove(sequence, removed);
        if (bucket.isEmpty()) {
            buckets.remove(startOf(dueMillis));
        } else {
            bytes += bucket.memoryBytes();
        }
        return found;
    }

    boolean find(long sequence, DueEntry found) {
        for (Bucket bucket : buckets.values()) {
            if (bucket.find(sequence, found)) {
                return true;
            }
        }
        return false;
    }

    /** No entry here is due before this. */
    long firstStartMillis() {
        return buckets.isEmpty() ? NEVER : buckets.firstKey();
    }

    /** No entry of the first bucket has a lower sequence. There is a bucket. */
    long firstSequence() {
        return buckets.firstEntry().getValue().firstSequence();
    }

    /** When the first bucket is to be opened, though nothing in it can be due before its span begins. */
    long opensAtMillis() {
        return buckets.isEmpty() ? NEVER : buckets.firstKey() - leadMillis;
    }

    /** Takes the first page out of the first bucket. There is one. */
    DuePage takePage() {
        Map.Entry<Long, Bucket> first = buckets.firstEntry();
        Bucket bucket = first.getValue();
        bytes -= bucket.memoryBytes();
        DuePage page = bucket.takePage();
        if (bucket.isEmpty()) {
            buckets.pollFirstEntry();
            openedUpToMillis = Math.max(openedUpToMillis, first.getKey() + widthMillis);
        } else {
            bytes += bucket.memoryBytes();
        }
        return page;
    }

    /** Leaves to narrower tiers what is to be opened at this time, before {@code limitMillis}, and is not here yet. */
    void pass(long nowMillis, long limitMillis) {
        long lastMillis = Math.min(nowMillis + leadMillis, Math.min(limitMillis, firstStartMillis()) - 1);
        if (lastMillis >= 0) {
            openedUpToMillis = Math.max(openedUpToMillis, startOf(lastMillis) + widthMillis);
        }
    }

    void removeAll(IntPredicate ofHolder, Timetable.Visitor visitor) {
        for (Iterator<Bucket> each = buckets.values().iterator(); each.hasNext(); ) {
            Bucket bucket = each.next();
            bytes -= bucket.memoryBytes();
            bucket.removeAll(ofHolder, visitor);
            if (bucket.isEmpty()) {
                each.remove();
            } else {
                bytes += bucket.memoryBytes();
            }
        }
    }

    /** The beginning of the first span that does not begin before this; {@link #NEVER} if there is none. */
    long startFrom(long startMillis) {
        Long start = buckets.ceilingKey(startMillis);
        return start == null ? NEVER : start;
    }

    /** Takes away entries of some holders from a page of a bucket that is there; false if it has no page of that number. */
    boolean removeFromPage(long startMillis, int page, IntPredicate ofHolder, Timetable.Visitor visitor) {
        Bucket bucket = Objects.requireNonNull(buckets.get(startMillis));
        bytes -= bucket.memoryBytes();
        boolean more = bucket.removeFromPage(page, ofHolder, visitor);
        if (!more && bucket.isEmpty()) {
            buckets.remove(startMillis);
        } else {
            bytes += bucket.memoryBytes();
        }
        return more;
    }

    /** Shows the buckets whose spans end after {@code dueMillis}, each with the beginning of its span. */
    void forEachBucketFrom(long dueMillis, BucketVisitor visitor) {
        buckets.tailMap(startOf(dueMillis)).forEach(visitor::visit);
    }

    /** Sees one bucket. */
    interface BucketVisitor {
        void visit(long startMillis, Bucket bucket);
    }

    long memoryBytes() {
        return bytes;
    }

    /** varint opened up to, varint count of buckets, then for each: varint beginning of its span, the bucket. */
    void encode(ByteBuf out) {
        Varint.write(out, openedUpToMillis);
        Varint.write(out, buckets.size());
        buckets.forEach((startMillis, bucket) -> {
            Varint.write(out, startMillis);
            bucket.encode(out);
        });
    }

    void decode(ByteBuf in, IntPredicate isKnown, Timetable.Visitor visitor) {
        openedUpToMillis = Varint.read(in);
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            long startMillis = Varint.read(in);
            Bucket bucket = Bucket.decode(in, isKnown, visitor);
            if (!bucket.isEmpty()) {
                buckets.put(startMillis, added(bucket));
            }
        }
    }
}

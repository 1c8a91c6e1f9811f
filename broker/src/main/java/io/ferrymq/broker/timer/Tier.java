package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one width. A bucket is <em>opened</em>, its entries moved to the next narrower tier, when its span begins
 * in less than the lead. A tier takes entries only for spans that it has not opened; so the entries of one millisecond
 * are in one tier at a time, and every bucket gets its entries in the order of their sequences.
 */
final class Tier {
    static final long NEVER = Long.MAX_VALUE;

    private final long widthMillis;
    private final long leadMillis;
    private final TreeMap<Long, Bucket> buckets = new TreeMap<>();
    /** All spans that begin before this are opened. A multiple of the width. */
    private long openedUpToMillis;

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
        buckets.computeIfAbsent(startOf(dueMillis), _ -> new Bucket()).append(dueMillis, sequence, holder, durable);
    }

    boolean remove(long dueMillis, long sequence, DueEntry removed) {
        Bucket bucket = buckets.get(startOf(dueMillis));
        if (bucket == null || !bucket.remove(sequence, removed)) {
            return false;
        }
        if (bucket.isEmpty()) {
            buckets.remove(startOf(dueMillis));
        }
        return true;
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

    /** When the first bucket is to be opened. */
    long opensAtMillis() {
        return buckets.isEmpty() ? NEVER : buckets.firstKey() - leadMillis;
    }

    /**
     * Opens what is near, and shows its entries to {@code below}, as many pages as {@code pagesMax}.
     *
     * @return pages that may still be opened in this turn; 0 if some may be left
     */
    int open(long nowMillis, int pagesMax, Timetable.Visitor below) {
        long nearMillis = nowMillis + leadMillis;
        int pages = pagesMax;
        while (pages > 0 && firstStartMillis() < nearMillis) {
            Map.Entry<Long, Bucket> first = buckets.firstEntry();
            first.getValue().takePage().forEach(below);
            pages--;
            if (first.getValue().isEmpty()) {
                buckets.pollFirstEntry();
                openedUpToMillis = Math.max(openedUpToMillis, first.getKey() + widthMillis);
            }
        }
        if (firstStartMillis() >= nearMillis) {
            openedUpToMillis = Math.max(openedUpToMillis, startOf(nearMillis - 1) + widthMillis);
        }
        return pages;
    }

    void removeAll(IntPredicate ofHolder, Timetable.Visitor visitor) {
        for (Iterator<Bucket> each = buckets.values().iterator(); each.hasNext(); ) {
            Bucket bucket = each.next();
            bucket.removeAll(ofHolder, visitor);
            if (bucket.isEmpty()) {
                each.remove();
            }
        }
    }

    /** The first bucket whose span does not begin before this; null if there is none. */
    Map.@Nullable Entry<Long, Bucket> bucketFrom(long startMillis) {
        return buckets.ceilingEntry(startMillis);
    }

    void removeIfEmpty(long startMillis) {
        buckets.computeIfPresent(startMillis, (_, bucket) -> bucket.isEmpty() ? null : bucket);
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
        long bytes = 0;
        for (Bucket bucket : buckets.values()) {
            bytes += bucket.memoryBytes();
        }
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
                buckets.put(startMillis, bucket);
            }
        }
    }
}

package io.ferrymq.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file of a {@link FakeDisk}: what the page cache has, what is durable, and every version of a sector
 * that was written in between, any of which may be the one that reaches the disk. Absent sectors are zeros.
 */
final class FakeFile {
    static final int SECTOR_BYTES = 512;

    private final Map<Long, byte[]> cached = new HashMap<>();
    private final Map<Long, byte[]> durable = new HashMap<>();

    /** Sorted, so that a seed meets the sectors in the same order every time. */
    private final Map<Long, List<byte[]>> unforced = new TreeMap<>();

    private long length;
    private long durableLength;

    long length() {
        return length;
    }

    void write(long position, ByteBuffer source) {
        long at = position;
        while (source.hasRemaining()) {
            int offset = (int) (at % SECTOR_BYTES);
            int part = Math.min(SECTOR_BYTES - offset, source.remaining());
            writeSector(at / SECTOR_BYTES, offset, source, part);
            at += part;
        }
        length = Math.max(length, at);
    }

    private void writeSector(long number, int offset, ByteBuffer source, int part) {
        byte @Nullable [] before = cached.get(number);
        if (before == null && skipZeros(source, part)) {
            return;
        }
        byte[] after = before == null ? new byte[SECTOR_BYTES] : before.clone();
        source.get(after, offset, part);
        cached.put(number, after);
        unforced.computeIfAbsent(number, n -> new ArrayList<>()).add(after);
    }

    /** Files are filled with zeros far more often than with anything else, and these take no memory here. */
    private static boolean skipZeros(ByteBuffer source, int part) {
        int begin = source.position();
        for (int i = begin; i < begin + part; i++) {
            if (source.get(i) != 0) {
                return false;
            }
        }
        source.position(begin + part);
        return true;
    }

    int read(long position, ByteBuffer target) {
        int total = (int) Math.min(target.remaining(), Math.max(0, length - position));
        int rest = total;
        long at = position;
        while (rest > 0) {
            int offset = (int) (at % SECTOR_BYTES);
            int part = Math.min(SECTOR_BYTES - offset, rest);
            target.put(cached.getOrDefault(at / SECTOR_BYTES, new byte[SECTOR_BYTES]), offset, part);
            at += part;
            rest -= part;
        }
        return total;
    }

    void force() {
        for (Long number : unforced.keySet()) {
            copySector(number, cached, durable);
        }
        unforced.clear();
        durableLength = length;
    }

    private static void copySector(Long number, Map<Long, byte[]> from, Map<Long, byte[]> to) {
        byte[] sector = from.get(number);
        if (sector == null) {
            to.remove(number);
        } else {
            to.put(number, sector);
        }
    }

    void truncate(long newLength) {
        length = newLength;
        for (Map<Long, ?> sectors : List.of(cached, unforced)) {
            sectors.keySet().removeIf(number -> number * SECTOR_BYTES >= newLength);
        }
        byte[] last = cached.get(newLength / SECTOR_BYTES);
        if (last != null) {
            byte[] cut = new byte[SECTOR_BYTES];
            System.arraycopy(last, 0, cut, 0, (int) (newLength % SECTOR_BYTES));
            cached.put(newLength / SECTOR_BYTES, cut);
        }
    }

    /** Each sector as it was forced, or as one of the later writes left it. */
    FakeFile afterPowerLoss(int keepPercent, RandomGenerator random) {
        FakeFile next = new FakeFile();
        next.cached.putAll(durable);
        next.length = Survival.survives(keepPercent, random) ? length : durableLength;
        unforced.forEach((number, versions) -> {
            if (Survival.survives(keepPercent, random)) {
                int version = keepPercent == 100 ? versions.size() - 1 : random.nextInt(versions.size());
                next.cached.put(number, versions.get(version));
            }
        });
        next.truncate(next.length);
        return next.settled();
    }

    FakeFile copy() {
        FakeFile next = new FakeFile();
        next.cached.putAll(cached);
        next.length = length;
        return next.settled();
    }

    private FakeFile settled() {
        durable.clear();
        durable.putAll(cached);
        durableLength = length;
        return this;
    }

    void damage(long position) {
        long number = position / SECTOR_BYTES;
        byte[] sector = cached.getOrDefault(number, new byte[SECTOR_BYTES]).clone();
        sector[(int) (position % SECTOR_BYTES)] ^= (byte) 0xFF;
        cached.put(number, sector);
        durable.put(number, sector);
    }
}

package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Directories of a log, changed by octets that a fuzzer chooses: the log opens or says why not, and what it gives is what
 * was written. A change is five octets: which file, where in it (three, of which the first is the unit), and the new one.
 */
class LogOctetsFuzz {
    private static final int CHANGE_BYTES = 5;

    private static final FakeDisk SAMPLE = sample();

    private static FakeDisk sample() {
        try {
            return RecoveryFuzz.sample();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @FuzzTest
    void aDirectoryIsOpenedOrRefused(byte[] octets) throws IOException {
        FakeDisk disk = SAMPLE.copy();
        change(disk, octets);
        RecoveryFuzz.openOrRefuse(disk);
    }

    /** With right checksums over it, what is left are the checks behind them. */
    @FuzzTest
    void wrongContentUnderRightChecksumsIsReadOrRefused(byte[] octets) throws IOException {
        FakeDisk disk = SAMPLE.copy();
        change(disk, octets);
        for (String name : disk.list()) {
            disk.plant(name, LogSealer.sealed(name, disk.content(name)));
        }
        RecoveryFuzz.openOrRefuse(disk);
    }

    /** What follows the first record of a journal's only file, with right checksums as far as there are batches. */
    @FuzzTest
    void anyBatchesAreReplayedOrRefused(byte[] octets) throws IOException {
        FakeDisk disk = new FakeDisk();
        TestLog log = TestLog.open(disk, TestLog.small());
        long first = log.publish(new byte[10]);
        log.flushAndSettle();
        log.abandon();
        LogDamager.Place place = new LogDamager(disk).find(first);
        byte[] content = disk.content(place.file());
        int length = Math.min(octets.length, content.length - place.batchEnd());
        System.arraycopy(octets, 0, content, place.batchEnd(), length);
        disk.plant(place.file(), LogSealer.sealed(place.file(), content));
        RecoveryFuzz.openOrRefuse(disk);
    }

    @FuzzTest
    void whatRotsAfterTheStartIsReadAsItWasOrNotAtAll(byte[] octets) throws IOException {
        FakeDisk disk = SAMPLE.copy();
        TestLog before = TestLog.open(disk.copy(), TestLog.small());
        Map<Long, ByteBuffer> written = new TreeMap<>(before.readLive());
        before.abandon();
        TestLog log = TestLog.open(disk, TestLog.small());
        change(disk, octets);
        written.forEach((sequence, payload) -> {
            try {
                assertThat(ByteBuffer.wrap(log.read(sequence))).isEqualTo(payload);
            } catch (DamagedRecordException damaged) {
                assertThat(damaged).hasMessageFindingMatch("j-|record");
            }
        });
        log.abandon();
    }

    private static void change(FakeDisk disk, byte[] octets) throws IOException {
        var names = disk.list();
        ByteBuffer in = ByteBuffer.wrap(octets);
        while (in.remaining() >= CHANGE_BYTES) {
            String name = names.get(Byte.toUnsignedInt(in.get()) % names.size());
            int unit = 1 << (Byte.toUnsignedInt(in.get()) % 7);
            int position = Short.toUnsignedInt(in.getShort()) * unit;
            byte octet = in.get();
            try (Storage.File file = disk.open(name)) {
                if (file.length() > 0) {
                    file.write(position % file.length(), ByteBuffer.wrap(new byte[] {octet}));
                }
            }
        }
    }
}

package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Opens directories in which anything may stand: the log opens or says why not, soon and in little memory. */
final class RecoveryFuzz {
    private static final List<String> NAMES = List.of(
            "j-0000000000000002",
            "j-0000000000000100",
            "c-0000000000000002",
            "super.0",
            "super.1",
            "free-0000000000000001",
            "t-0000000000000000",
            "c-0000000000000009.tmp",
            "j-x",
            "notes.txt");

    @Property(tries = 300)
    void arbitraryFilesAreRefusedOrSetAside(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        FakeDisk disk = new FakeDisk();
        for (String name : NAMES) {
            if (random.nextBoolean()) {
                byte[] content = new byte[random.nextInt(2_000)];
                random.nextBytes(content);
                disk.plant(name, content);
            }
        }
        openOrRefuse(disk);
    }

    @Property(tries = 600)
    void aFewWrongBytesAreRefusedOrCut(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int count)
            throws IOException {
        Random random = new Random(seed);
        FakeDisk disk = sample();
        List<String> names = disk.list();
        for (int i = 0; i < count; i++) {
            String name = names.get(random.nextInt(names.size()));
            disk.damage(name, random.nextInt(Math.max(1, disk.content(name).length)));
        }
        openOrRefuse(disk);
    }

    /** With a right checksum over wrong fields the checks behind the checksum are what is left. */
    @Property(tries = 600)
    void wrongNumbersUnderARightChecksumAreRefusedOrCut(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        FakeDisk disk = sample();
        List<String> names = disk.list();
        String name = names.get(random.nextInt(names.size()));
        byte[] content = disk.content(name);
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.capacity() >= 192) {
            int block = 64 * random.nextInt(3);
            int field = 8 + 4 * random.nextInt(12);
            bytes.putInt(block + field, random.nextBoolean() ? random.nextInt() : random.nextInt(100_000));
            reseal(bytes, block, name);
            disk.plant(name, content);
        }
        openOrRefuse(disk);
    }

    private static void reseal(ByteBuffer bytes, int block, String name) {
        Checksum checksum = new Checksum();
        if (block > 0 && name.startsWith(FileNames.JOURNAL)) {
            checksum.seed(bytes.getLong(16));
        }
        boolean superblock = name.startsWith(FileNames.SUPERBLOCK);
        int from = superblock ? 0 : block;
        bytes.putInt(
                block + 60,
                checksum.update(bytes.duplicate(), from, block + 60 - from).value());
    }

    static FakeDisk sample() throws IOException {
        FakeDisk disk = new FakeDisk();
        TestLog log = TestLog.open(disk, TestLog.small());
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 40; i++) {
                log.publish(new byte[i * 10]);
            }
            log.settle(log.live.firstKey());
            log.flushAndSettle();
            if (round < 2) {
                log.checkpoint();
                log.settleAll();
            }
        }
        log.abandon();
        return disk;
    }

    static void openOrRefuse(FakeDisk disk) throws IOException {
        try {
            TestLog log = TestLog.open(disk, TestLog.small());
            log.live.keySet().forEach(sequence -> readOrRefuse(log, sequence));
            long sequence = log.publish(new byte[10]);
            log.flushAndSettle();
            assertThat(log.reportedDurable()).isEqualTo(sequence);
            log.abandon();
        } catch (DamagedRecordException | UnsupportedFormatException | EOFException refused) {
            assertThat(refused).hasMessageFindingMatch("^(j-|c-|super|newest|free|the journal|record|a batch)");
        }
    }

    private static void readOrRefuse(TestLog log, long sequence) {
        try {
            log.read(sequence);
        } catch (DamagedRecordException | IllegalStateException refused) {
            assertThat(refused).hasMessageFindingMatch("j-|record");
        }
    }
}

package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FakeDiskTest extends StorageContract {
    private final FakeDisk disk = new FakeDisk();

    @Override
    Storage storage() {
        return disk;
    }

    private Storage.File written(String name, int sectors, int value) throws IOException {
        Storage.File file = disk.open(name);
        byte[] bytes = new byte[sectors * FakeFile.SECTOR_BYTES];
        Arrays.fill(bytes, (byte) value);
        file.write(0, ByteBuffer.wrap(bytes));
        return file;
    }

    @Test
    void keepsWhatWasForcedWheneverThePowerIsLost() throws IOException {
        written("a", 4, 1).force();
        disk.forceDirectory();
        byte[] before = disk.content("a");
        for (int seed = 0; seed < 50; seed++) {
            assertThat(disk.afterPowerLoss(new Random(seed)).content("a")).isEqualTo(before);
        }
    }

    @Test
    void losesTearsAndKeepsWhatWasNotForced() throws IOException {
        written("a", 4, 1).force();
        disk.forceDirectory();
        written("a", 4, 2);
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            byte[] found = disk.afterPowerLoss(new Random(seed)).content("a");
            seen.add("" + found[0] + found[512] + found[1024] + found[1536]);
        }
        assertThat(seen).hasSize(16);
    }

    @Test
    void losesNamesThatWereNotForced() throws IOException {
        written("a", 1, 1).force();
        disk.forceDirectory();
        disk.rename("a", "b");
        written("c", 1, 1).force();
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            seen.add(disk.afterPowerLoss(new Random(seed)).list().toString());
        }
        assertThat(seen).containsExactlyInAnyOrder("[a]", "[b]", "[a, c]", "[b, c]");
    }

    @Test
    void isTheSameForTheSameSeed() throws IOException {
        written("a", 100, 1);
        disk.forceDirectory();
        byte[] found = disk.afterPowerLoss(new Random(5)).content("a");
        assertThat(disk.afterPowerLoss(new Random(5)).content("a")).isEqualTo(found);
    }
}

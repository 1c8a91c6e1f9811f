package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the log relies on, of a real disk and of the fake one alike. */
abstract class StorageContract {
    abstract Storage storage();

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static ByteBuffer direct(byte[] bytes, int from, int to) {
        return ByteBuffer.allocateDirect(to - from).put(bytes, from, to - from).flip();
    }

    private static byte[] read(Storage.File file, long position, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        int read = file.read(position, target);
        byte[] bytes = new byte[read];
        target.flip().get(bytes);
        return bytes;
    }

    @Test
    void readsWhatWasWrittenAnywhere() throws IOException {
        byte[] bytes = random(10_000);
        try (Storage.File file = storage().open("a")) {
            file.write(5_000, ByteBuffer.wrap(bytes));
            assertThat(file.length()).isEqualTo(15_000);
            assertThat(read(file, 5_000, 10_000)).isEqualTo(bytes);
            assertThat(read(file, 0, 5_000)).containsOnly(0);
        }
    }

    @Test
    void gathersHeapAndDirectBuffersInTheirOrder() throws IOException {
        byte[] bytes = random(3_000_000);
        try (Storage.File file = storage().open("a")) {
            file.write(
                    7,
                    direct(bytes, 0, 10),
                    direct(bytes, 10, 1_000_000),
                    ByteBuffer.wrap(bytes, 1_000_000, 1_500_000),
                    ByteBuffer.allocate(0),
                    ByteBuffer.wrap(bytes, 2_500_000, 1),
                    direct(bytes, 2_500_001, 3_000_000));
            assertThat(read(file, 7, 3_000_000)).isEqualTo(bytes);
        }
    }

    @Test
    void gathersMoreBuffersThanASystemCallTakes() throws IOException {
        byte[] bytes = random(5_000);
        ByteBuffer[] parts = new ByteBuffer[5_000];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = direct(bytes, i, i + 1);
        }
        try (Storage.File file = storage().open("a")) {
            file.write(0, parts);
            assertThat(read(file, 0, 5_000)).isEqualTo(bytes);
            assertThat(parts[4_999].hasRemaining()).isFalse();
        }
    }

    @Test
    void readsLessOnlyAtTheEnd() throws IOException {
        try (Storage.File file = storage().open("a")) {
            file.write(0, ByteBuffer.wrap(random(100)));
            assertThat(read(file, 90, 50)).hasSize(10);
            assertThat(read(file, 100, 50)).isEmpty();
            assertThat(read(file, 5_000, 50)).isEmpty();
        }
    }

    @Test
    void truncationCutsAndLaterGrowthIsZeros() throws IOException {
        try (Storage.File file = storage().open("a")) {
            file.write(0, ByteBuffer.wrap(random(2_000)));
            file.truncate(700);
            assertThat(file.length()).isEqualTo(700);
            file.write(1_500, ByteBuffer.wrap(new byte[] {1}));
            assertThat(read(file, 700, 800)).hasSize(800).containsOnly(0);
        }
    }

    @Test
    void aFileStaysOpenWhenItIsRenamed() throws IOException {
        try (Storage.File file = storage().open("a")) {
            storage().rename("a", "b");
            file.write(0, ByteBuffer.wrap(new byte[] {7}));
            file.force();
        }
        try (Storage.File file = storage().open("b")) {
            assertThat(read(file, 0, 1)).containsExactly(7);
        }
        assertThat(storage().list()).containsExactly("b");
    }

    @Test
    void renamesOverAnotherFile() throws IOException {
        try (Storage.File file = storage().open("a")) {
            file.write(0, ByteBuffer.wrap(new byte[] {7}));
        }
        storage().open("b").close();
        storage().rename("a", "b");
        try (Storage.File file = storage().open("b")) {
            assertThat(file.length()).isEqualTo(1);
        }
        assertThat(storage().list()).containsExactly("b");
    }

    @Test
    void openingWhatHasToBeThereMakesNothing() throws IOException {
        assertThatThrownBy(() -> storage().openExisting("a")).isInstanceOf(NoSuchFileException.class);
        assertThat(storage().list()).isEmpty();
        try (Storage.File file = storage().open("a")) {
            file.write(0, ByteBuffer.wrap(new byte[] {7}));
        }
        try (Storage.File file = storage().openExisting("a")) {
            assertThat(read(file, 0, 1)).containsExactly(7);
        }
    }

    @Test
    void deletingWhatIsNotThereIsAnError() throws IOException {
        storage().open("a").close();
        storage().delete("a");
        storage().forceDirectory();
        assertThat(storage().list()).isEmpty();
        assertThatThrownBy(() -> storage().delete("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> storage().rename("a", "b")).isInstanceOf(IOException.class);
        assertThat(storage().usableBytes()).isPositive();
    }
}

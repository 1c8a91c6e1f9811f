package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskDirectoryTest extends StorageContract {
    @TempDir
    private Path directory = Path.of("");

    private Storage disk = new FakeDisk();

    @BeforeEach
    void open() throws IOException {
        disk = DiskDirectory.open(directory.resolve("shard"));
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Override
    Storage storage() {
        return disk;
    }

    @Test
    void isHeldByOneAtATime() throws IOException {
        assertThatThrownBy(() -> DiskDirectory.open(directory.resolve("shard")))
                .isInstanceOf(DirectoryInUseException.class)
                .hasMessageContaining("shard is in use");
        disk.close();
        disk = DiskDirectory.open(directory.resolve("shard"));
    }

    @Test
    void leavesDirectoriesAlone() throws IOException {
        Files.createDirectory(directory.resolve("shard").resolve("lost+found"));
        assertThat(disk.list()).isEmpty();
    }
}

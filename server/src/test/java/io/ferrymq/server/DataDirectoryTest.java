package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    @Test
    void createsTheDirectoryAndHoldsItUntilClosed() throws Exception {
        Path wanted = dir.resolve("a/b");
        try (DataDirectory data = DataDirectory.open(wanted)) {
            assertThat(data.path()).isEqualTo(wanted).isDirectory();
            assertThatThrownBy(() -> DataDirectory.open(wanted))
                    .isInstanceOf(OperatorException.class)
                    .hasMessage(
                            "the data directory %s is in use by another process (process %d); stop it or choose another"
                                    + " directory with --data",
                            wanted, ProcessHandle.current().pid());
        }
        DataDirectory.open(wanted).close();
    }

    @Test
    void saysThatItCannotWrite() throws Exception {
        Path file = Files.createFile(dir.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.open(file.resolve("below")))
                .isInstanceOf(OperatorException.class)
                .hasMessageStartingWith("cannot write to the data directory " + file.resolve("below"))
                .hasMessageEndingWith("; choose another one with --data");
    }
}

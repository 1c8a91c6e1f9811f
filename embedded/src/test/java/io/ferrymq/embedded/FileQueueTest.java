package io.ferrymq.embedded;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueueContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Queues in a directory. */
class FileQueueTest extends MessageQueueContract {
    @TempDir
    static Path directory = Path.of("");

    @Override
    protected Ferry open() {
        return Ferry.open(directory.toUri());
    }
}

package io.ferrymq.embedded;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.SubscriptionContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Handlers on queues in a directory. */
class FileSubscriptionTest extends SubscriptionContract {
    @TempDir
    static Path directory = Path.of("");

    @Override
    protected Ferry open() {
        return Ferry.open(directory.toUri());
    }
}

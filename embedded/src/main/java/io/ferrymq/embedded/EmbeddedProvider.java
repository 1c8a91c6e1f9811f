package io.ferrymq.embedded;

import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportProvider;
import io.ferrymq.log.DiskDirectory;
import io.ferrymq.log.LogOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;

/**
 * Opens brokers of this process.
 *
 * <pre>
 *   memory:          a broker of its own; nothing outlives it
 *   memory:NAME      the broker of that name, shared by all who open it
 *   memory:?max-bytes=N   holds at most so many bytes of messages; by default a quarter of the heap
 *   file:DIR         the broker whose messages are in that directory, shared by all who open it in this process
 * </pre>
 */
public final class EmbeddedProvider implements TransportProvider {
    private static final String MAX_BYTES = "max-bytes=";

    /** The one shard's directory, as the server names it. */
    private static final String SHARD = "shard-0";

    private static final Brokers BROKERS = new Brokers();

    @Override
    public Set<String> schemes() {
        return Set.of("memory", "file");
    }

    @Override
    public Transport open(URI uri) {
        return uri.getScheme().equalsIgnoreCase("memory") ? openMemory(uri) : openFile(uri);
    }

    private static Transport openMemory(URI uri) {
        String specific = uri.getSchemeSpecificPart();
        int query = specific.indexOf('?');
        String name = query < 0 ? specific : specific.substring(0, query);
        long bytesMax = query < 0 || query == specific.length() - 1
                ? MemoryStore.bytesMaxDefault()
                : bytesMax(uri, specific.substring(query + 1));
        String key = name.isEmpty() ? UUID.randomUUID().toString() : name;
        return BROKERS.connect(
                "memory:" + key, () -> new MemoryStore("memory" + (name.isEmpty() ? "" : "-" + name), bytesMax));
    }

    private static long bytesMax(URI uri, String query) {
        try {
            if (query.startsWith(MAX_BYTES)) {
                return Long.parseLong(query.substring(MAX_BYTES.length()));
            }
        } catch (NumberFormatException e) {
            throw new DisconnectedException(uri + ": " + e.getMessage(), e);
        }
        throw new DisconnectedException(uri + ": only '" + MAX_BYTES + "N' may follow the question mark", null);
    }

    private static Transport openFile(URI uri) {
        Path path = path(uri).toAbsolutePath().normalize();
        return BROKERS.connect("file:" + path, () -> openStore(path));
    }

    /** {@code file:data} is relative to the working directory, {@code file:/data} and {@code file:///data} are not. */
    private static Path path(URI uri) {
        if (!uri.isOpaque()) {
            return Path.of(uri);
        }
        return Path.of(uri.getSchemeSpecificPart());
    }

    private static Store openStore(Path path) {
        try {
            return new FileStore("file", DiskDirectory.open(path.resolve(SHARD)), LogOptions.defaults());
        } catch (IOException e) {
            throw new DisconnectedException(path + " cannot be opened: " + e.getMessage(), e);
        }
    }
}

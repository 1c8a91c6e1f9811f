package io.ferrymq.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalLong;

/** A broker that someone else has started. */
final class GivenBroker implements Contender {
    private static final int DEFAULT_PORT = 5672;

    private final URI uri;
    private final OptionalLong statedPid;
    private OptionalLong pid = OptionalLong.empty();

    GivenBroker(URI uri, OptionalLong statedPid) {
        this.uri = uri;
        this.statedPid = statedPid;
    }

    private int port() {
        return uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    }

    @Override
    public String label() {
        return uri.getHost() + ":" + port();
    }

    @Override
    public String uri() {
        return uri.toString();
    }

    @Override
    public OptionalLong pid() {
        return pid;
    }

    @Override
    public Path dataDirectory() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    @Override
    public int restarts() {
        return 0;
    }

    @Override
    public void ensureRunning() throws IOException {
        if (statedPid.isPresent()) {
            pid = statedPid;
        } else if (InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
            pid = ListeningProcess.onPort(port());
        }
    }

    @Override
    public void close() {
        // It stays as it was found.
    }
}

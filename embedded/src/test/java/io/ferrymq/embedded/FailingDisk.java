package io.ferrymq.embedded;

import io.ferrymq.log.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A directory whose forces fail from some moment on; counts what is written to the journal after the first failure. */
final class FailingDisk implements Storage {
    private final Storage disk;
    private final AtomicInteger afterFailure = new AtomicInteger();

    /** Set by the test, read by whoever forces. */
    private volatile boolean failing;

    private volatile boolean failed;

    FailingDisk(Storage disk) {
        this.disk = disk;
    }

    void failForces() {
        failing = true;
    }

    int operationsAfterFailure() {
        return afterFailure.get();
    }

    private void count(String name) {
        if (failed && name.startsWith("j-")) {
            afterFailure.incrementAndGet();
        }
    }

    private void checkForce() throws IOException {
        if (failing) {
            failed = true;
            throw new IOException("Input/output error");
        }
    }

    @Override
    public File open(String name) throws IOException {
        return watched(name, disk.open(name));
    }

    @Override
    public File openExisting(String name) throws IOException {
        return watched(name, disk.openExisting(name));
    }

    private File watched(String name, File file) {
        return new File() {
            @Override
            public void write(long position, ByteBuffer... sources) throws IOException {
                count(name);
                file.write(position, sources);
            }

            @Override
            public int read(long position, ByteBuffer target) throws IOException {
                return file.read(position, target);
            }

            @Override
            public void force() throws IOException {
                count(name);
                checkForce();
                file.force();
            }

            @Override
            public void truncate(long length) throws IOException {
                count(name);
                file.truncate(length);
            }

            @Override
            public long length() throws IOException {
                return file.length();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public void forceDirectory() throws IOException {
        checkForce();
        disk.forceDirectory();
    }

    @Override
    public long usableBytes() throws IOException {
        if (failing) {
            throw new IOException("Input/output error");
        }
        return disk.usableBytes();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}

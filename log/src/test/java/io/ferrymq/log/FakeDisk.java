package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory that forgets what real ones forget.
 *
 * <p>Writes go to a page cache of 512-byte sectors; {@link File#force} copies a file's sectors to its durable image,
 * {@link #forceDirectory} does so for names. {@link #afterPowerLoss} gives the disk that is found at the next start:
 * the durable image, and of everything that was not forced a random part. Faults are set with {@link #faults}. Used by
 * one thread; equal seeds give equal disks.
 */
public final class FakeDisk implements Storage {
    /** A change of a name that is not yet durable. */
    private sealed interface NameChange {
        record Create(String name, FakeFile file) implements NameChange {}

        record Rename(String from, String to) implements NameChange {}

        record Delete(String name) implements NameChange {}
    }

    private final Map<String, FakeFile> names = new TreeMap<>();
    private final Map<String, FakeFile> durableNames = new TreeMap<>();
    private final List<NameChange> nameChanges = new ArrayList<>();
    private final Faults faults = new Faults();

    /** What goes wrong on this disk, and when. */
    public Faults faults() {
        return faults;
    }

    @Override
    public File open(String name) throws IOException {
        FakeFile file = names.get(name);
        if (file == null) {
            faults.beforeChange();
            file = new FakeFile();
            names.put(name, file);
            nameChanges.add(new NameChange.Create(name, file));
        }
        return new Handle(name, file);
    }

    @Override
    public File openExisting(String name) throws IOException {
        if (!names.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
        return open(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        faults.beforeRename();
        names.put(to, existing(names.remove(from), from));
        nameChanges.add(new NameChange.Rename(from, to));
    }

    @Override
    public void delete(String name) throws IOException {
        faults.beforeChange();
        existing(names.remove(name), name);
        nameChanges.add(new NameChange.Delete(name));
    }

    private static FakeFile existing(@Nullable FakeFile file, String name) throws IOException {
        if (file == null) {
            throw new IOException("no such file: " + name);
        }
        return file;
    }

    @Override
    public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public void forceDirectory() throws IOException {
        faults.beforeForce();
        nameChanges.clear();
        durableNames.clear();
        durableNames.putAll(names);
    }

    @Override
    public long usableBytes() {
        return Math.max(0, faults.capacityBytes() - usedBytes());
    }

    /** Sum of the lengths of all files. */
    public long usedBytes() {
        return names.values().stream().mapToLong(FakeFile::length).sum();
    }

    /** Nothing: a test looks at the disk after its user has closed it. */
    @Override
    public void close() {}

    /** The disk as it is found when power comes back. This one is not usable any more. */
    public FakeDisk afterPowerLoss(RandomGenerator random) {
        FakeDisk next = new FakeDisk();
        int keepPercent = Survival.percent(random);
        Map<String, FakeFile> found = new TreeMap<>(durableNames);
        for (NameChange change : nameChanges) {
            if (Survival.survives(keepPercent, random)) {
                apply(change, found);
            }
        }
        found.forEach((name, file) -> next.put(name, file.afterPowerLoss(keepPercent, random)));
        return next;
    }

    private static void apply(NameChange change, Map<String, FakeFile> found) {
        switch (change) {
            case NameChange.Create create -> found.put(create.name(), create.file());
            case NameChange.Rename rename -> {
                FakeFile file = found.remove(rename.from());
                if (file != null) {
                    found.put(rename.to(), file);
                }
            }
            case NameChange.Delete delete -> found.remove(delete.name());
        }
    }

    /** A disk with the same durable content; what this one has not forced counts as forced. */
    public FakeDisk copy() {
        FakeDisk next = new FakeDisk();
        names.forEach((name, file) -> next.put(name, file.copy()));
        return next;
    }

    private void put(String name, FakeFile file) {
        names.put(name, file);
        durableNames.put(name, file);
    }

    /** Flips all bits of one byte, in the cache and in the durable image. */
    public void damage(String name, long position) {
        present(name).damage(position);
    }

    /** Makes a file disappear as if it had never been. */
    public void lose(String name) {
        names.remove(name);
        durableNames.remove(name);
    }

    /** Puts a file there, durable, with this content. */
    public void plant(String name, byte[] content) {
        FakeFile file = new FakeFile();
        file.write(0, ByteBuffer.wrap(content));
        file.force();
        put(name, file);
    }

    /** The content of a file. */
    public byte[] content(String name) {
        FakeFile file = present(name);
        byte[] content = new byte[(int) file.length()];
        file.read(0, ByteBuffer.wrap(content));
        return content;
    }

    private FakeFile present(String name) {
        FakeFile file = names.get(name);
        if (file == null) {
            throw new IllegalArgumentException("no such file: " + name + " among " + names.keySet());
        }
        return file;
    }

    /** One opening of a file; it stays valid when the file is renamed or deleted. */
    private final class Handle implements File {
        private final String name;
        private final FakeFile file;
        private boolean closed;

        Handle(String name, FakeFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public void write(long position, ByteBuffer... sources) throws IOException {
            checkOpen();
            long next = position;
            for (ByteBuffer source : sources) {
                next += source.remaining();
            }
            faults.beforeWrite(usedBytes() + Math.max(0, next - file.length()));
            next = position;
            for (ByteBuffer source : sources) {
                int length = source.remaining();
                file.write(next, source);
                next += length;
            }
            faults.afterWrite();
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            checkOpen();
            faults.beforeRead(name, position, target.remaining());
            int limit = target.limit();
            target.limit(target.position() + faults.beforeRead(target));
            int read = file.read(position, target);
            target.limit(limit);
            return read;
        }

        @Override
        public void force() throws IOException {
            checkOpen();
            faults.beforeForce();
            file.force();
        }

        @Override
        public void truncate(long length) throws IOException {
            checkOpen();
            faults.beforeChange();
            file.truncate(length);
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public void close() {
            closed = true;
        }

        private void checkOpen() throws IOException {
            if (closed) {
                throw new IOException(name + " is closed");
            }
        }
    }
}

package io.ferrymq.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory on a real disk, held by one process at a time.
 *
 * <p>Its files must not be used by a thread that is interrupted: the JDK closes a channel under such a thread, and the
 * log takes that for a failed disk.
 */
public final class DiskDirectory implements Storage {
    private static final String LOCK = "lock";

    /** What a new name may need. */
    private static final int BLOCK_BYTES = 4096;

    private final Path directory;
    private final FileChannel lockChannel;

    private DiskDirectory(Path directory, FileChannel lockChannel) {
        this.directory = directory;
        this.lockChannel = lockChannel;
    }

    /**
     * Opens a directory, making it if it is missing.
     *
     * @throws DirectoryInUseException if it is open already, here or in another process
     */
    public static DiskDirectory open(Path directory) throws IOException {
        FileChannel channel = lockFile(directory);
        if (lock(channel) == null) {
            channel.close();
            throw new DirectoryInUseException(directory + " is in use by another broker; stop that one first");
        }
        return new DiskDirectory(directory, channel);
    }

    private static FileChannel lockFile(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            return FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw Shortage.named(e, directory, BLOCK_BYTES);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // This process holds it: the same answer as if another did.
            return null;
        }
    }

    @Override
    public File open(String name) throws IOException {
        return open(name, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public File openExisting(String name) throws IOException {
        return open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private File open(String name, OpenOption... options) throws IOException {
        Path path = directory.resolve(name);
        try {
            return new DiskFile(FileChannel.open(path, options), path);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw Shortage.named(e, path, BLOCK_BYTES);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path target = directory.resolve(to);
        try {
            Files.move(directory.resolve(from), target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Shortage.named(e, target, BLOCK_BYTES);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(directory.resolve(name));
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(LOCK))
                    .toList();
        }
    }

    @Override
    public void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        // Not through the file store, which opens a file to find out what it is: there may be no descriptor left.
        long bytes = directory.toFile().getUsableSpace();
        if (bytes == 0 && !Files.isDirectory(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        return bytes;
    }

    /** Lets another process have the directory. */
    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}

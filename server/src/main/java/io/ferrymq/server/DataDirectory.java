package io.ferrymq.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The directory of everything durable, held by this process alone.
 *
 * <p>Thread contract: any thread.
 *
 * <p>The hold is the operating system's lock on the file {@code ferry.lock}, which ends with the process however it ends;
 * the file's content, the process's id, is only for the message.
 */
public final class DataDirectory implements AutoCloseable {
    private static final String LOCK_FILE = "ferry.lock";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the directory if there is none, and locks it.
     *
     * @throws OperatorException if it cannot be written, or another process holds it
     */
    public static DataDirectory open(Path wanted) throws OperatorException {
        Path path = wanted.toAbsolutePath().normalize();
        FileChannel lockFile = openLockFile(path);
        try {
            FileLock lock = tryLock(lockFile);
            if (lock == null) {
                throw new OperatorException("the data directory %s is in use by another process%s; stop it or choose"
                                .formatted(path, holder(lockFile))
                        + " another directory with --data");
            }
            writeHolder(lockFile);
            return new DataDirectory(path, lockFile);
        } catch (IOException | OperatorException e) {
            closeQuietly(lockFile, e);
            throw e instanceof OperatorException told ? told : notWritable(path, e);
        }
    }

    /** The absolute path. */
    public Path path() {
        return path;
    }

    /** Lets another process have it. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }

    private static FileChannel openLockFile(Path path) throws OperatorException {
        try {
            Files.createDirectories(path);
            return FileChannel.open(
                    path.resolve(LOCK_FILE),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static OperatorException notWritable(Path path, Exception cause) {
        return new OperatorException(
                "cannot write to the data directory %s (%s); choose another one with --data"
                        .formatted(path, reason(cause)),
                cause);
    }

    /** As the system says it, for instance that no space is left. */
    private static String reason(Exception cause) {
        String words = cause instanceof FileSystemException failed ? failed.getReason() : cause.getMessage();
        return cause.getClass().getSimpleName() + (words == null ? "" : ": " + words);
    }

    private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /** Over what is there, and always as long: a disk that is full has room for that, and must not keep the broker away. */
    private static void writeHolder(FileChannel lockFile) throws IOException {
        String processId = "%-19d\n".formatted(ProcessHandle.current().pid());
        lockFile.write(ByteBuffer.wrap(processId.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static String holder(FileChannel lockFile) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(32);
        lockFile.read(content, 0);
        String processId =
                StandardCharsets.US_ASCII.decode(content.flip()).toString().strip();
        return processId.isEmpty() ? "" : " (process " + processId + ")";
    }

    private static void closeQuietly(FileChannel lockFile, Exception reason) {
        try {
            lockFile.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}

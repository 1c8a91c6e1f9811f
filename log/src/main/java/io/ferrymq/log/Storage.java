package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One directory of files: the only way in which this package touches a disk, and so the place where tests put a fake.
 *
 * <p>Safe for use by several threads on different files.
 */
public interface Storage extends AutoCloseable {
    /**
     * Opens a file for reading and writing, creating it if it is missing.
     *
     * @throws OutOfSpaceException if there is no room for a new one
     */
    File open(String name) throws IOException;

    /**
     * Opens a file for reading and writing that is there.
     *
     * @throws java.nio.file.NoSuchFileException if it is missing
     */
    File openExisting(String name) throws IOException;

    /** Renames a file over another, atomically. Durable only after {@link #forceDirectory}. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file; a missing file is an error. Durable only after {@link #forceDirectory}. */
    void delete(String name) throws IOException;

    /** The names of all files, in no order. */
    List<String> list() throws IOException;

    /** Makes creations, renames and deletions durable. */
    void forceDirectory() throws IOException;

    /** Bytes that may still be written to the file system. */
    long usableBytes() throws IOException;

    @Override
    void close() throws IOException;

    /** An open file. */
    interface File extends AutoCloseable {
        /**
         * Writes all remaining bytes of {@code sources}, one after the other, from {@code position} on.
         *
         * @throws OutOfSpaceException if the disk has no room for them; some of them may be written
         */
        void write(long position, ByteBuffer... sources) throws IOException;

        /** Fills {@code target} from {@code position} on; returns the bytes read, fewer only at the end of the file. */
        int read(long position, ByteBuffer target) throws IOException;

        /** Makes the file's content durable, and its length if that changed. */
        void force() throws IOException;

        void truncate(long length) throws IOException;

        long length() throws IOException;

        @Override
        void close() throws IOException;
    }
}

package io.ferrymq.log;

import java.io.IOException;

/**
 * The disk has no room for what was to be written; nothing of it is taken for written. The message says in one line where,
 * what is needed and what there is, and what to do.
 */
public final class OutOfSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param where the file or directory
     * @param neededBytes what was to be written
     * @param freeBytes what is left
     */
    public OutOfSpaceException(String where, long neededBytes, long freeBytes, IOException cause) {
        super(
                "the disk is full: " + where + " needs " + neededBytes + " bytes more and " + freeBytes
                        + " are free; make room there",
                cause);
    }
}

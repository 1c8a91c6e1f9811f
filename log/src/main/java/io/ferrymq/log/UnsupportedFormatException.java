package io.ferrymq.log;

/** A file was written by a version of this program that uses a format this one does not know. */
public final class UnsupportedFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsupportedFormatException(String message) {
        super(message);
    }
}

package io.ferrymq.log;

/**
 * Bytes on disk cannot be read or do not match their checksum where no crash can explain it. The message says which
 * file and where.
 */
public final class DamagedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedRecordException(String message) {
        super(message);
    }

    public DamagedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}

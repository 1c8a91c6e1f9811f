package io.ferrymq.log;

/**
 * Bytes on disk cannot be read or do not match their checksum where no crash can explain it. The message says which
 * file and where.
 *
 * <p>Thrown when a log is opened, it means that something durable is lost and that nothing was changed. Thrown by {@link
 * CommandLog#read}, it means this one record and nothing else: the log goes on. Never thrown for a file that is there and
 * cannot be opened, since that says nothing about the record.
 */
public class DamagedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedRecordException(String message) {
        super(message);
    }

    public DamagedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}

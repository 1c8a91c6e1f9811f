package io.ferrymq.log;

/** A record cannot be read because its file is gone: there is nothing to search. */
final class MissingFileException extends DamagedRecordException {
    private static final long serialVersionUID = 1L;

    MissingFileException(String message, Throwable cause) {
        super(message, cause);
    }
}

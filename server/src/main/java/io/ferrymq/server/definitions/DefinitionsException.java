package io.ferrymq.server.definitions;

/** A definitions file cannot be used. The message is one line that names the file and the place in it. */
public final class DefinitionsException extends Exception {
    private static final long serialVersionUID = 1L;

    DefinitionsException(String message, Throwable cause) {
        super(message, cause);
    }

    DefinitionsException(String message) {
        super(message);
    }
}

package io.ferrymq.log;

import java.io.IOException;

/** Another process, or another log of this one, has the directory open. */
public final class DirectoryInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    public DirectoryInUseException(String message) {
        super(message);
    }
}

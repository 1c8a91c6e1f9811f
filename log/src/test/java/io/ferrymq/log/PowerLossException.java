package io.ferrymq.log;

import java.io.IOException;

/** What a {@link FakeDisk} answers from the moment at which its power is cut. */
public final class PowerLossException extends IOException {
    private static final long serialVersionUID = 1L;

    PowerLossException(int operation) {
        super("power lost in operation " + operation);
    }
}

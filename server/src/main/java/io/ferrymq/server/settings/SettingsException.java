package io.ferrymq.server.settings;

/** What the operator has set cannot be used. The message is one line that says what to change, and where. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    SettingsException(String message) {
        super(message);
    }
}

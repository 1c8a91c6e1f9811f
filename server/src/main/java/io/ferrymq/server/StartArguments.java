package io.ferrymq.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code start} was told.
 *
 * @param settings where its settings come from
 * @param stopWhenReady whether to stop at once when everything has started
 */
record StartArguments(SettingsArguments settings, boolean stopWhenReady) {
    static final String COMMAND = "start";
    static final String STOP_WHEN_READY = "--stop-when-ready";

    /** Reads arguments that are a start without help and without mistakes; anything else is for picocli. */
    static Optional<StartArguments> plain(List<String> arguments) {
        Iterator<String> rest = arguments.iterator();
        if (!rest.hasNext() || !rest.next().equals(COMMAND)) {
            return Optional.empty();
        }
        String data = null;
        String config = null;
        List<String> set = new ArrayList<>();
        boolean stopWhenReady = false;
        while (rest.hasNext()) {
            String option = rest.next();
            boolean isLast = !rest.hasNext();
            if (option.equals(STOP_WHEN_READY)) {
                stopWhenReady = true;
            } else if (isLast) {
                return Optional.empty();
            } else if (option.equals(SettingsArguments.DATA) && data == null) {
                data = rest.next();
            } else if (option.equals(SettingsArguments.CONFIG) && config == null) {
                config = rest.next();
            } else if (option.equals(SettingsArguments.SET)) {
                set.add(rest.next());
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new StartArguments(new SettingsArguments(pathOf(data), pathOf(config), set), stopWhenReady));
    }

    private static @Nullable Path pathOf(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }
}

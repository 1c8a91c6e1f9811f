package io.ferrymq.bench;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a broker says when it accepts connections: its name and version, {@code ready}, and {@code key=value} pairs.
 *
 * @param label name and version, as {@code FerryMQ 0.1.0}
 * @param port AMQP's port on 127.0.0.1
 * @param pid the process, if it said so
 */
record ReadyLine(String label, int port, OptionalLong pid) {
    private static final Pattern SHAPE = Pattern.compile("(\\S+ \\S+) ready\\b.* amqp=[^ ]*:(\\d+)\\b.*");
    private static final Pattern PID = Pattern.compile(" pid=(\\d+)");

    /** Empty if the line is some other output. */
    static Optional<ReadyLine> parse(String line) {
        Matcher shape = SHAPE.matcher(line);
        if (!shape.matches()) {
            return Optional.empty();
        }
        Matcher pid = PID.matcher(line);
        return Optional.of(new ReadyLine(
                shape.group(1),
                Integer.parseInt(shape.group(2)),
                pid.find() ? OptionalLong.of(Long.parseLong(pid.group(1))) : OptionalLong.empty()));
    }
}

package io.ferrymq.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The line that says where and when figures were taken. */
final class Machine {
    private Machine() {}

    static String describe(ZonedDateTime now) {
        return String.format(
                Locale.ROOT,
                "%s · %d cores (%s) · %.1f GiB memory · %s %s · JDK %s · load average %.1f before the run",
                now.format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm z", Locale.ROOT)),
                Runtime.getRuntime().availableProcessors(),
                valueIn("/proc/cpuinfo", "model name"),
                kilobytes(valueIn("/proc/meminfo", "MemTotal")) / 1024.0 / 1024.0,
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.version(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static double kilobytes(String value) {
        String digits = value.replaceAll("[^0-9]", "");
        return digits.isEmpty() ? Double.NaN : Double.parseDouble(digits);
    }

    private static String valueIn(String file, String key) {
        try {
            return Files.readString(Path.of(file))
                    .lines()
                    .filter(line -> line.startsWith(key) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown"; // Not Linux: the rest of the line still says something.
        }
    }
}

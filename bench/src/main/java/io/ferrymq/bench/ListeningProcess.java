package io.ferrymq.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the process that listens on a TCP port of this machine. */
final class ListeningProcess {
    private static final String STATE_LISTEN = "0A";

    private ListeningProcess() {}

    /** Empty if nothing listens there, or if the process belongs to someone whose descriptors may not be read. */
    static OptionalLong onPort(int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            if (Files.isReadable(Path.of(table))) {
                collectListening(Files.readString(Path.of(table)), port, sockets);
            }
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holdsOneOf(process, sockets)) {
                    return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return OptionalLong.empty();
    }

    private static void collectListening(String table, int port, Set<String> sockets) {
        String localPort = String.format(Locale.ROOT, ":%04X", port);
        table.lines().skip(1).map(line -> line.strip().split("\\s+", -1)).forEach(fields -> {
            if (fields[1].endsWith(localPort) && fields[3].equals(STATE_LISTEN)) {
                sockets.add("socket:[" + fields[9] + "]");
            }
        });
    }

    private static boolean holdsOneOf(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // Ended meanwhile, or someone else's: the next process is asked.
        }
    }
}

package io.ferrymq.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A disk of a few megabytes, in memory, that only programs which it runs can see: a file system in a mount name space that
 * lasts as long as one small process. Needs Linux, and the superuser or name spaces for users.
 *
 * <p>Used by one thread.
 */
final class SmallDisk implements AutoCloseable {
    private final Process holder;
    private final Path mountPoint;
    private final List<String> entering;

    private SmallDisk(Process holder, Path mountPoint, List<String> entering) {
        this.holder = holder;
        this.mountPoint = mountPoint;
        this.entering = entering;
    }

    /** Mounts one; empty if this machine does not let this user do that. */
    static Optional<SmallDisk> mounted(int mebibytes) {
        Optional<SmallDisk> asSuperuser = mounted(mebibytes, List.of("unshare", "--mount"), List.of("--mount"));
        return asSuperuser.isPresent()
                ? asSuperuser
                : mounted(
                        mebibytes,
                        List.of("unshare", "--user", "--map-root-user", "--mount"),
                        List.of("--user", "--preserve-credentials", "--mount"));
    }

    private static Optional<SmallDisk> mounted(int mebibytes, List<String> apart, List<String> enteringOptions) {
        try {
            Path mountPoint = Files.createDirectory(BrokerProcess.newDirectory().resolve("data"));
            List<String> command = new ArrayList<>(apart);
            // It waits for the end of its input, which is at the latest the end of this process.
            String script = "mount -t tmpfs -o size=" + mebibytes + "m small \"$1\" && echo mounted && exec cat";
            command.addAll(List.of("sh", "-c", script, "sh", mountPoint.toString()));
            Process holder = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!"mounted".equals(holder.inputReader().readLine())) {
                holder.destroy();
                return Optional.empty();
            }
            List<String> entering = new ArrayList<>(List.of("nsenter", "--target", Long.toString(holder.pid())));
            entering.addAll(enteringOptions);
            entering.add("--");
            return Optional.of(new SmallDisk(holder, mountPoint, entering));
        } catch (IOException e) {
            // There is no such program here.
            return Optional.empty();
        }
    }

    Path mountPoint() {
        return mountPoint;
    }

    /** The beginning of a command line whose program sees this disk. */
    List<String> entering() {
        return entering;
    }

    /** Runs a program that sees this disk, which has to end well. */
    void run(String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(entering);
        whole.addAll(List.of(command));
        Process process = new ProcessBuilder(whole).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException(whole + " ended with " + process.exitValue());
        }
    }

    /** All on it is gone. */
    @Override
    public void close() {
        holder.destroyForcibly();
    }
}

package io.ferrymq.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A throw-away authority and a broker's certificate from it, as {@code ./ferry certificate} makes them. */
record Certificates(Path directory) {
    /** Long, because the first start of a fresh clone builds the project. */
    private static final long SECONDS_MAX = 900;

    static Certificates in(Path directory) {
        Path output = directory.resolve("output.txt");
        try {
            Process process = new ProcessBuilder("./ferry", "certificate", directory.toString())
                    .directory(BrokerProcess.repository().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("no certificates: " + Files.readString(output));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Certificates(directory);
    }

    Path authority() {
        return directory.resolve("ca.pem");
    }

    /** A broker that shows its certificate, on any free port. */
    BrokerProcess broker() {
        return BrokerProcess.started(
                "tls.certificate=" + directory.resolve("server.pem"),
                "tls.key=" + directory.resolve("server.key"),
                "amqps.port=0");
    }
}

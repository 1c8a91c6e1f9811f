package io.ferrymq.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes certificates for trying TLS. */
@Command(
        name = "certificate",
        description = "Writes an authority, a server's and a client's certificate with their keys, for trying TLS.",
        mixinStandardHelpOptions = true)
final class CertificateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "where to write; created if it does not exist")
    @SuppressWarnings("NullAway.Init") // A required parameter.
    private Path directory;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "another name or address of the server, besides localhost")
    private List<String> hosts = List.of();

    @Option(names = "--client", paramLabel = "NAME", description = "the client's user name; default: ${DEFAULT-VALUE}")
    private String client = "guest";

    @Override
    public Integer call() throws OperatorException {
        List<String> names = new ArrayList<>(List.of("localhost", "127.0.0.1", "::1"));
        names.addAll(hosts);
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            new CertificateFiles(absolute, Clock.systemUTC()).write(names, client);
        } catch (IOException e) {
            throw new OperatorException("cannot write to " + absolute + ": " + e.getMessage(), e);
        }
        System.out.printf(
                "./ferry start --set tls.certificate=%1$s/server.pem --set tls.key=%1$s/server.key"
                        + " --set tls.ca=%1$s/ca.pem%n",
                quoted(absolute.toString()));
        return ExitCode.OK;
    }

    /** The path as a shell reads it; its quotes may stand in the middle of a word. */
    private static String quoted(String path) {
        return path.matches("[A-Za-z0-9_./-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }
}

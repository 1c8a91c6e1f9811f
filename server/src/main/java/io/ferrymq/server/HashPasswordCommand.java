package io.ferrymq.server;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Hashes a password for a definitions file. */
@Command(
        name = "hash-password",
        description = "Prints the salted hash of a password, as definitions files hold it.",
        mixinStandardHelpOptions = true)
final class HashPasswordCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "PASSWORD",
            arity = "0..1",
            description = "if it is not given: asked for at a terminal, else the first line of standard input")
    private @Nullable String password;

    @Override
    public Integer call() throws IOException, OperatorException {
        System.out.println(SaltedHash.of(passwordText(), new SecureRandom()));
        return ExitCode.OK;
    }

    @SuppressWarnings("SystemConsoleNull") // It is null again since JDK 25, when there is no terminal.
    private String passwordText() throws IOException, OperatorException {
        String given = password;
        if (given != null) {
            return given;
        }
        Console console = System.console();
        if (console != null) {
            return new String(console.readPassword("Password: "));
        }
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            throw new OperatorException("there is no password on standard input");
        }
        return line;
    }
}

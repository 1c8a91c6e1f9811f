package io.ferrymq.server;

import io.ferrymq.broker.access.HashingAlgorithm;
import io.ferrymq.broker.access.PasswordHash;
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
    private @Nullable String given;

    @Override
    public Integer call() throws IOException, OperatorException {
        byte[] password = passwordText().getBytes(StandardCharsets.UTF_8);
        if (password.length == 0) {
            throw new OperatorException("an empty password lets nobody in; give another one");
        }
        byte[] salt = new byte[PasswordHash.SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        System.out.println(
                PasswordHash.of(HashingAlgorithm.SHA256, salt, password).toBase64());
        return ExitCode.OK;
    }

    @SuppressWarnings("SystemConsoleNull") // It is null again since JDK 25, when there is no terminal.
    private String passwordText() throws IOException, OperatorException {
        String argument = given;
        if (argument != null) {
            return argument;
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

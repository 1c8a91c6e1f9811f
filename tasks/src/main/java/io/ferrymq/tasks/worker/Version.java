package io.ferrymq.tasks.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this library, from its build. */
final class Version {
    static final String TEXT = read();

    private Version() {}

    private static String read() {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/io/ferrymq/tasks/build.properties")) {
            if (in == null) {
                throw new IllegalStateException("build.properties is missing from the library");
            }
            build.load(in);
            return build.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

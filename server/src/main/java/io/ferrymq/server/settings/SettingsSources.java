package io.ferrymq.server.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/**
 * Collects assignments in the order of precedence: a file, the environment, {@code --set}.
 *
 * <p>Thread contract: one thread.
 */
public final class SettingsSources {
    private static final String PREFIX = "FERRY_";
    /** No keys: variables of the scripts, and those that Kubernetes sets for a service named ferry. */
    private static final Pattern OTHERS =
            Pattern.compile("FERRY_JAVA_OPTS|FERRY_(BENCH|CHECK)_.*|FERRY_SERVICE_.*|FERRY_PORT(_.*)?");

    private final List<Assignment> assignments = new ArrayList<>();

    /**
     * Adds the assignments of a TOML file.
     *
     * @throws SettingsException if the file cannot be read or is not TOML
     */
    public SettingsSources file(Path file) throws SettingsException {
        try {
            return toml(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new SettingsException("the configuration file " + file + " does not exist");
        } catch (IOException e) {
            throw new SettingsException("the configuration file " + file + " cannot be read: " + e.getMessage());
        }
    }

    /** Adds the assignments in the content of a file of this name. */
    SettingsSources toml(String file, String content) throws SettingsException {
        TomlParseResult toml = parse(file, content);
        for (List<String> path : toml.keyPathSet(false)) {
            Object value = toml.get(path);
            TomlPosition position = toml.inputPositionOf(path);
            String source = file + (position == null ? "" : ":" + position.line());
            String key = String.join(".", path);
            if (value instanceof TomlArray) {
                throw new SettingsException("bad value for %s (%s): no key takes a list".formatted(key, source));
            }
            assignments.add(new Assignment(key, String.valueOf(value), source));
        }
        return this;
    }

    /**
     * Adds every variable that begins with {@code FERRY_} and is not one of the scripts or of Kubernetes.
     *
     * @throws SettingsException if one stands for no key
     */
    public SettingsSources environment(Map<String, String> variables) throws SettingsException {
        Map<String, String> keysByVariable = new TreeMap<>();
        for (Key<?> key : Keys.all()) {
            keysByVariable.put(key.environmentName(), key.name());
        }
        for (Map.Entry<String, String> variable : new TreeMap<>(variables).entrySet()) {
            String name = variable.getKey();
            if (name.startsWith(PREFIX) && !OTHERS.matcher(name).matches()) {
                String key = keysByVariable.get(name);
                if (key == null) {
                    throw new SettingsException(unknown(name, keysByVariable));
                }
                assignments.add(new Assignment(key, variable.getValue(), name));
            }
        }
        return this;
    }

    /**
     * Adds the command line's {@code KEY=VALUE} pairs.
     *
     * @throws SettingsException if one is not of that form
     */
    public SettingsSources set(List<String> pairs) throws SettingsException {
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new SettingsException("--set " + pair + " is not of the form KEY=VALUE");
            }
            assignments.add(new Assignment(pair.substring(0, equals), pair.substring(equals + 1), "--set"));
        }
        return this;
    }

    /**
     * The values that follow.
     *
     * @throws SettingsException if a key is unknown or a value is bad
     */
    public Settings settings() throws SettingsException {
        return Settings.of(assignments);
    }

    private static TomlParseResult parse(String file, String content) throws SettingsException {
        TomlParseResult toml = Toml.parse(content);
        if (toml.hasErrors()) {
            TomlParseError error = toml.errors().getFirst();
            throw new SettingsException(
                    file + ":" + error.position().line() + " is not TOML: " + oneLine(error.getMessage()));
        }
        return toml;
    }

    private static String oneLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    private static String unknown(String variable, Map<String, String> keysByVariable) {
        String nearest = Nearest.of(variable, keysByVariable.keySet());
        return "unknown environment variable %s%s; './ferry config' lists all keys"
                .formatted(variable, nearest == null ? "" : ", did you mean " + nearest + "?");
    }
}

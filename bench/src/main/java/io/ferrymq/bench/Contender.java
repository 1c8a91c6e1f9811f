package io.ferrymq.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** A broker that is measured. Used by one thread. */
sealed interface Contender extends AutoCloseable permits GivenBroker, StartedBroker {
    /** How the report calls it: name and version, or the address. Never with a password. */
    String label();

    /** Where PerfTest connects. */
    String uri();

    /** The broker's process, if it is on this machine and may be looked at. */
    OptionalLong pid();

    /** Where the broker keeps its data, or a place on the disk that is supposed to hold it. */
    Path dataDirectory();

    /** How many times the broker had to be started again because it had died. */
    int restarts();

    /**
     * Starts the broker if it should be running and is not. Called before each round.
     *
     * @throws IOException if it cannot be started, with what the operator should know
     */
    void ensureRunning() throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}

package io.ferrymq.server;

/** How the process ends, as its parent sees it. */
public final class ExitCode {
    /** Stopped as asked. */
    public static final int OK = 0;
    /** Could not start, for example because a port is in use. */
    public static final int FAILED = 1;
    /** The command line or the configuration is wrong; nothing was started. */
    public static final int USAGE = 2;
    /** The disk or the program failed so that going on could lose data. */
    public static final int FATAL = 70;

    private ExitCode() {}
}

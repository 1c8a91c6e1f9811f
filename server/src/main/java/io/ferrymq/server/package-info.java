/**
 * The main program: command line, assembly, start and stop.
 *
 * <p><b>Owns</b> the process: its arguments, its environment, its standard streams, its exit code, its data directory.
 * Nothing else reads the environment or decides to end the process. {@link io.ferrymq.server.FerryServer} is the one
 * place where the parts are put together.
 *
 * <p><b>Threads.</b> Start and stop run on the main thread or the shutdown thread; everything else on the parts' own.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Standard output gets exactly one line, and only when every listener accepts (test {@code FerryProcessTest}).
 *   <li>What the operator can mend ends in one line on standard error and an exit code other than 0 (same test).
 *   <li>Parts stop in the opposite order of their start, also when a later one fails to start (test {@code
 *       LifecycleTest}).
 *   <li>A data directory is used by one process (test {@code DataDirectoryTest}).
 * </ul>
 */
@NullMarked
package io.ferrymq.server;

import org.jspecify.annotations.NullMarked;

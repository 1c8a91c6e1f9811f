package io.ferrymq.broker.simulation;

import io.ferrymq.log.FakeDisk;
import java.io.IOException;

/**
 * When a broker starts: its own time, as it finds it on its disk, and by how much the wall clock shows more. Whatever the wall
 * clock was set to, durations go on in the broker's own time, so that is what everything is held against.
 */
record Moment(long ownMillis, long clockSetByMillis) {
    /** What a broker makes of a disk that it finds when the wall clock shows this. */
    static Moment of(FakeDisk disk, long wallMillis) throws IOException {
        World probe = World.open(disk.copy(), wallMillis, 0);
        long ownMillis = probe.broker.ownMillis();
        probe.abandon();
        return new Moment(ownMillis, wallMillis - ownMillis);
    }

    World open(FakeDisk disk) throws IOException {
        return World.open(disk, ownMillis, clockSetByMillis);
    }

    /** By how much the broker's own time is ahead of the wall clock. */
    long aheadMillis() {
        return -clockSetByMillis;
    }
}

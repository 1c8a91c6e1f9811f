package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final Lifecycle lifecycle = new Lifecycle();
    private final List<String> stopped = new ArrayList<>();

    @Test
    void stopsInTheOppositeOrderAndOnce() {
        lifecycle.started("first", () -> stopped.add("first"));
        lifecycle.started("second", () -> stopped.add("second"));
        lifecycle.close();
        lifecycle.close();
        assertThat(stopped).containsExactly("second", "first");
        assertThat(lifecycle.stoppedCleanly()).isTrue();
    }

    @Test
    void stopsTheOthersWhenOneFails() {
        lifecycle.started("first", () -> stopped.add("first"));
        lifecycle.started("second", () -> {
            throw new IOException("on purpose");
        });
        lifecycle.close();
        assertThat(stopped).containsExactly("first");
        assertThat(lifecycle.stoppedCleanly()).isFalse();
    }
}

package io.ferrymq.server.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;

/** Definitions files whose octets a fuzzer chooses: imported, or refused in one line that names the file. */
class DefinitionsOctetsFuzz {
    private static final byte[] SALT = {1, 2, 3, 4};

    @FuzzTest
    void definitionsAreImportedOrRefused(byte[] content) throws IOException {
        World world = World.fresh();
        try {
            Definitions definitions = DefinitionsFile.read("definitions.json", content);
            DefinitionsImport.run(definitions, world.broker.administration(), SALT::clone);
        } catch (DefinitionsException refused) {
            assertThat(refused.getMessage()).contains("definitions").doesNotContain("\n");
        }
        world.settle();
        assertThat(world.lane.breaks).isEmpty();
        World restarted = world.restart();
        assertThat(restarted.failures).isEmpty();
        restarted.abandon();
    }
}

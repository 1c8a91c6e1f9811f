package io.ferrymq.server.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefinitionsImportTest {
    private World world = World.fresh();

    DefinitionsImportTest() throws IOException {}

    private void importing(String json) throws DefinitionsException {
        Definitions definitions = DefinitionsFile.read("d.json", json.getBytes(StandardCharsets.UTF_8));
        DefinitionsImport.run(definitions, world.broker.administration(), () -> new byte[] {1, 2, 3, 4});
    }

    private static QueueSpec queue(String name, boolean durable, Map<String, Object> arguments) {
        return new QueueSpec(name, durable, false, false, QueueArguments.of(arguments));
    }

    @Test
    void theDefaultQueueTypeOfAVirtualHostHoldsForQueuesThatNameNone() throws Exception {
        importing("""
            {"vhosts": [{"name": "v", "default_queue_type": "quorum"}],
             "queues": [{"vhost": "v", "name": "defined"},
                        {"vhost": "v", "name": "classic", "type": "classic"},
                        {"vhost": "v", "name": "transient", "durable": false}]}
            """);
        world = world.restart();
        Link link = world.broker.administration().operatorLink("v");
        link.declareQueue(queue("declared", true, Map.of()));
        for (String name : new String[] {"defined", "declared"}) {
            link.declareQueue(queue(name, true, Map.of("x-queue-type", "quorum")));
            assertThatThrownBy(() -> link.declareQueue(queue(name, true, Map.of("x-queue-type", "classic"))))
                    .isInstanceOf(RefusedException.class);
        }
        link.declareQueue(queue("classic", true, Map.of("x-queue-type", "classic")));
        link.declareQueue(queue("transient", false, Map.of()));
        assertThat(world.lane.breaks).isEmpty();
    }

    @Test
    void aSecondImportOfTheSameChangesNothing() throws Exception {
        String json = "{\"vhosts\": [{\"name\": \"v\", \"default_queue_type\": \"quorum\", \"tags\": [\"t\"]}]}";
        importing(json);
        long before = world.log.appendedSequence();
        importing(json);
        assertThat(world.log.appendedSequence()).isEqualTo(before);
    }
}

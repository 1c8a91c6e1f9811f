package io.ferrymq.broker.topology;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.TopologyCommand.VhostCreated;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VhostRequestsTest {
    private final Broker broker = Broker.started();

    @Test
    void creatingMakesOneCommandAndCreatingAgainNone() {
        assertThat(broker.requests.createVhost(VhostSpec.named("v")))
                .containsExactly(new VhostCreated(VhostSpec.named("v")));
        assertThat(broker.requests.createVhost(VhostSpec.named("/"))).isEmpty();
    }

    @Test
    void creatingAgainWithAnotherDescriptionChangesItAndKeepsWhatIsInside() {
        broker.queue("q");

        broker.apply(broker.requests.createVhost(new VhostSpec("/", "ours", List.of("t"), QueueType.QUORUM)));

        assertThat(broker.vhost().spec().description()).isEqualTo("ours");
        assertThat(broker.vhost().queue("q")).isPresent();
    }

    @Test
    void deletingTakesEverythingAlong() {
        broker.queue("q");
        broker.queue("r");
        broker.bindQueue("amq.topic", "q", "k");

        broker.apply(broker.requests.deleteVhost("/"));

        assertThat(broker.topology.vhost("/")).isEmpty();
        assertThat(broker.discarded).containsExactly("q", "r");
        assertThat(broker.topology.queue(1)).isEmpty();
    }

    @Test
    void refusesVirtualHostsThatAreMissing() {
        Refusal expected = new Refusal.VhostNotFound("v");

        assertThat(refusal(() -> broker.requests.deleteVhost("v"))).isEqualTo(expected);
        assertThat(refusal(() -> broker.topology.requireVhost("v"))).isEqualTo(expected);
    }

    @Test
    void refusesNamesThatDoNotFit() {
        assertThat(refusal(() -> broker.requests.createVhost(VhostSpec.named(""))))
                .isEqualTo(new Refusal.InvalidText("virtual host name", "", "empty"));
        assertThat(refusal(() -> broker.requests.createVhost(VhostSpec.named("v".repeat(256)))))
                .extracting("why")
                .isEqualTo("longer than 255 bytes");
    }

    @Test
    void virtualHostsDoNotShareNames() {
        broker.apply(broker.requests.createVhost(VhostSpec.named("v")));
        broker.queue("q");

        assertThat(broker.topology.requireVhost("v").queue("q")).isEmpty();
    }

    @Test
    void refusesWhatExceedsALimit() {
        Broker small = Broker.started(new TopologyLimits(1, 8, 1, 1));
        small.exchange("x", ExchangeType.FANOUT);
        small.queue("q");
        small.bindQueue("x", "q", "");

        assertThat(refusal(() -> small.requests.createVhost(VhostSpec.named("v"))))
                .isEqualTo(new Refusal.LimitReached("virtual hosts", 1));
        assertThat(refusal(() -> small.exchange("y", ExchangeType.FANOUT)))
                .isEqualTo(new Refusal.LimitReached("exchanges in a virtual host", 8));
        assertThat(refusal(() -> small.queue("r"))).isEqualTo(new Refusal.LimitReached("queues in a virtual host", 1));
        assertThat(refusal(() -> small.bind(Binding.toQueue("x", "q", "other", Map.of()))))
                .isEqualTo(new Refusal.LimitReached("bindings in a virtual host", 1));
        assertThat(small.queue("q").number()).isEqualTo(1);
    }
}

package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** The budget counts no less than what is really there: the constants of what things take are compared with live objects. */
final class CountedMemoryTest {
    private static final int FIRST = 200;
    private static final int COUNT = 3_000;

    /** Headers of objects are larger here than in the broker's own process, whose virtual machine compacts them. */
    private static final double LARGER = 1.25;

    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");
    private static final String LONG_NAME = "n".repeat(240);

    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    CountedMemoryTest() throws IOException {}

    /** Bytes of all objects that somebody refers to; collects those that nobody does. */
    private static long liveBytes() {
        try {
            Object histogram = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            Matcher total = TOTAL.matcher(histogram.toString());
            assertThat(total.find()).isTrue();
            return Long.parseLong(total.group(1));
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    private void requireCounted(IntConsumer make) {
        for (int i = 0; i < FIRST; i++) {
            make.accept(i);
        }
        long countedBefore = world.broker.heapBytes();
        long liveBefore = liveBytes();
        for (int i = FIRST; i < FIRST + COUNT; i++) {
            make.accept(i);
        }
        long counted = (world.broker.heapBytes() - countedBefore) / COUNT;
        long live = (liveBytes() - liveBefore) / COUNT;
        assertThat(live).as("bytes for each; %d are counted", counted).isLessThan((long) (counted * LARGER));
    }

    private void declare(String queue, boolean exclusive) {
        guest.link.declareQueue(new QueueSpec(queue, false, exclusive, false, QueueArguments.of(Map.of())));
    }

    /** Every text comes as one of its own from a client. */
    private static String own(String text) {
        return new String(text.toCharArray());
    }

    @Test
    void queues() {
        requireCounted(i -> declare("q" + i, false));
    }

    @Test
    void exclusiveQueuesWithLongNames() {
        requireCounted(i -> declare(i + LONG_NAME, true));
    }

    @Test
    void exchanges() {
        ExchangeType[] types = {ExchangeType.DIRECT, ExchangeType.FANOUT, ExchangeType.TOPIC, ExchangeType.HEADERS};
        requireCounted(i -> guest.link.declareExchange(
                new ExchangeSpec("e" + i, types[i % types.length], false, false, false, Map.of())));
    }

    private void bind(String exchange, String key, Map<String, Object> arguments) {
        guest.link.bindQueue(own("q"), own(exchange), key, new HashMap<>(arguments));
    }

    @Test
    void bindingsWithShortKeys() {
        declare("q", false);
        requireCounted(i -> bind("amq.direct", "key" + i, Map.of()));
    }

    @Test
    void bindingsWithLongKeys() {
        declare("q", false);
        requireCounted(i -> bind("amq.fanout", i + LONG_NAME, Map.of()));
    }

    @Test
    void topicPatternsOfManyWords() {
        declare("q", false);
        requireCounted(i -> bind("amq.topic", i + ".w".repeat(100), Map.of()));
    }

    @Test
    void topicPatternsOfManyWordsWithWildcards() {
        declare("q", false);
        requireCounted(i -> bind("amq.topic", i + ".*.w".repeat(50), Map.of()));
    }

    @Test
    void bindingsByHeaders() {
        declare("q", false);
        requireCounted(i -> bind("amq.headers", "", Map.of("x-match", "all", "h" + i, "v" + i, "second", i)));
    }

    @Test
    void consumersWithLongTags() {
        declare("q", false);
        Inbox inbox = new Inbox(1);
        requireCounted(i -> guest.link.subscribe(
                new SubscriptionRequest(own("q"), i + LONG_NAME, Settling.BY_CONSUMER, Sharing.SHARED, new HashMap<>()),
                inbox));
    }

    @Test
    void replyAddresses() {
        Inbox inbox = new Inbox(1);
        requireCounted(i -> guest.link.openReplyAddress(inbox));
    }
}

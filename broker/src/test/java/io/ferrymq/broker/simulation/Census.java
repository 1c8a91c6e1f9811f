package io.ferrymq.broker.simulation;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.log.FakeDisk;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that a broker holds, found by consuming it.
 *
 * @param content what each queue that exists gave, in order
 * @param bound the queues that get what is sent to all
 */
record Census(Map<String, List<Found>> content, Set<String> bound) {
    /**
     * What was found.
     *
     * @param atMillis when: at once, or because it rested until then
     * @param onDisk whether it was there when the census began, and did not come by what recovery made happen
     */
    record Found(Seen seen, long atMillis, boolean onDisk) {}

    /** How exactly it is known when something was found. */
    static final long STEP_MILLIS = 10;

    private static final int MARKER = -1;

    /** Recovers a broker on this disk, which is used up by that, and empties it, waiting so long for what rests. */
    static Census ofDisk(FakeDisk disk, Moment now, Collection<String> names, long restMillis) throws IOException {
        World world = now.open(disk);
        Census census = of(world, names, restMillis, true);
        world.abandon();
        return census;
    }

    /** Empties the queues of these names as far as they exist. */
    static Census of(World world, Collection<String> names) {
        return of(world, names, 0, false);
    }

    private static Census of(World world, Collection<String> names, long restMillis, boolean recovered) {
        Link link = world.broker.administration().operatorLink("/");
        Map<String, List<Found>> content = new LinkedHashMap<>();
        Set<String> bound = new TreeSet<>();
        for (String name : names) {
            List<Found> found = new ArrayList<>();
            if (subscribe(link, name, new Taker(name, found, bound, world, recovered))) {
                content.put(name, found);
            }
        }
        world.settle();
        mark(link);
        world.settle();
        for (long passed = 0; passed < restMillis; passed += STEP_MILLIS) {
            world.pass(STEP_MILLIS);
        }
        link.close();
        return new Census(content, bound);
    }

    /** False if there is no such queue. */
    private static boolean subscribe(Link link, String name, DeliverySink sink) {
        try {
            link.subscribe(
                    new SubscriptionRequest(name, "census", Settling.ON_DELIVERY, Sharing.SHARED, Map.of()), sink);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    private static void mark(Link link) {
        Publication marker = new Publication(PlainFormat.INSTANCE);
        marker.address(ShortText.of(Workload.TO_ALL), ShortText.EMPTY, List.of());
        marker.content(Unpooled.EMPTY_BUFFER, Unpooled.copyInt(MARKER));
        link.publish(marker);
    }

    boolean has(ModelQueue queue) {
        return content.containsKey(queue.name);
    }

    List<Found> in(ModelQueue queue) {
        return content.getOrDefault(queue.name, List.of());
    }

    boolean has(Copy copy) {
        return in(copy.queue).stream().anyMatch(found -> found.seen().id() == copy.message.id);
    }

    private record Taker(String name, List<Found> found, Set<String> bound, World world, boolean recovered)
            implements DeliverySink {
        @Override
        public boolean hasCredit() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (delivery.message().buffer().getInt(delivery.message().bodyOffset()) == MARKER) {
                bound.add(name);
            } else {
                // Whatever recovery brings back is marked as redelivered.
                boolean onDisk = !recovered || delivery.redelivered();
                found.add(new Found(Seen.of(delivery), world.lane.nowMillis(), onDisk));
            }
        }

        @Override
        public void cancelled() {}
    }
}

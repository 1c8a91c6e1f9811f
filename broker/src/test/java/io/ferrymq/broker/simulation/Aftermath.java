package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.Copy.State;
import java.util.ArrayList;
import java.util.List;

/** Holds what is found when power comes back against the promise, and lets the promise go on from there. */
final class Aftermath {
    private final Promise promise;
    private final Census census;
    private final long nowMillis;

    private Aftermath(Promise promise, Census census, long nowMillis) {
        this.promise = promise;
        this.census = census;
        this.nowMillis = nowMillis;
    }

    /** Power was lost, and this is what a broker that recovered then holds. */
    static void ofPowerLoss(Promise promise, Census census, long nowMillis) {
        promise.powerLosses++;
        Aftermath aftermath = new Aftermath(promise, census, nowMillis);
        aftermath.forgetTransient();
        aftermath.requireWholes();
        aftermath.require();
    }

    /** Nothing was lost, nothing waits, and this is what the broker held. */
    static void ofRest(Promise promise, Census census, long nowMillis) {
        new Aftermath(promise, census, nowMillis).require();
    }

    private void require() {
        requireQueues();
        GraveCensus graves = new GraveCensus(promise, census);
        for (ModelQueue queue : promise.queues.values()) {
            if (!queue.isGraveyard()) {
                new QueueCensus(queue, promise, census, nowMillis).require(graves);
            }
        }
        graves.require();
    }

    /** What is not durable is gone with the process, and so is whoever was connected. */
    private void forgetTransient() {
        for (ModelQueue queue : List.copyOf(promise.queues.values())) {
            queue.receivers.clear();
            // What was dropped or purged may be back, behind what was delivered since.
            queue.lastFirstDelivery.clear();
            if (queue.durable()) {
                queue.copies.removeIf(copy -> !copy.survives());
            } else {
                assertThat(census.has(queue))
                        .as("a queue that is not durable ends with the process: %s", queue)
                        .isFalse();
                queue.deletedCertain = true;
                promise.deleted(queue);
            }
        }
        for (Published message : promise.published) {
            message.copies.stream().filter(copy -> !copy.survives()).forEach(Aftermath::lost);
        }
    }

    private static void lost(Copy copy) {
        copy.state = State.SETTLED;
        copy.stateCertain = true;
    }

    /** A publish is one record, and records are lost from the end only. */
    private void requireWholes() {
        Published missing = null;
        for (Published message : promise.published) {
            List<Copy> telling = new ArrayList<>(message.copies);
            telling.removeIf(copy -> !tells(copy));
            long found = telling.stream().filter(census::has).count();
            if (!telling.isEmpty() && !message.certain) {
                assertThat(found)
                        .as("a message to several queues is in all of them or in none: %s", telling)
                        .isIn(0L, (long) telling.size());
                if (found > 0) {
                    assertThat(missing)
                            .as("a message is lost only with all after it: %s was kept", telling)
                            .isNull();
                } else {
                    missing = message;
                }
            }
        }
    }

    /** Whether the copy's absence can mean nothing but that the message was lost. */
    private boolean tells(Copy copy) {
        return copy.survives()
                && copy.state == State.READY
                && !copy.mayHaveLeft(leftBy(copy))
                && census.has(copy.queue)
                && copy.queue.copies.contains(copy);
    }

    /** The census waited for what rests, and that may have gone meanwhile. */
    private long leftBy(Copy copy) {
        return copy.mayRest() ? copy.queue.latestMillis(nowMillis) + Terms.REST_MILLIS_MAX : nowMillis;
    }

    private void requireQueues() {
        for (ModelQueue queue : List.copyOf(promise.gone.values())) {
            if (census.has(queue)) {
                assertThat(queue.deletedCertain)
                        .as("a deletion that was answered is kept: %s", queue)
                        .isFalse();
                queue.deleted = false;
                promise.declared(queue);
            }
        }
        for (ModelQueue queue : List.copyOf(promise.queues.values())) {
            if (!census.has(queue)) {
                assertThat(queue.declaredCertain)
                        .as("a declaration that was answered is kept: %s", queue)
                        .isFalse();
                promise.deleted(queue);
                queue.deletedCertain = true;
            } else if (queue.boundCertain && !queue.isGraveyard() && queue.maxLength > 0) {
                assertThat(census.bound().contains(queue.name))
                        .as("a binding that was answered is kept: %s", queue)
                        .isEqualTo(queue.bound);
            }
        }
    }
}

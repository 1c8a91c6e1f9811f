package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransportException;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ChordMessages;
import io.ferrymq.tasks.message.ChordMessages.Join;
import io.ferrymq.tasks.message.ChordMessages.Part;
import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessage.Problem;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessageFormat;
import io.ferrymq.tasks.message.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One chord in this worker: gathers its members' parts out of its queue, and then calls its bodies.
 *
 * <pre>
 *   state       on                                      to
 *   gathering   all parts are there                     ending: calls the bodies
 *   gathering   a member failed, or time is over        ending: the bodies fail, and what is linked to that is called
 *   gathering   held for long                           ending: the message is sent again, for whoever takes it next
 *   ending      the broker has it all                   ended: the queue is deleted, then the message acknowledged
 *   any         the broker is lost, the worker stops    ended: all is given back
 * </pre>
 *
 * <p>Nothing is settled before the end, so another worker begins anew with the same parts. If this one dies after the
 * bodies were called and before the queue is deleted, they are called once more, with the same ids.
 *
 * <p>Thread contract: any thread.
 */
final class ChordJoin implements DeliveryListener {
    private static final Logger LOG = LoggerFactory.getLogger(ChordJoin.class);

    /** What all results together may have; they become one message. */
    private static final long RESULTS_BYTES_MAX = 64L << 20;

    private enum State {
        GATHERING,
        ENDING,
        ENDED
    }

    private final Joiner joiner;
    private final TaskMessage message;
    private final Delivery delivery;
    private final Join chord;
    private final String queue;
    private final Instant heldUntil;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private State state = State.GATHERING;
    private final BitSet there = new BitSet();
    private final @Nullable Object[] results;
    private final List<Delivery> parts = new ArrayList<>();
    private long bytes;
    private @Nullable Consumption consumption;

    /** @throws BadMessageException if the message is none about a chord */
    ChordJoin(Joiner joiner, TaskMessage message, Delivery delivery) {
        this.joiner = joiner;
        this.message = message;
        this.delivery = delivery;
        this.chord = ChordMessages.readJoin(message);
        this.queue = ChordMessages.queue(chord.id());
        this.results = new Object[chord.size()];
        this.heldUntil = joiner.tasks().clock().instant().plus(joiner.heldLongest());
    }

    private Tasks tasks() {
        return joiner.tasks();
    }

    void start() {
        CompletableFuture<?> unused = tasks().transport()
                .consume(ConsumeSpec.shared(queue, 0), this)
                .whenComplete((begun, problem) -> {
                    if (problem == null) {
                        begun(begun);
                    } else {
                        notBegun(problem);
                    }
                });
    }

    private void begun(Consumption begun) {
        boolean needed;
        lock.lock();
        try {
            consumption = begun;
            needed = state == State.GATHERING;
        } finally {
            lock.unlock();
        }
        if (!needed) {
            cancel(begun);
        }
    }

    private void notBegun(Throwable problem) {
        if (cause(problem) instanceof RequestException refusal
                && refusal.reason() == RequestException.Reason.NOT_FOUND) {
            queueIsGone();
        } else {
            LOG.warn("the parts of the chord {} cannot be had; this is tried again", chord.id(), problem);
            joiner.later(this::giveBack);
        }
    }

    private static Throwable cause(Throwable problem) {
        Throwable cause = problem.getCause();
        return problem instanceof CompletionException && cause != null ? cause : problem;
    }

    // ---- gathering ----

    @Override
    public void delivered(Delivery part) {
        Part what;
        try {
            what = ChordMessages.readPart(TaskMessageFormat.decode(WireMessages.of(part)), chord.size());
        } catch (BadMessageException e) {
            LOG.error("a message to the queue of the chord {} is rejected: {}", chord.id(), e.getMessage());
            part.settle(Settlement.REJECT);
            return;
        }
        if (what instanceof Part.Result result) {
            add(part, result);
        } else if (what instanceof Part.Failure failure) {
            add(part, failure);
        }
    }

    private void add(Delivery part, Part.Result result) {
        boolean complete;
        boolean tooMuch;
        lock.lock();
        try {
            if (state != State.GATHERING) {
                // What is not settled keeps the channel that it came on.
                part.settle(Settlement.REQUEUE);
                return;
            }
            parts.add(part);
            if (!there.get(result.index())) {
                there.set(result.index());
                results[result.index()] = result.value();
                bytes += part.body().length;
            }
            tooMuch = bytes > RESULTS_BYTES_MAX;
            complete = there.cardinality() == chord.size();
            state = tooMuch || complete ? State.ENDING : state;
        } finally {
            lock.unlock();
        }
        if (tooMuch) {
            fail("results of more than " + RESULTS_BYTES_MAX + " bytes");
        } else if (complete) {
            callBodies();
        }
    }

    private void add(Delivery part, Part.Failure failure) {
        if (!endsWith(part)) {
            part.settle(Settlement.REQUEUE);
            return;
        }
        failBodies(Problem.ofMember(failure.failedId(), failure.reason()));
    }

    /** From gathering to ending, with one part more if there is one. */
    private boolean endsWith(@Nullable Delivery part) {
        lock.lock();
        try {
            if (state != State.GATHERING) {
                return false;
            }
            state = State.ENDING;
            if (part != null) {
                parts.add(part);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Parts come again, to this consumer. */
    @Override
    public void interrupted() {
        lock.lock();
        try {
            if (state == State.GATHERING) {
                parts.clear();
                there.clear();
                Arrays.fill(results, null);
                bytes = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(TransportException cause) {
        if (cause instanceof RequestException) {
            queueIsGone();
        }
    }

    /** Another worker had called the bodies and died before it could say so; or all workers were away for a day. */
    private void queueIsGone() {
        if (!endsWith(null)) {
            return;
        }
        if (tasks().clock().instant().isAfter(chord.deadline())) {
            fail("no worker joined it in time");
        } else {
            LOG.info("the queue of the chord {} is gone: it had ended", chord.id());
            leave(Settlement.ACCEPT, Settlement.ACCEPT);
        }
    }

    /** Does what has to be done at a time. */
    void look(Instant now) {
        if (now.isAfter(chord.deadline()) && endsWith(null)) {
            fail("its members did not all end in time");
        } else if (now.isAfter(heldUntil) && endsWith(null)) {
            handOn();
        }
    }

    /** Sends the message again and lets it go, so that the broker does not take back what is held for too long. */
    private void handOn() {
        CompletableFuture<?> unused = tasks().chords()
                .joinAgain(message)
                .whenComplete((done, problem) ->
                        leave(problem == null ? Settlement.ACCEPT : Settlement.REQUEUE, Settlement.REQUEUE));
    }

    // ---- ending ----

    private void callBodies() {
        List<@Nullable Object> list = new ArrayList<>(Arrays.asList(results));
        LOG.info("the chord {} has all of its {} results", chord.id(), chord.size());
        CompletableFuture<Void> called;
        try {
            called = tasks().chords().sendAll(chord.bodies(), message, list);
        } catch (IllegalArgumentException | BadMessageException e) {
            fail(String.valueOf(e.getMessage()));
            return;
        }
        CompletableFuture<?> unused = called.whenComplete((done, problem) -> {
            if (problem != null && cause(problem) instanceof RequestException refusal) {
                fail("its body was refused: " + refusal.getMessage());
            } else {
                finish(called);
            }
        });
    }

    private void fail(String reason) {
        failBodies(Problem.ofChord(reason));
    }

    private void failBodies(Problem problem) {
        LOG.warn("the chord {} failed: {}", chord.id(), problem.message());
        List<CompletableFuture<?>> told = new ArrayList<>();
        try {
            for (Signature body : chord.bodies()) {
                TaskMessage call = tasks().messageOf(body, message);
                ResultMessage failure = ResultMessage.problem(call, TaskState.FAILURE, problem, null);
                told.add(joiner.reports().send(call, joiner.optionsOf(call), failure));
                told.add(FollowUps.afterFailure(tasks(), call, problem));
            }
        } catch (BadMessageException e) {
            LOG.error("not all are told that the chord {} failed: {}", chord.id(), e.getMessage());
        }
        finish(CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).exceptionallyCompose(this::untold));
    }

    /** What the broker will not take later, either, keeps no chord alive. */
    private CompletableFuture<Void> untold(Throwable problem) {
        if (cause(problem) instanceof RequestException) {
            LOG.error("not all are told that the chord {} failed", chord.id(), problem);
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.failedFuture(problem);
    }

    /** The queue goes first: as long as it is there, somebody has to join the chord. */
    private void finish(CompletableFuture<?> told) {
        CompletableFuture<?> unused = told.thenCompose(
                        done -> tasks().transport().deleteQueue(queue))
                .whenComplete((deleted, problem) -> {
                    if (problem == null) {
                        leave(Settlement.ACCEPT, Settlement.ACCEPT);
                    } else {
                        LOG.warn("the chord {} could not be ended; this is tried again", chord.id(), problem);
                        joiner.later(this::giveBack);
                    }
                });
    }

    /** Gives all back, whatever it waits for. */
    void giveBack() {
        leave(Settlement.REQUEUE, Settlement.REQUEUE);
    }

    private void leave(Settlement ofMessage, Settlement ofParts) {
        Consumption running;
        List<Delivery> held;
        lock.lock();
        try {
            if (state == State.ENDED) {
                return;
            }
            state = State.ENDED;
            running = consumption;
            held = List.copyOf(parts);
            parts.clear();
        } finally {
            lock.unlock();
        }
        joiner.ended(this);
        if (running != null) {
            cancel(running);
        }
        held.forEach(part -> part.settle(ofParts));
        delivery.settle(ofMessage);
    }

    private static void cancel(Consumption running) {
        CompletableFuture<?> unused = running.cancel();
    }
}

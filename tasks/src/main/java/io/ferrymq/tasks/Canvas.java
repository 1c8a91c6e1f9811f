package io.ferrymq.tasks;

import io.ferrymq.tasks.message.Composite;
import io.ferrymq.tasks.message.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One sending of calls that were put together: gives each its id and its promise, and sends those that come first. One
 * thread.
 */
final class Canvas {
    private final Tasks tasks;

    /** All promises of this sending. */
    private final List<AsyncResult<?>> promises = new ArrayList<>();

    /** What was put together, and the promises that it ends with. */
    private record Made(Signature signature, List<AsyncResult<?>> ends) {}

    /** What a link waits for: the link before it. */
    private record Before(List<AsyncResult<?>> results, boolean isGroup) {
        private static final Before NOTHING = new Before(List.of(), false);
    }

    Canvas(Tasks tasks) {
        this.tasks = tasks;
    }

    @SuppressWarnings("unchecked") // The last call of a step has its type.
    <R> AsyncResult<R> send(Step<R> step) {
        Made made = links(Chain.linksOf(step), Before.NOTHING);
        send(made.signature);
        return (AsyncResult<R>) made.ends.get(0);
    }

    /** Sends a call if something, which is asked with its promise, goes well. Who asks tells the promise if not. */
    @SuppressWarnings("unchecked") // As above.
    <R> AsyncResult<R> sendIf(TaskCall<R> call, Function<AsyncResult<R>, CompletableFuture<?>> condition) {
        Made made = call(call, Before.NOTHING);
        AsyncResult<R> promise = (AsyncResult<R>) made.ends.get(0);
        CompletableFuture<?> unused = condition.apply(promise).thenRun(() -> send(made.signature));
        return promise;
    }

    @SuppressWarnings("unchecked") // The members of a group have its type.
    <R> GroupResult<R> send(Group<R> group) {
        String id = UUID.randomUUID().toString();
        Made before = links(group.before(), Before.NOTHING);
        Made last = group(group, id, beforeLast(group, before));
        send(Composite.chain(List.of(before.signature, last.signature)));
        return new GroupResult<>(
                id, last.ends.stream().map(end -> (AsyncResult<R>) end).toList());
    }

    private static Before beforeLast(Group<?> group, Made before) {
        List<Link> links = group.before();
        return links.isEmpty()
                ? Before.NOTHING
                : new Before(before.ends, links.get(links.size() - 1) instanceof Group<?>);
    }

    private void send(Signature composite) {
        tasks.send(Composite.firsts(composite), promises);
    }

    private Made links(List<Link> links, Before first) {
        List<Signature> signatures = new ArrayList<>();
        Before before = first;
        for (Link link : links) {
            Made made = link instanceof Group<?> group ? followed(group, before) : call((TaskCall<?>) link, before);
            signatures.add(made.signature);
            before = new Before(made.ends, link instanceof Group<?>);
        }
        return new Made(Composite.chain(signatures), before.results);
    }

    private Made call(TaskCall<?> call, Before before) {
        String given = call.signature().textOption(SignatureOptions.TASK_ID);
        AsyncResult<?> promise = tasks.promise(given == null ? UUID.randomUUID().toString() : given, call.resultType());
        promises.add(promise);
        promise.comesAfter(before.results);
        for (AsyncResult<?> earlier : before.results) {
            if (before.isGroup) {
                promise.failForMember(earlier);
            } else {
                promise.failWith(earlier);
            }
        }
        Signature signature = call.signature()
                .withOption(SignatureOptions.TASK_ID, promise.id())
                .withOption(SignatureOptions.REPLY_TO, tasks.replyTo());
        return new Made(signature, List.of(promise));
    }

    /** A group that something waits for, which also has to hear of members that were called off. */
    private Made followed(Group<?> group, Before before) {
        String id = UUID.randomUUID().toString();
        Made made = group(group, id, before);
        for (int i = 0; i < made.ends.size(); i++) {
            tasks.chords().tellIfCalledOff(id, i, made.ends.get(i));
        }
        return made;
    }

    private Made group(Group<?> group, String id, Before before) {
        List<Signature> signatures = new ArrayList<>();
        List<AsyncResult<?>> ends = new ArrayList<>();
        int first = promises.size();
        for (Step<?> member : group.members()) {
            Made made = links(Chain.linksOf(member), before);
            signatures.add(made.signature);
            ends.addAll(made.ends);
        }
        if (group.onFailure() != null) {
            Siblings.of(tasks.control(), group.onFailure(), promises.subList(first, promises.size()));
        }
        return new Made(Composite.group(id, signatures), ends);
    }
}

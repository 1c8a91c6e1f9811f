package io.ferrymq.tasks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps made at the same time, after what comes before them if anything does. Immutable.
 *
 * @param <R> what each of them returns
 */
public final class Group<R> implements Link {
    private final Tasks tasks;
    private final List<Link> before;
    private final List<Step<R>> members;
    private final Control.@Nullable Revoke onFailure;

    private Group(Tasks tasks, List<Link> before, List<Step<R>> members, Control.@Nullable Revoke onFailure) {
        this.tasks = tasks;
        this.before = List.copyOf(before);
        this.members = List.copyOf(members);
        this.onFailure = onFailure;
    }

    static <R> Group<R> of(Tasks tasks, List<? extends Step<R>> members) {
        return new Group<>(tasks, List.of(), List.copyOf(members), null);
    }

    Group<R> after(List<Link> links) {
        return new Group<>(tasks, Chain.plus(links, before), members, onFailure);
    }

    /** When one of them fails, the others are called off: those that wait, or those that run, too. The caller does that. */
    public Group<R> cancelOthersOnFailure(Control.Revoke which) {
        return new Group<>(tasks, before, members, which);
    }

    /**
     * These, and then a step with the list of their results, in their order: what Celery calls a chord. If one of them
     * fails, the step is not made, and its promise fails with a {@code ChordError} that names the one.
     */
    public <S> Chain<S> then(Step<S> next) {
        return Chain.of(tasks, links(), next);
    }

    /** These, and then several at the same time, each with the list of all results of these. */
    public <S> Group<S> then(Group<S> next) {
        return next.after(links());
    }

    private List<Link> links() {
        return Chain.plus(before, List.of(new Group<>(tasks, List.of(), members, onFailure)));
    }

    List<Link> before() {
        return before;
    }

    List<Step<R>> members() {
        return members;
    }

    Control.@Nullable Revoke onFailure() {
        return onFailure;
    }

    /** Sends all of them, or what comes before them. */
    public GroupResult<R> send() {
        return new Canvas(tasks).send(this);
    }
}

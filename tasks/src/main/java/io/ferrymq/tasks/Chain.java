package io.ferrymq.tasks;

import java.util.ArrayList;
import java.util.List;

/**
 * Steps made one after the other, each with the result of the one before as its first argument. Workers do that: each
 * takes the next step along in its message. A group in it makes a chord: the step behind it gets the list of the group's
 * results, in the group's order, when all of them are there. Immutable.
 *
 * @param <R> what the last step returns
 */
public final class Chain<R> implements Step<R> {
    private final Tasks tasks;
    private final List<Link> links;

    /** @param links the last is a call whose result is of the chain's type */
    private Chain(Tasks tasks, List<Link> links) {
        this.tasks = tasks;
        this.links = List.copyOf(links);
    }

    static <R> Chain<R> of(Tasks tasks, List<Link> before, Step<R> last) {
        return new Chain<>(tasks, plus(before, linksOf(last)));
    }

    static List<Link> plus(List<? extends Link> before, List<? extends Link> after) {
        List<Link> all = new ArrayList<>(before);
        all.addAll(after);
        return all;
    }

    static List<Link> linksOf(Step<?> step) {
        return step instanceof Chain<?> chain ? chain.links : List.of((TaskCall<?>) step);
    }

    @Override
    public <S> Chain<S> then(Step<S> next) {
        return of(tasks, links, next);
    }

    @Override
    public <S> Group<S> then(Group<S> next) {
        return next.after(links);
    }

    /** Sends what comes first, with all others behind it. The promise is that of the last; it fails when any step does. */
    @Override
    public AsyncResult<R> send() {
        return new Canvas(tasks).send(this);
    }
}

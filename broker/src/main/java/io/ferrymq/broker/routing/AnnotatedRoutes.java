package io.ferrymq.broker.routing;

import java.util.ArrayList;
import java.util.List;

/** Routes in no order, each with what its exchange has worked out from its binding. Changes take constant time. */
final class AnnotatedRoutes<T> {
    private final RouteSet routes = new RouteSet();

    /** Elements stand at their route's place. */
    private final List<T> notes = new ArrayList<>();

    void add(Route route, T note) {
        routes.add(route);
        notes.add(note);
    }

    void remove(Route route) {
        int place = route.place;
        routes.remove(route);
        T last = notes.removeLast();
        if (place < notes.size()) {
            notes.set(place, last);
        }
    }

    int size() {
        return routes.size();
    }

    Route route(int index) {
        return routes.get(index);
    }

    T note(int index) {
        return notes.get(index);
    }
}

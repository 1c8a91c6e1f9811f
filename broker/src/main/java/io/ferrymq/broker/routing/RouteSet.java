package io.ferrymq.broker.routing;

import java.util.Arrays;

/** Routes in an array, in no order. Adding and removing take constant time, since a route knows its place. */
final class RouteSet {
    private static final Route[] NONE = {};
    private static final int STEPS_EACH = 3;

    private Route[] routes = NONE;
    private int size;
    private long lastWalk;

    void add(Route route) {
        if (route.place >= 0) {
            throw new IllegalStateException("the route is in a set already");
        }
        if (size == routes.length) {
            routes = Arrays.copyOf(routes, Math.max(1, size * 2));
        }
        route.place = size;
        routes[size++] = route;
    }

    void remove(Route route) {
        int place = route.place;
        if (place < 0 || place >= size || routes[place] != route) {
            throw new IllegalStateException("the route is not in this set");
        }
        Route last = routes[--size];
        routes[place] = last;
        last.place = place;
        route.place = -1;
        clearTail();
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    Route get(int index) {
        return routes[index];
    }

    /** Follows all routes, once in a walk: a message may come here by several keys. */
    void followAll(Walk walk) {
        if (lastWalk == walk.number()) {
            return;
        }
        lastWalk = walk.number();
        walk.step((long) STEPS_EACH * size);
        for (int i = 0; i < size; i++) {
            routes[i].follow(walk);
        }
    }

    /** Drops the removed element, and half of the array when three quarters are free. */
    @SuppressWarnings("NullAway") // Elements from size onwards are null and are never read.
    private void clearTail() {
        routes[size] = null;
        if (size <= routes.length / 4) {
            routes = Arrays.copyOf(routes, routes.length / 2);
        }
    }
}

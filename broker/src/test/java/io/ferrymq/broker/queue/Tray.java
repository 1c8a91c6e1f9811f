package io.ferrymq.broker.queue;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;

/** A consumer that takes everything while it is open, and remembers it as a session does. */
final class Tray implements DeliverySink {
    final long[] places;
    final long[] marks;
    int count;
    boolean open = true;

    Tray(int capacity) {
        places = new long[capacity];
        marks = new long[capacity];
    }

    @Override
    public boolean hasCredit() {
        return open;
    }

    @Override
    public int credit() {
        return open ? 1 : 0;
    }

    @Override
    public void deliver(Delivery delivery) {
        places[count] = delivery.place();
        marks[count++] = delivery.mark();
    }

    @Override
    public void cancelled() {}
}

package io.ferrymq.broker.shard;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Unsettled;
import java.util.List;

/** A session's sink behind the border to that session: to the queue it never fails, it only has no credit any more. Lane only. */
final class GuardedSink implements DeliverySink {
    private final LinkFaults faults;
    private final List<Unsettled> undelivered;
    private final DeliverySink sink;
    private final Pause pause;

    /**
     * @param undelivered gets what the session may not know of, because it threw: to be given back when it has ended
     * @param pause while it is on, there is no credit
     */
    GuardedSink(LinkFaults faults, List<Unsettled> undelivered, DeliverySink sink, Pause pause) {
        this.faults = faults;
        this.undelivered = undelivered;
        this.sink = sink;
        this.pause = pause;
    }

    @Override
    public boolean hasCredit() {
        // Written out, as nothing is to be created for a message.
        if (faults.hasFailed() || pause.isOn()) {
            return false;
        }
        try {
            return sink.hasCredit();
        } catch (RuntimeException e) {
            faults.failed(e);
            return false;
        }
    }

    @Override
    public int credit() {
        if (faults.hasFailed() || pause.isOn()) {
            return 0;
        }
        try {
            return sink.credit();
        } catch (RuntimeException e) {
            faults.failed(e);
            return 0;
        }
    }

    @Override
    public void deliver(Delivery delivery) {
        try {
            sink.deliver(delivery);
        } catch (RuntimeException e) {
            Unsettled unsettled = delivery.unsettled();
            if (unsettled != null) {
                undelivered.add(unsettled);
            }
            faults.failed(e);
        }
    }

    @Override
    public void cancelled() {
        faults.run(sink::cancelled);
    }
}

package io.ferrymq.client.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * A listener whose exceptions harm nobody but itself: they are logged, and the transport's thread goes on. Transports put
 * it around the listeners they are given.
 */
public final class GuardedListener implements DeliveryListener {
    private static final Logger LOG = System.getLogger(GuardedListener.class.getName());

    private final DeliveryListener listener;

    public GuardedListener(DeliveryListener listener) {
        this.listener = listener;
    }

    @Override
    public void delivered(Delivery delivery) {
        guarded("a delivery, which stays unsettled", () -> listener.delivered(delivery));
    }

    @Override
    public void interrupted() {
        guarded("an interruption", listener::interrupted);
    }

    @Override
    public void waiting(RequestException cause) {
        guarded("a wait", () -> listener.waiting(cause));
    }

    @Override
    public void ended(TransportException cause) {
        guarded("the end", () -> listener.ended(cause));
    }

    private static void guarded(String what, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.ERROR, "a listener failed over " + what, e);
        }
    }
}

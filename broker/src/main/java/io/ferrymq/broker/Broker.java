package io.ferrymq.broker;

import io.ferrymq.broker.access.Origin;

/**
 * A broker: who may come in, and the links of those who did.
 *
 * <p>Thread contract: the shard's lane, except {@link #stop}.
 */
public interface Broker {
    /**
     * Checks a name and password, whose octets need not be UTF-8: they are texts as {@code Octets} makes them.
     *
     * @throws RefusedException with {@link Refusal.LoginFailed}
     */
    Identity login(String user, String password, Origin origin);

    /**
     * Lets in who has proved the name otherwise, as by a certificate.
     *
     * @throws RefusedException with {@link Refusal.LoginFailed}
     */
    Identity loginProven(String user, Origin origin);

    /**
     * Opens a link into a virtual host.
     *
     * @param description the client's own name for itself, for operators
     * @throws RefusedException with {@link Refusal.VhostNotFound} or {@link Refusal.VhostDenied}
     */
    Link open(Identity identity, String vhost, String description, LinkListener listener);

    /** What an operator may do. */
    Administration administration();

    /** Writes a checkpoint and closes the log. Links must be closed. Blocks; not to be called on the lane. */
    void stop();
}

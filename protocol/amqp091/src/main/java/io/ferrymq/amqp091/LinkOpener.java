package io.ferrymq.amqp091;

import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import java.net.InetAddress;
import java.security.cert.X509Certificate;

/**
 * The broker's door: who may come in, and to which virtual host.
 *
 * <p>Thread contract: called on the lane of the connection that asks; must not block.
 */
public interface LinkOpener {
    /**
     * How long an attempt to log in has to wait until it is made; negative if it is to be refused unseen. Those wait who
     * have failed often.
     */
    default long loginDelayMillis(String user, InetAddress from) {
        return 0;
    }

    /**
     * Who this is, by name and password.
     *
     * @param from the client's address; some users may only come from the broker's own machine
     * @throws io.ferrymq.broker.RefusedException with {@link io.ferrymq.broker.Refusal.LoginFailed}
     */
    Identity login(String user, String password, InetAddress from);

    /**
     * Who this is, by the certificate that TLS has verified.
     *
     * @throws io.ferrymq.broker.RefusedException with {@link io.ferrymq.broker.Refusal.LoginFailed}
     */
    Identity loginByCertificate(X509Certificate certificate, InetAddress from);

    /** Whether clients without a name are let in. */
    boolean admitsAnonymous();

    /**
     * Who a client without a name is.
     *
     * @throws io.ferrymq.broker.RefusedException with {@link io.ferrymq.broker.Refusal.LoginFailed}
     */
    Identity loginAnonymously(InetAddress from);

    /**
     * Opens a virtual host to a client. The listener is called on the lane of this call, and not inside it.
     *
     * @throws io.ferrymq.broker.RefusedException if there is no such virtual host, the user has no permission in it, or a
     *     limit is reached
     */
    Link open(Identity identity, String virtualHost, ClientDescription client, LinkListener listener);
}

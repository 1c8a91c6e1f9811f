package io.ferrymq.server;

import io.ferrymq.amqp091.ClientDescription;
import io.ferrymq.amqp091.LinkOpener;
import io.ferrymq.broker.Broker;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.access.Origin;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets AMQP clients into the broker. A client with a certificate is the user that its common name says. Lane only.
 *
 * @param anonymous who a client without a name is, if such clients may come in
 */
record BrokerDoor(Broker broker, Optional<String> anonymous) implements LinkOpener {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerDoor.class);

    @Override
    public Identity login(String user, String password, InetAddress from) {
        try {
            return broker.login(user, password, origin(from));
        } catch (RefusedException e) {
            throw logged(e, from);
        }
    }

    @Override
    public Identity loginByCertificate(X509Certificate certificate, InetAddress from) {
        try {
            return broker.loginProven(commonName(certificate), origin(from));
        } catch (RefusedException e) {
            throw logged(e, from);
        }
    }

    @Override
    public boolean admitsAnonymous() {
        return anonymous.isPresent();
    }

    @Override
    public Identity loginAnonymously(InetAddress from) {
        try {
            return broker.loginProven(anonymous.orElseThrow(), origin(from));
        } catch (RefusedException e) {
            throw logged(e, from);
        }
    }

    private static Origin origin(InetAddress from) {
        return from.isLoopbackAddress() ? Origin.LOOPBACK : Origin.REMOTE;
    }

    /** The peer is told that it may not come in; why is for the operator only. */
    private static RefusedException logged(RefusedException refused, InetAddress from) {
        if (refused.refusal() instanceof Refusal.LoginFailed failed) {
            LOG.warn("login of user '{}' from {} refused: {}", failed.user(), from.getHostAddress(), failed.reason());
        }
        return refused;
    }

    private static String commonName(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue().toString();
                }
            }
        } catch (InvalidNameException e) {
            throw new RefusedException(new Refusal.LoginFailed(subject, "not a distinguished name: " + e.getMessage()));
        }
        throw new RefusedException(new Refusal.LoginFailed(subject, "the certificate has no common name"));
    }

    @Override
    public Link open(Identity identity, String virtualHost, ClientDescription client, LinkListener listener) {
        return broker.open(identity, virtualHost, client.connectionName(), listener);
    }
}

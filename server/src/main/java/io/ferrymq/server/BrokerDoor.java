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

/**
 * Lets AMQP clients into the broker, those that guess slowly. A client with a certificate is the user that its common name
 * says. Lane only.
 *
 * @param anonymous who a client without a name is, if such clients may come in
 */
record BrokerDoor(Broker broker, Optional<String> anonymous, LoginPace pace) implements LinkOpener {
    @Override
    public long loginDelayMillis(String user, InetAddress from) {
        return pace.delayMillis(user, from);
    }

    @Override
    public Identity login(String user, String password, InetAddress from) {
        try {
            Identity identity = broker.login(user, password, origin(from));
            pace.succeeded(user, from);
            return identity;
        } catch (RefusedException e) {
            pace.failed(user, from);
            throw e;
        }
    }

    @Override
    public Identity loginByCertificate(X509Certificate certificate, InetAddress from) {
        return broker.loginProven(commonName(certificate), origin(from));
    }

    @Override
    public boolean admitsAnonymous() {
        return anonymous.isPresent();
    }

    @Override
    public Identity loginAnonymously(InetAddress from) {
        return broker.loginProven(anonymous.orElseThrow(), origin(from));
    }

    private static Origin origin(InetAddress from) {
        return from.isLoopbackAddress() ? Origin.LOOPBACK : Origin.REMOTE;
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

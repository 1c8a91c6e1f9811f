package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.wire.ClientLog;
import io.ferrymq.wire.Connection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * From the protocol header to the open virtual host: who the client is and what limits hold. The order of the steps is
 * {@link ConnectionSession}'s.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Handshake {
    private static final ClientLog LOG = new ClientLog(LoggerFactory.getLogger(Handshake.class));

    private final Connection connection;
    private final Amqp091 protocol;
    private final OutboundBuffer out;
    private ClientDescription client;
    private @Nullable Identity identity;
    private int frameMaxBytes;
    private int channelMax;

    Handshake(Connection connection, Amqp091 protocol, OutboundBuffer out) {
        this.connection = connection;
        this.protocol = protocol;
        this.out = out;
        this.client = ClientDescription.of(connection.remoteAddress(), Map.of());
    }

    /** Largest frame agreed, head and end included. */
    int frameMaxBytes() {
        return frameMaxBytes;
    }

    /** Sends {@code connection.start}. */
    void start() {
        Map<String, @Nullable Object> properties =
                protocol.options().announcement().toServerProperties();
        out.method(
                0,
                new ConnectionMethod.Start(
                        0, 9, properties, Mechanism.offered(connection, protocol.linkOpener()), "en_US"));
    }

    /** Notes who the client says it is. How long the login has to wait, because its name or its address has failed often; negative to refuse it unseen. */
    long loginDelayMillis(ConnectionMethod.StartOk method) {
        client = ClientDescription.of(connection.remoteAddress(), method.clientProperties());
        Mechanism mechanism = Mechanism.named(method.mechanism(), connection, protocol.linkOpener());
        if (!mechanism.hasPassword()) {
            return 0;
        }
        return protocol.linkOpener()
                .loginDelayMillis(
                        mechanism.user(method.response()),
                        connection.remoteAddress().getAddress());
    }

    /** Refuses {@code start-ok} without a look at the password. */
    void refuseUnseen(ConnectionMethod.StartOk method) {
        Mechanism mechanism = Mechanism.named(method.mechanism(), connection, protocol.linkOpener());
        String user = mechanism.user(method.response());
        refuse(mechanism, new Refusal.LoginFailed(user, "too many failed logins from this address"));
    }

    /**
     * Takes {@code start-ok} and sends {@code connection.tune}; false if the login is refused. Only a client that lists
     * {@code authentication_failure_close} is told so, because others would take the close for an error of the protocol.
     */
    boolean login(ConnectionMethod.StartOk method) {
        Mechanism mechanism = Mechanism.named(method.mechanism(), connection, protocol.linkOpener());
        try {
            identity = mechanism.login(method.response(), connection, protocol.linkOpener());
        } catch (RefusedException e) {
            refuse(mechanism, e.refusal());
            return false;
        }
        LOG.info(
                connection.lane(),
                "{}: user '{}' logged in by {}{}",
                connection.remoteAddress(),
                identity.user(),
                mechanism,
                connection.isTls() ? " over TLS" : "");
        Amqp091Options options = protocol.options();
        out.method(
                0,
                new ConnectionMethod.Tune(options.channelMax(), options.frameMaxBytes(), options.heartbeatSeconds()));
        return true;
    }

    private void refuse(Mechanism mechanism, Refusal refusal) {
        LOG.warn(connection.lane(), "{}: {}", connection.remoteAddress(), words(refusal));
        if (client.isCapableOf("authentication_failure_close")) {
            String text = ReplyCode.ACCESS_REFUSED.text("Login was refused using authentication mechanism " + mechanism
                    + ". For details see the broker logfile.");
            out.method(0, new ConnectionMethod.Close(ReplyCode.ACCESS_REFUSED.code(), text, 0, 0));
        }
    }

    private static String words(Refusal refusal) {
        return refusal instanceof Refusal.LoginFailed failed
                ? "login of user '" + failed.user() + "' refused: " + failed.reason()
                : "login refused: " + refusal;
    }

    /** Takes {@code tune-ok}, whose values may only be lower than ours; its heartbeat may be any. */
    void tuned(ConnectionMethod.TuneOk method) {
        Amqp091Options options = protocol.options();
        checkLimit("frame_max", Frame.FRAME_MAX_MIN, method.frameMaxBytes(), options.frameMaxBytes());
        checkLimit("channel_max", 1, method.channelMax(), options.channelMax());
        frameMaxBytes = (int) method.frameMaxBytes();
        channelMax = method.channelMax();
    }

    private static void checkLimit(String name, long minimum, long wanted, long maximum) {
        if (wanted == 0 || wanted > maximum) {
            throw misfit(name, wanted == 0 ? "0 (no limit)" : Long.toString(wanted), "higher", "maximum", maximum);
        }
        if (wanted < minimum) {
            throw misfit(name, Long.toString(wanted), "lower", "minimum", minimum);
        }
    }

    private static FaultException misfit(String name, String wanted, String relation, String bound, long value) {
        return new FaultException(
                ReplyCode.NOT_ALLOWED,
                "negotiated " + name + " = " + wanted + " is " + relation + " than the " + bound + " allowed value ("
                        + value + ")");
    }

    /** Takes {@code connection.open}; every refusal ends the connection. */
    Channels open(ConnectionMethod.Open method, ReadGate gate, LinkListener listener) {
        Identity who = identity;
        if (who == null) {
            throw new IllegalStateException("open before login");
        }
        try {
            Link link = protocol.linkOpener().open(who, method.virtualHost(), client, listener);
            LOG.info(
                    connection.lane(),
                    "{}: user '{}' opened virtual host '{}' as '{}'",
                    connection.remoteAddress(),
                    who.user(),
                    method.virtualHost(),
                    client.connectionName());
            return new Channels(
                    connection,
                    new Peer(
                            client,
                            who,
                            method.virtualHost(),
                            link,
                            out,
                            gate,
                            protocol.options(),
                            frameMaxBytes,
                            channelMax),
                    protocol.newUnfinishedBytes(connection),
                    protocol.consumerTags());
        } catch (RefusedException e) {
            Fault fault = RefusalFaults.of(e.refusal());
            throw fault.endsConnection()
                    ? new FaultException(fault, method.id())
                    : new FaultException(ReplyCode.NOT_ALLOWED, fault.explanation());
        }
    }
}

package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameReader;
import io.ferrymq.amqp091.codec.MalformedFrameException;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.ProtocolHeader;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.wire.ByteHandler;
import io.ferrymq.wire.ClientLog;
import io.ferrymq.wire.CloseCause;
import io.ferrymq.wire.Connection;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * One client connection: cuts the bytes into frames, keeps the phase, and ends the connection when it is due (clause
 * 1.4.2 of the reference).
 *
 * <p>Thread contract: the connection's lane. Nothing thrown inside leaves {@link #received}.
 *
 * <pre>
 * from             to         on
 * AWAITING_HEADER  STARTING   the header of 0-9-1 or 0-9; connection.start is sent
 * AWAITING_HEADER  ENDED      another header, which is answered with ours
 * STARTING         TUNING     start-ok with a good login; connection.tune is sent
 * STARTING         ENDED      start-ok with a bad login (after connection.close, if the client can read it)
 * TUNING           OPENING    tune-ok within the limits
 * OPENING          RUNNING    connection.open of a virtual host; open-ok is sent
 * RUNNING          ENDED      connection.close; close-ok is sent
 * any but the first CLOSING   an error of the client, or the operator's wish; connection.close is sent
 * CLOSING          ENDED      close-ok, or the time for it has passed
 * any              ENDED      the peer is gone; bytes that are no frames; silence for too long
 * </pre>
 *
 * {@code connection.secure} is never sent, because every mechanism offered needs one message only.
 */
final class ConnectionSession implements ByteHandler {
    private static final ClientLog LOG = new ClientLog(LoggerFactory.getLogger(ConnectionSession.class));

    /** What a frame costs beside what it makes the broker do, in units of {@link TurnBudget}. */
    private static final int FRAME_UNITS = 4;

    /** Methods and headers of this size hold little that has to be looked at. */
    private static final int SMALL_OCTETS_MAX = 1 << 10;

    /** Small frames are charged together. */
    private static final int CHARGED_UNITS_MIN = 64;

    private final Connection connection;
    private final Amqp091Options options;
    private final ReadGate gate;
    private final OutboundBuffer out;
    private final FrameReader frames = new FrameReader(Frame.FRAME_MAX_MIN + Frame.OVERHEAD);
    private final Handshake handshake;
    private final RunningLink link;
    private final Runnable turnEnd;
    /** Units of work that the turn was not charged yet. */
    private long uncharged;
    /** What the broker had spent after the last frame; 0 before the connection is open. */
    private long spentInBroker;

    private Phase phase = Phase.AWAITING_HEADER;
    private boolean turnEndRequested;
    private boolean leaving;

    ConnectionSession(Connection connection, Amqp091 protocol) {
        this.connection = connection;
        this.options = protocol.options();
        this.turnEnd = connection.guarded(this::turnEnd);
        this.gate = new ReadGate(connection);
        this.out = new OutboundBuffer(connection, this::requestTurnEnd);
        this.link = new RunningLink(connection, gate, out, this::endByBroker, this::failBy);
        this.handshake = new Handshake(connection, protocol, out);
        var _ = connection.schedule(options.handshakeTimeoutMillis(), this::handshakeTimedOut);
    }

    @Override
    public void received(ByteBuf bytes) {
        try {
            takeFrames(bytes);
        } catch (RuntimeException e) {
            failBy(e);
        }
        charge();
    }

    private void failBy(RuntimeException cause) {
        switch (cause) {
            case MalformedFrameException e -> fail(e.replyCode(), e.replyText(), e.classId() << 16 | e.methodId());
            case FaultException e -> fail(e.fault().code(), e.fault().text(), e.methodId());
            default -> failInternally(cause);
        }
    }

    /** A fault of our own that has touched this connection only: what it did in the broker is whole. */
    private void failInternally(RuntimeException cause) {
        LOG.error(connection.lane(), cause, "{}: fault of our own", connection.remoteAddress());
        fail(ReplyCode.INTERNAL_ERROR, ReplyCode.INTERNAL_ERROR.text("see the broker's log"), 0);
    }

    private void takeFrames(ByteBuf in) {
        if (phase == Phase.AWAITING_HEADER && !takeHeader(in)) {
            return;
        }
        spentInBroker = link.spentUnits();
        while (!gate.isShut() && phase != Phase.ENDED) {
            switch (frames.next(in)) {
                case NEED_MORE -> {
                    if (!frames.nextPart(in)) {
                        link.endBurst();
                        return;
                    }
                    if (!takeCounted(in)) {
                        return;
                    }
                }
                case VIOLATION -> {
                    // Where the next frame begins is unknown: close-ok could not be found any more.
                    failWithoutAnswer(frames.violation());
                    return;
                }
                case FRAME -> {
                    if (hasToWait(in)) {
                        frames.putBack(in);
                    } else if (!takeCounted(in)) {
                        return;
                    }
                }
            }
        }
        link.endBurst();
    }

    /** Takes a frame, and counts what that and all that it does in the broker costs; false if it is another's turn. */
    private boolean takeCounted(ByteBuf in) {
        take(in);
        long before = spentInBroker;
        spentInBroker = link.spentUnits();
        long inBroker = before == 0 ? 0 : Math.max(0, spentInBroker - before);
        uncharged += FRAME_UNITS + ofPayload() + inBroker;
        if (uncharged < CHARGED_UNITS_MIN || charge()) {
            return true;
        }
        link.endBurst();
        return false;
    }

    /** Tables have entries of three octets, each of which is looked at; of most frames they are a small part. */
    private long ofPayload() {
        int octets = frames.payloadLength();
        return frames.type() == Frame.BODY || octets <= SMALL_OCTETS_MAX
                ? TurnBudget.ofBytes(octets)
                : TurnBudget.ofTable(octets);
    }

    /** Charges what was done; false if it is another's turn. */
    private boolean charge() {
        long units = uncharged;
        uncharged = 0;
        return connection.spend(units);
    }

    /** Whether the frame has to wait for what is short in the broker; then the gate is shut. */
    private boolean hasToWait(ByteBuf in) {
        Channels running = link.channels();
        return running != null && phase == Phase.RUNNING && running.hasToWait(frames, in);
    }

    /** Takes the protocol header (clause 4.2.2); false if frames cannot follow yet, or never will. */
    private boolean takeHeader(ByteBuf in) {
        return switch (ProtocolHeader.recognise(in)) {
            case INCOMPLETE -> false;
            case AMQP_0_9_1, AMQP_0_9 -> {
                in.skipBytes(ProtocolHeader.LENGTH);
                enter(Phase.STARTING);
                handshake.start();
                yield true;
            }
            case AMQP_1_0, AMQP_1_0_TLS, AMQP_1_0_SASL, UNKNOWN -> {
                ProtocolHeader.AMQP_0_9_1.write(out.buffer(ProtocolHeader.LENGTH));
                end();
                yield false;
            }
        };
    }

    private void take(ByteBuf in) {
        if (frames.type() == Frame.HEARTBEAT) {
            requireChannel0();
            return;
        }
        switch (phase) {
            case RUNNING -> takeRunning(in);
            case CLOSING -> takeClosing(in);
            default -> control(decodeControl(in));
        }
        if (out.isOverfull()) {
            gate.shut(ReadGate.Reason.UNSENT_REPLIES);
        }
    }

    /** A sign of life is one of the connection (clause 4.2.7); on a channel it is a frame out of place. */
    private void requireChannel0() {
        if (frames.channel() != 0 && phase != Phase.CLOSING) {
            throw new FaultException(ReplyCode.UNEXPECTED_FRAME, "type 8, all octets = <<>>");
        }
    }

    private void takeRunning(ByteBuf in) {
        Channels running = link.channels();
        if (frames.channel() == 0 || running == null) {
            control(decodeControl(in));
        } else {
            running.take(frames, in);
        }
    }

    /** Of what comes after our {@code connection.close} only the closing methods count (clause 1.4.2.8). */
    private void takeClosing(ByteBuf in) {
        if (frames.type() != Frame.METHOD || frames.channel() != 0) {
            return;
        }
        int id = Method.peekId(in, frames.payloadOffset(), frames.payloadLength());
        if (id == ConnectionMethod.CloseOk.ID) {
            end();
        } else if (id == ConnectionMethod.Close.ID) {
            out.method(0, new ConnectionMethod.CloseOk());
        }
    }

    private Method decodeControl(ByteBuf in) {
        if (frames.type() != Frame.METHOD) {
            throw new FaultException(ReplyCode.UNEXPECTED_FRAME, "expected method frame on channel 0");
        }
        if (frames.channel() != 0) {
            throw new FaultException(
                    ReplyCode.CHANNEL_ERROR, "channel " + frames.channel() + " used before the connection is open");
        }
        return Method.decode(in.slice(frames.payloadOffset(), frames.payloadLength()));
    }

    private void control(Method method) {
        try {
            switch (method) {
                case ConnectionMethod.StartOk m when phase == Phase.STARTING -> startOk(m);
                case ConnectionMethod.TuneOk m when phase == Phase.TUNING -> tuneOk(m);
                case ConnectionMethod.Open m when phase == Phase.OPENING -> open(m);
                case ConnectionMethod.UpdateSecret m
                when phase == Phase.RUNNING -> out.method(0, new ConnectionMethod.UpdateSecretOk());
                case ConnectionMethod.Close m -> closedByClient();
                default -> throw unexpected();
            }
        } catch (FaultException e) {
            throw new FaultException(e.fault(), method.id());
        }
    }

    private FaultException unexpected() {
        return new FaultException(ReplyCode.CHANNEL_ERROR, "unexpected method in connection state " + phase.word());
    }

    /** A login that has to wait holds up what the client sent after it. */
    private void startOk(ConnectionMethod.StartOk method) {
        long delayMillis = handshake.loginDelayMillis(method);
        if (delayMillis == 0) {
            login(method);
        } else if (delayMillis < 0) {
            handshake.refuseUnseen(method);
            end();
        } else {
            gate.shut(ReadGate.Reason.ANSWER);
            // Without the client's properties, which have been looked at and may be large.
            ConnectionMethod.StartOk kept =
                    new ConnectionMethod.StartOk(Map.of(), method.mechanism(), method.response(), method.locale());
            var _ = connection.schedule(delayMillis, () -> loginLate(kept));
        }
    }

    private void loginLate(ConnectionMethod.StartOk method) {
        if (phase != Phase.STARTING) {
            return;
        }
        gate.open(ReadGate.Reason.ANSWER);
        try {
            login(method);
        } catch (RuntimeException e) {
            failBy(e);
        }
    }

    private void login(ConnectionMethod.StartOk method) {
        if (handshake.login(method)) {
            enter(Phase.TUNING);
        } else {
            end();
        }
    }

    private void tuneOk(ConnectionMethod.TuneOk method) {
        handshake.tuned(method);
        // RabbitMQ forgives clients that count the payload alone, so a frame may be larger by its own overhead.
        frames.frameMax(handshake.frameMaxBytes() + Frame.OVERHEAD);
        Heartbeats.start(method.heartbeatSeconds(), connection, out, gate);
        enter(Phase.OPENING);
    }

    private void open(ConnectionMethod.Open method) {
        link.opened(handshake.open(method, gate, link));
        enter(Phase.RUNNING);
        out.method(0, new ConnectionMethod.OpenOk());
    }

    private void closedByClient() {
        leaving = true;
        gate.workBegun();
        link.release(this::goneByClient);
    }

    /** What the connection had is gone, so that the client may ask for the same again at once. */
    private void goneByClient() {
        gate.workEnded();
        if (phase != Phase.ENDED) {
            out.method(0, new ConnectionMethod.CloseOk());
            end();
        }
    }

    private void handshakeTimedOut() {
        if (phase.isHandshake()) {
            LOG.info(
                    connection.lane(),
                    "{}: not open within {} ms",
                    connection.remoteAddress(),
                    options.handshakeTimeoutMillis());
            end();
        }
    }

    /** Tells the peer why and waits for its close-ok; its channels are released at once. */
    private void fail(ReplyCode code, String text, int methodId) {
        if (phase == Phase.CLOSING || phase == Phase.AWAITING_HEADER) {
            end();
        }
        if (phase == Phase.ENDED) {
            return;
        }
        LOG.info(connection.lane(), "{}: closing: {}", connection.remoteAddress(), text);
        enter(Phase.CLOSING);
        link.release();
        gate.openForGood();
        out.method(0, new ConnectionMethod.Close(code.code(), text, methodId >>> 16, methodId & 0xFFFF));
        var _ = connection.schedule(options.closeTimeoutMillis(), this::end);
    }

    private void failWithoutAnswer(MalformedFrameException violation) {
        fail(violation.replyCode(), violation.replyText(), 0);
        end();
    }

    private void end() {
        if (phase != Phase.ENDED) {
            enter(Phase.ENDED);
            link.release();
            out.flush();
            connection.close();
        }
    }

    private void enter(Phase next) {
        phase = phase.enter(next);
    }

    private void requestTurnEnd() {
        if (!turnEndRequested) {
            turnEndRequested = true;
            link.spend(TurnBudget.SOCKET_WRITE);
            connection.lane().atTurnEnd(turnEnd);
        }
    }

    private void turnEnd() {
        turnEndRequested = false;
        try {
            link.confirm();
            out.flush();
            link.relieveUnsent();
        } catch (RuntimeException e) {
            failInternally(e);
        }
    }

    @Override
    public void writabilityChanged() {
        link.relieveUnsent();
    }

    @Override
    public void overLimit(String why) {
        if (phase.isHandshake()) {
            end();
        } else {
            fail(ReplyCode.RESOURCE_ERROR, ReplyCode.RESOURCE_ERROR.text(why), 0);
            end();
        }
    }

    private void endByBroker(String reason) {
        if (phase.isHandshake()) {
            end();
        } else {
            fail(ReplyCode.CONNECTION_FORCED, ReplyCode.CONNECTION_FORCED.text(reason), 0);
        }
    }

    @Override
    public void shutdown() {
        endByBroker("broker forced connection closure with reason 'shutdown'");
    }

    @Override
    public void closed(CloseCause cause) {
        if (phase != Phase.AWAITING_HEADER) {
            LOG.info(connection.lane(), "{}: closed {}", connection.remoteAddress(), words(cause));
        }
        if (phase != Phase.ENDED) {
            enter(Phase.ENDED);
        }
        link.release();
        out.release();
    }

    private String words(CloseCause cause) {
        return switch (cause) {
            case CloseCause.ByPeer() -> "by the client";
            case CloseCause.ByUs() -> leaving ? "by the client" : "by the broker";
            case CloseCause.Failed(Throwable error) -> "after " + error;
        };
    }
}

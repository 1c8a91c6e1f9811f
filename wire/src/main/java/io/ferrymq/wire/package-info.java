/**
 * Listeners, TLS, protocol selection and back-pressure, on Netty.
 *
 * <p><b>Owns</b> the event loops, the sockets, and for each connection the bytes that its protocol has not consumed yet
 * and the bytes that the peer has not taken yet. It knows no protocol: a {@link io.ferrymq.wire.ProtocolBinding} says
 * which first bytes are its own and gets a {@link io.ferrymq.wire.Connection} for them.
 *
 * <p><b>Threads.</b> One thread for each {@link io.ferrymq.wire.Lane}. A connection lives on one lane: every callback
 * arrives there and every method of it is called there. {@link io.ferrymq.wire.Transport} and {@link
 * io.ferrymq.wire.Listener} may be called from any thread but a lane.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A handler gets the bytes in order, each once, whatever the splits (test {@code ReceivedBytesProperties}).
 *   <li>A paused connection gets no bytes, and none is lost (test {@code PausedReadingTest}).
 *   <li>What was written before {@code close} arrives before the end of the stream, even when the peer still sends
 *       (test {@code ClosingTest}).
 *   <li>A connection that does not say what it wants within the handshake time-out is closed (test {@code
 *       ProtocolChoiceTest}).
 *   <li>No more connections are open than the limit says (test {@code ConnectionLimitTest}).
 *   <li>An exception out of a handler closes that connection and no other (test {@code ClosingTest}).
 * </ul>
 */
@NullMarked
package io.ferrymq.wire;

import org.jspecify.annotations.NullMarked;

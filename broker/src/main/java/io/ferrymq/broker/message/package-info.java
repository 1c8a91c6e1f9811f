/**
 * What a message is: on its way in, in the log, and as protocols see it.
 *
 * <p><b>Owns</b> the stored form of a message ({@link io.ferrymq.broker.message.MessageRecord}) and of its history,
 * and the codecs of values and numbers that commands use, too. A message keeps the header bytes that it came with;
 * {@link io.ferrymq.broker.message.MessageFormat} is the one way to look into them, and a protocol brings its own.
 *
 * <p><b>Threads.</b> A {@link io.ferrymq.broker.message.Publication} and a {@link
 * io.ferrymq.broker.message.StoredMessage} are slots that their owner fills again, on one lane. Deaths, histories and
 * short texts are immutable.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A table that was accepted is read back as the same, and arbitrary bytes are a table or are refused ({@code
 *       ValueCodecProperties}, {@code ValueCodecFuzz}).
 *   <li>The bytes that a client sent are the bytes that a consumer gets, but for BCC, a reply address that was asked
 *       for, and what the broker adds ({@code conformance/python/test_framing.py}, {@code HeaderMergeTest}).
 *   <li>A record says all that applying it needs: no clock is looked at.
 *   <li>A message that goes round without a rejection ends ({@code conformance/python/test_dead_letters.py}).
 * </ul>
 *
 * <p><b>Specification.</b> RabbitMQ 4: dead lettering, {@code x-death}.
 */
@NullMarked
package io.ferrymq.broker.message;

import org.jspecify.annotations.NullMarked;

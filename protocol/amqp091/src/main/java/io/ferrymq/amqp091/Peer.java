package io.ferrymq.amqp091;

import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;

/**
 * What the channels of one connection have in common.
 *
 * @param client what the client says about itself
 * @param identity who it is
 * @param virtualHost the name of the virtual host that it opened
 * @param link its use of the virtual host
 * @param out where to write to it
 * @param gate whether to read from it
 * @param options limits
 * @param frameMaxBytes largest frame agreed, head and end included
 * @param channelMax open channels agreed
 */
record Peer(
        ClientDescription client,
        Identity identity,
        String virtualHost,
        Link link,
        OutboundBuffer out,
        ReadGate gate,
        Amqp091Options options,
        int frameMaxBytes,
        int channelMax) {}

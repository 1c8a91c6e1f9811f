package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MethodFuzz {
    private static final int ROUNDS = 100_000;

    private final long seed = Mutations.seed();
    private final Mutations mutations = new Mutations(seed);
    private final List<ByteBuf> examples =
            MethodExample.all().map(MethodExample::octets).toList();

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void makesOfAnyOctetsAMethodOrAMalformedFrame() {
        int methods = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf in = mutations.mutated(examples.get(mutations.below(examples.size())));
            methods += decode(in) ? 1 : 0;
        }
        assertThat(methods).as("seed %d", seed).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
    }

    @Test
    void makesOfArbitraryArgumentsAMethodOrAMalformedFrame() {
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf id = examples.get(mutations.below(examples.size())).slice(0, Method.ID_LENGTH);
            decode(Unpooled.copiedBuffer(id, mutations.arbitrary(60)));
        }
    }

    /** Returns whether there was a method in it; anything but a {@link MalformedFrameException} fails the test. */
    private boolean decode(ByteBuf in) {
        int length = in.readableBytes();
        try {
            Method method = Method.decode(in);
            assertReadAgain(method);
            return true;
        } catch (MalformedFrameException e) {
            assertThat(e.replyCode().closes()).as("seed %d", seed).isEqualTo(ReplyCode.Closes.CONNECTION);
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", " + length + " octets", e);
        }
    }

    /** Compares octets, since records are equal by the identity of byte arrays inside. */
    private void assertReadAgain(Method method) {
        ByteBuf first = Unpooled.buffer();
        method.encode(first);
        ByteBuf second = Unpooled.buffer();
        Method.decode(first.duplicate()).encode(second);
        assertThat(second).as("seed %d", seed).isEqualTo(first);
    }
}

package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ContentFuzz {
    private static final int ROUNDS = 200_000;

    private final long seed = Mutations.seed();
    private final Mutations mutations = new Mutations(seed);
    private final ByteBuf valid = Octets.of("003C 0000 0000000000000005 " + BasicPropertiesTest.EVERYTHING);

    @Test
    void answersEveryQuestionAboutAHeaderThatItTook() {
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf in = round % 8 == 0 ? arbitrary() : mutations.mutated(valid);
            taken += isTaken(in) ? 1 : 0;
        }
        assertThat(taken).as("seed %d", seed).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
    }

    private ByteBuf arbitrary() {
        return Unpooled.copiedBuffer(valid.slice(0, ContentHeader.FIXED_LENGTH), mutations.arbitrary(60));
    }

    private boolean isTaken(ByteBuf in) {
        ContentHeader header = new ContentHeader();
        try {
            header.wrap(in, 0, in.readableBytes());
        } catch (MalformedFrameException e) {
            return false;
        }
        assertThat(header.bodySize()).as("seed %d", seed).isNotNegative();
        ask(header.properties());
        return true;
    }

    private void ask(BasicProperties properties) {
        try {
            for (BasicProperty property : BasicProperty.values()) {
                assertThat(properties.has(property)).isEqualTo(properties.indexOf(property) >= 0);
            }
            properties.correlationId();
            properties.headers().forEach((name, value) -> properties.header(name));
            ByteBuf edited = Unpooled.buffer();
            PropertyEditor.of(properties).removeHeader("a").header("b", 1).write(edited);
            BasicProperties.validate(edited, 0, edited.readableBytes());
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void makesOfAnyOctetsAViewOrAMalformedFrame() {
        ByteBuf publish = Octets.of("003C 0028 0000 01 'e' 02 'kk' 01");
        ByteBuf nack = Octets.of("003C 0078 0000000000000002 03");
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf in = mutations.mutated(round % 2 == 0 ? publish : nack);
            int id = Method.peekId(in, 0, in.readableBytes());
            try {
                if (SettlementView.isSettlement(id)) {
                    new SettlementView().wrap(in, 0, in.readableBytes());
                } else if (id == BasicMethod.Publish.ID) {
                    new PublishView().wrap(in, 0, in.readableBytes()).routingKey();
                }
            } catch (MalformedFrameException e) {
                assertThat(e.classId()).as("seed %d", seed).isEqualTo(BasicMethod.CLASS_ID);
            }
        }
    }
}

package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.broker.message.Publication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Every publish gets one answer, in order, the right one, and not before it is durable. */
class ConfirmsProperties {
    /** 0 publishes and is accepted, 1 publishes and is rejected, 2 lets one more record become durable. */
    @Property(tries = 200)
    void answersEveryPublishOnceInOrder(@ForAll @Size(max = 120) List<@IntRange(max = 2) Integer> steps) {
        try (TestClient client = TestClient.running()) {
            client.link.durable = 0;
            client.send(1, new ConfirmMethod.Select(true));
            List<Boolean> expected = new ArrayList<>();
            List<Boolean> answered = new ArrayList<>();
            for (int step : steps) {
                if (step == 2) {
                    client.link.makeDurable(Math.min(client.link.sequence, client.link.durable + 1));
                } else {
                    client.link.outcome = step == 0 ? Publication.Outcome.ACCEPTED : Publication.Outcome.REJECTED;
                    client.sendBytes(message());
                    expected.add(step == 0);
                }
                addAnswers(client, answered);
                assertThat(answered.stream().filter(accepted -> accepted).count())
                        .isLessThanOrEqualTo(client.link.durable);
            }
            client.link.makeDurable(client.link.sequence);
            addAnswers(client, answered);
            assertThat(answered).isEqualTo(expected);
        }
    }

    private static ByteBuf message() {
        ByteBuf persistent = Unpooled.buffer();
        PropertyEditor.empty().deliveryMode(2).write(persistent);
        return TestClient.message(1, new BasicMethod.Publish("ex", "k", false, false), persistent, "b");
    }

    private static void addAnswers(TestClient client, List<Boolean> answered) {
        for (Object frame : client.take()) {
            switch (frame) {
                case BasicMethod.Ack ack -> add(answered, ack.deliveryTag(), ack.multiple(), true);
                case BasicMethod.Nack nack -> add(answered, nack.deliveryTag(), nack.multiple(), false);
                default -> throw new AssertionError("unexpected " + frame);
            }
        }
    }

    private static void add(List<Boolean> answered, long tag, boolean multiple, boolean accepted) {
        long first = answered.size() + 1L;
        assertThat(multiple ? tag > first : tag == first).isTrue();
        for (long at = first; at <= tag; at++) {
            answered.add(accepted);
        }
    }
}

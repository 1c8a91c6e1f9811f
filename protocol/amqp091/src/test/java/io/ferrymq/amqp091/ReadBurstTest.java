package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one burst of bytes makes the broker do has its budget in each turn. */
class ReadBurstTest {
    private static final int MANY = 20_000;

    private final TestClient client = TestClient.running();
    /** Publishes in each turn. */
    private final List<Integer> turns = new ArrayList<>();

    private int inThisTurn;

    @AfterEach
    void disconnect() {
        client.close();
    }

    private void countTurns() {
        client.link.whenPublished = () -> {
            if (inThisTurn++ == 0) {
                client.wire.connection().lane().atTurnEnd(() -> {
                    turns.add(inThisTurn);
                    inThisTurn = 0;
                });
            }
        };
    }

    @Test
    void aLongBurstTakesSeveralTurnsAndComesInItsOrder() {
        countTurns();
        ByteBuf burst = Unpooled.buffer();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            ByteBuf one = TestClient.message(
                    1, new BasicMethod.Publish("ex", "k", false, false), BasicProperties.NONE, "" + i);
            burst.writeBytes(one);
            expected.add("publish ex k " + i);
        }
        client.sendBytes(burst);
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).isEqualTo(expected);
        assertThat(turns).hasSizeGreaterThan(3).allMatch(count -> count < 6_000);
    }

    @Test
    void whatTheBrokerSpendsOnAFrameCounts() {
        countTurns();
        client.link.unitsEach = 1_000;
        ByteBuf burst = Unpooled.buffer();
        for (int i = 0; i < 200; i++) {
            burst.writeBytes(TestClient.message(
                    1, new BasicMethod.Publish("ex", "k", false, false), BasicProperties.NONE, "" + i));
        }
        client.sendBytes(burst);
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).hasSize(200);
        assertThat(turns).hasSizeGreaterThan(2).allMatch(count -> count <= 62);
    }

    @Test
    void headersOfVerySmallEntriesCountByTheirNumber() {
        countTurns();
        PropertyEditor editor = PropertyEditor.empty();
        for (int i = 0; i < 2_000; i++) {
            editor = editor.header("h" + i, true);
        }
        ByteBuf properties = Unpooled.buffer();
        editor.write(properties);
        ByteBuf burst = Unpooled.buffer();
        for (int i = 0; i < 100; i++) {
            burst.writeBytes(TestClient.message(
                    1, new BasicMethod.Publish("ex", "k", false, false), properties.duplicate(), "" + i));
        }
        client.sendBytes(burst);
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).hasSize(100);
        assertThat(turns).hasSizeGreaterThan(2).allMatch(count -> count <= 40);
    }
}

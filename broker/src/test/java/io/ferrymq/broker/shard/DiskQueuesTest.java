package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.queue.LooseQueue;
import io.ferrymq.broker.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DiskQueuesTest {
    private final DiskQueues queues = new DiskQueues();
    private final List<Queue> all = new ArrayList<>();

    private Queue waiting(long sequence) {
        Queue queue = new LooseQueue(all.size() + 1).queue;
        all.add(queue);
        queues.add(queue, sequence);
        return queue;
    }

    private Queue next() {
        return Objects.requireNonNull(queues.poll());
    }

    @Test
    void queuesComeInTheOrderInWhichTheirMessagesLieAndFromTheBeginningAgain() {
        Queue third = waiting(300);
        Queue first = waiting(100);
        Queue second = waiting(200);
        assertThat(next()).isSameAs(first);
        assertThat(next()).isSameAs(second);
        queues.add(second, 210);
        queues.add(first, 110);
        assertThat(next()).isSameAs(second);
        assertThat(next()).isSameAs(third);
        assertThat(next()).isSameAs(first);
        assertThat(queues.isEmpty()).isTrue();
        assertThat(queues.poll()).isNull();
    }

    @Test
    void aQueueFarBehindALongBacklogHasItsTurn() {
        Queue deep = waiting(100);
        Queue behind = waiting(1_000_000);
        long at = 100;
        for (int turns = 1; next() != behind; turns++) {
            queues.add(deep, ++at);
            assertThat(turns).isLessThan(20);
        }
    }

    @Test
    void queuesWithTheSameNextMessageAllHaveTheirTurn() {
        List<Queue> same = List.of(waiting(7), waiting(7), waiting(7));
        assertThat(List.of(next(), next(), next())).containsExactlyInAnyOrderElementsOf(same);
    }
}

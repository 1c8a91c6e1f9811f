package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.TxMethod;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.Publication;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Class tx (clause 1.9). */
class TransactionTest {
    private static final int MANY = 1_200;

    private final TestClient client = TestClient.running();

    private void select() {
        client.send(1, new TxMethod.Select());
        assertThat(client.take()).containsExactly(new TxMethod.SelectOk());
    }

    private void deliver(String... bodies) {
        client.send(1, new BasicMethod.Consume("q", "c", false, false, false, false, Map.of()));
        for (String body : bodies) {
            client.link.deliver("c", TestMessage.of(body));
        }
        client.take();
        client.link.takeCalls();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void holdsPublishesBackUntilCommit() {
        select();
        client.publish("k", "one");
        client.publish("k", "two");
        assertThat(client.link.takeCalls()).isEmpty();
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).containsExactly("publish ex k one", "publish ex k two");
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).isEmpty();
    }

    @Test
    void answersACommitWhenItIsDurable() {
        client.link.durable = 0;
        client.link.sequence = 1;
        select();
        client.publish("k", "one");
        client.send(1, new TxMethod.Commit());
        assertThat(client.take()).isEmpty();
        client.link.makeDurable(1);
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
    }

    @Test
    void answersACommitWhenItsAcknowledgementsAreDurable() {
        client.link.durable = 0;
        select();
        deliver("a", "b");
        client.send(1, new BasicMethod.Ack(2, true));
        assertThat(client.link.takeCalls()).isEmpty();
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).containsExactly("settle a ACCEPT", "settle b ACCEPT", "writeSettlements");
        assertThat(client.take()).isEmpty();
        client.link.makeDurable(1);
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
    }

    @Test
    void forgetsPublishesOnRollback() {
        select();
        client.publish("k", "one");
        client.send(1, new TxMethod.Rollback());
        client.send(1, new TxMethod.Commit());
        assertThat(client.take()).containsExactly(new TxMethod.RollbackOk(), new TxMethod.CommitOk());
        assertThat(client.link.takeCalls()).isEmpty();
    }

    @Test
    void holdsSettlementsBackUntilCommit() {
        select();
        deliver("a", "b", "c");
        client.send(1, new BasicMethod.Ack(2, false));
        client.send(1, new BasicMethod.Reject(1, false));
        assertThat(client.link.takeCalls()).isEmpty();
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).containsExactly("settle b ACCEPT", "settle a REJECT", "writeSettlements");
    }

    @Test
    void putsSettlementsBackOnRollback() {
        select();
        deliver("a", "b", "c");
        client.send(1, new BasicMethod.Ack(3, false));
        client.send(1, new BasicMethod.Ack(1, false));
        client.send(1, new TxMethod.Rollback());
        client.send(1, new BasicMethod.Ack(3, true));
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls())
                .containsExactly("settle a ACCEPT", "settle b ACCEPT", "settle c ACCEPT", "writeSettlements");
    }

    @Test
    void requeuesEverythingWhenTheChannelEndsWithoutCommit() {
        select();
        deliver("a", "b");
        client.publish("k", "one");
        client.send(1, new BasicMethod.Ack(1, false));
        client.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
        assertThat(client.link.takeCalls()).containsExactly("settle a REQUEUE", "settle b REQUEUE", "cancel c");
    }

    @Test
    void reportsMessagesThatAQueueRefused_406() {
        select();
        client.link.outcome = Publication.Outcome.REJECTED;
        client.publish("k", "one");
        client.send(1, new TxMethod.Commit());
        assertThat(client.take())
                .containsExactly(new ChannelMethod.Close(406, "PRECONDITION_FAILED - partial tx completion", 90, 20));
    }

    @Test
    void refusesAtOnceWhatCannotBePublishedAndCommitsNothing_404() {
        select();
        client.publish("k", "one");
        client.link.nextRefusal = new Refusal.NotFound(Resource.exchange("ex", "/"));
        client.publish("k", "two");
        assertThat(client.take())
                .containsExactly(new ChannelMethod.Close(404, "NOT_FOUND - no exchange 'ex' in vhost '/'", 60, 40));
        assertThat(client.link.takeCalls()).isEmpty();
    }

    @Test
    void refusesToCommitWithoutSelect_406() {
        client.send(1, new TxMethod.Commit());
        assertThat(client.take())
                .containsExactly(
                        new ChannelMethod.Close(406, "PRECONDITION_FAILED - channel is not transactional", 90, 20));
    }

    @Test
    void doesNotMixWithConfirms() {
        select();
        client.send(1, new ConfirmMethod.Select(false));
        assertThat(client.take())
                .containsExactly(new ChannelMethod.Close(
                        406, "PRECONDITION_FAILED - cannot switch from tx to confirm mode", 85, 10));
    }

    /** More than stands in the log as one. */
    private void publishMany() {
        select();
        deliver("a", "b", "c");
        for (int i = 0; i < MANY; i++) {
            client.publish("k", "" + i);
        }
        client.send(1, new BasicMethod.Ack(2, true));
        client.link.workParts = 0;
    }

    private List<String> allOfIt() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            expected.add("publish ex k " + i);
        }
        expected.addAll(List.of("settle a ACCEPT", "settle b ACCEPT", "writeSettlements"));
        return expected;
    }

    @Test
    void aLargeCommitTakesSeveralTurnsAndIsAnsweredAfterThem() {
        publishMany();
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.workParts).isGreaterThan(2);
        assertThat(client.link.takeCalls()).isEqualTo(allOfIt());
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).isEmpty();
    }

    @Test
    void nothingOfTheClientIsTakenDuringALargeCommit() {
        publishMany();
        client.link.worksWait = true;
        client.send(1, new TxMethod.Commit());
        client.publish("k", "of the next");
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).isEmpty();
        client.link.doWorks();
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk(), new TxMethod.CommitOk());
        List<String> calls = client.link.takeCalls();
        assertThat(calls.subList(0, calls.size() - 1)).isEqualTo(allOfIt());
        assertThat(calls.getLast()).isEqualTo("publish ex k of the next");
    }

    @Test
    void aLargeCommitGoesOnWhenItsClientIsGone() {
        publishMany();
        client.link.worksWait = true;
        client.send(1, new TxMethod.Commit());
        client.wire.endByPeer();
        client.link.doWorks();
        List<String> expected = allOfIt();
        expected.addAll(List.of("settle c REQUEUE", "cancel c"));
        assertThat(client.link.takeCalls().stream().filter(call -> !call.equals("close")))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void aRefusalInALargeCommitWhoseClientIsGoneGivesTheRestBack() {
        long channelBytes = client.link.heldBytes;
        publishMany();
        client.link.worksWait = true;
        client.send(1, new TxMethod.Commit());
        client.wire.endByPeer();
        client.link.nextRefusal = new Refusal.NotFound(Resource.exchange("ex", "/"));
        client.link.doWorks();
        assertThat(client.link.takeCalls())
                .contains("settle a REQUEUE", "settle b REQUEUE", "settle c REQUEUE", "cancel c")
                .noneMatch(call -> call.startsWith("publish"));
        assertThat(client.link.heldBytes).as("what the link forgets itself").isEqualTo(channelBytes);
        assertThat(client.wire.contentBytes()).isZero();
    }

    @Test
    void aCommitThatMayMakeManyDeadLettersIsWorkOfWhichOnlySoMuchIsDoneAtOnce() {
        select();
        deliver("a", "b", "c");
        client.link.worksWait = true;
        client.send(1, new BasicMethod.Reject(1, false));
        client.send(1, new TxMethod.Commit());
        assertThat(client.take()).as("one is done at once").containsExactly(new TxMethod.CommitOk());
        client.send(1, new BasicMethod.Nack(3, true, false));
        client.send(1, new TxMethod.Commit());
        assertThat(client.take()).isEmpty();
        client.link.doWorks();
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
        assertThat(client.link.takeCalls()).contains("settle a REJECT", "settle b REJECT", "settle c REJECT");
    }

    @Test
    void aCommitIsRefusedWhileMessagesFillTheMemory_406() {
        select();
        client.publish("k", "m");
        client.link.messagesFull = true;
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).noneMatch(call -> call.startsWith("publish"));
        assertThat(client.take()).singleElement().isInstanceOfSatisfying(ChannelMethod.Close.class, close -> {
            assertThat(close.replyCode()).isEqualTo(406);
            assertThat(close.replyText()).isEqualTo("PRECONDITION_FAILED - memory is full of messages");
        });
    }

    @Test
    void acknowledgementsAreCommittedWhileMessagesFillTheMemory() {
        select();
        deliver("a");
        client.link.messagesFull = true;
        client.send(1, new BasicMethod.Ack(1, false));
        client.send(1, new TxMethod.Commit());
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
        assertThat(client.link.takeCalls()).contains("settle a ACCEPT");
    }

    @Test
    void aCommitWaitsForALogThatLags() {
        select();
        deliver("a");
        client.send(1, new BasicMethod.Reject(1, false));
        client.link.lagging = true;
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).isEmpty();
        client.link.lagging = false;
        client.link.listener.relieved();
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).contains("settle a REJECT");
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
    }

    @Test
    void aFaultOfTheBrokerInALargeCommitIsNotAnsweredAsItsEnd() {
        publishMany();
        client.link.fault = new IllegalStateException("made by the test");
        client.send(1, new TxMethod.Commit());
        client.link.fault = null;
        assertThat(client.take()).doesNotContain(new TxMethod.CommitOk());
    }

    @Test
    void aRefusalInALargeCommitClosesTheChannelAndTheRestIsNotCarriedOut() {
        publishMany();
        client.link.nextRefusal = new Refusal.NotFound(Resource.exchange("ex", "/"));
        client.send(1, new TxMethod.Commit());
        assertThat(client.take()).singleElement().isInstanceOfSatisfying(ChannelMethod.Close.class, close -> {
            assertThat(close.replyCode()).isEqualTo(404);
            assertThat(close.failedClassId() << 16 | close.failedMethodId()).isEqualTo(TxMethod.Commit.ID);
        });
        assertThat(client.link.takeCalls())
                .containsExactly("settle a REQUEUE", "settle b REQUEUE", "settle c REQUEUE", "cancel c");
    }

    @Test
    void aMessageThatIsRejectedInALargeCommitIsToldAfterAllOfIt() {
        publishMany();
        client.link.outcome = Publication.Outcome.REJECTED;
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls().subList(0, MANY + 3)).isEqualTo(allOfIt());
        assertThat(client.take())
                .singleElement()
                .isInstanceOfSatisfying(
                        ChannelMethod.Close.class,
                        close -> assertThat(close.replyText()).contains("partial tx completion"));
    }

    @Test
    void aRollbackIsChargedForWhatItMovesAndOneOfNothingMovesNothing() {
        select();
        String[] bodies = new String[MANY];
        Arrays.setAll(bodies, i -> "m" + i);
        deliver(bodies);
        long before = client.link.spentUnits();
        client.send(1, new TxMethod.Rollback());
        assertThat(client.link.spentUnits() - before).isLessThan(MANY);
        client.send(1, new BasicMethod.Ack(0, true));
        assertThat(client.link.spentUnits() - before).isGreaterThan(2 * MANY);
        before = client.link.spentUnits();
        client.send(1, new TxMethod.Rollback());
        assertThat(client.link.spentUnits() - before).isGreaterThan(2 * MANY);
        assertThat(client.take()).containsExactly(new TxMethod.RollbackOk(), new TxMethod.RollbackOk());
    }

    @Test
    void aSmallCommitThatMakesTheBrokerDoMuchIsWorkOfWhichOnlySoMuchIsDoneAtOnce() {
        select();
        client.publish("k", "one");
        client.publish("k", "two");
        client.publish("k", "three");
        client.link.unitsEach = 60_000;
        client.link.worksWait = true;
        client.send(1, new TxMethod.Commit());
        assertThat(client.link.takeCalls()).containsExactly("publish ex k one");
        assertThat(client.take()).isEmpty();
        client.link.doWorks();
        assertThat(client.link.takeCalls()).containsExactly("publish ex k two", "publish ex k three");
        assertThat(client.take()).containsExactly(new TxMethod.CommitOk());
    }
}

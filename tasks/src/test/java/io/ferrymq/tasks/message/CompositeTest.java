package io.ferrymq.tasks.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What chains, groups and chords become on the wire. */
final class CompositeTest {
    private static Signature call(String task) {
        return Signature.of(task, List.of());
    }

    private static List<String> tasks(Signature signature, String option) {
        return signature.options().get(option) instanceof List<?> list
                ? list.stream().map(value -> Signature.fromMap(value).task()).toList()
                : List.of();
    }

    private static List<String> names(List<Signature> signatures) {
        return signatures.stream().map(Signature::task).toList();
    }

    @Test
    void theNextStepOfAChainStandsLast() {
        Signature first = Composite.firsts(Composite.chain(List.of(call("a"), call("b"), call("c"))))
                .get(0);
        assertThat(first.task()).isEqualTo("a");
        assertThat(tasks(first, "chain")).containsExactly("c", "b");
    }

    @Test
    void aChainInAChainIsAsLongAsBoth() {
        Signature inner = Composite.chain(List.of(call("b"), call("c")));
        Signature first = Composite.firsts(Composite.chain(List.of(call("a"), inner, call("d"))))
                .get(0);
        assertThat(tasks(first, "chain")).containsExactly("d", "c", "b");
    }

    @Test
    void whatAStepBringsAlongComesBeforeTheNextStep() {
        Signature step = call("a").withOption("chain", List.of(call("b").toMap()));
        Signature first =
                Composite.firsts(Composite.chain(List.of(step, call("c")))).get(0);
        assertThat(tasks(first, "chain")).containsExactly("c", "b");
    }

    @Test
    void aGroupAtTheEndIsLinked() {
        Signature group = Composite.group("g", List.of(call("b"), call("c")));
        Signature first =
                Composite.firsts(Composite.chain(List.of(call("a"), group))).get(0);
        assertThat(tasks(first, "link")).containsExactly("b", "c");
    }

    @Test
    void aGroupThatIsFollowedIsAChordWhoseMembersTellItsQueue() {
        Signature group = Composite.group("g", List.of(Composite.chain(List.of(call("a"), call("b"))), call("c")));
        List<Signature> firsts = Composite.firsts(Composite.chain(List.of(group, call("d"), call("e"))));
        assertThat(names(firsts)).containsExactly(ChordMessages.BEGIN);
        ChordMessages.Begin chord = ChordMessages.readBegin(messageOf(firsts.get(0)));
        assertThat(chord.id()).isEqualTo("g");
        assertThat(names(chord.header())).containsExactly("a", "c");
        assertThat(tasks(chord.header().get(0), "link")).isEmpty();
        assertThat(tasks(chord.header().get(0), "link_error")).containsExactly(ChordMessages.FAILURE);
        assertThat(tasks(chord.header().get(1), "link")).containsExactly(ChordMessages.PART);
        assertThat(names(chord.bodies())).containsExactly("d");
        assertThat(tasks(chord.bodies().get(0), "chain")).containsExactly("e");
    }

    @Test
    void celerysOwnChordIsTheSame() {
        Signature header = Composite.group("ignored", List.of(call("a"), Composite.group("x", List.of(call("b")))));
        Signature chord = new Signature(
                "celery.chord",
                List.of(),
                Map.of("header", header.toMap(), "body", call("c").toMap()),
                Map.of("task_id", "g"),
                "chord",
                false);
        ChordMessages.Begin begin =
                ChordMessages.readBegin(messageOf(Composite.firsts(chord).get(0)));
        assertThat(names(begin.header())).containsExactly("a", "b");
        assertThat(names(begin.bodies())).containsExactly("c");
        assertThat(begin.id()).isEqualTo("g");
    }

    @Test
    void whatIsNestedTooDeepIsRefused() {
        Signature deep = call("a");
        for (int i = 0; i < 200; i++) {
            deep = Composite.group("g" + i, List.of(deep));
        }
        Signature tooDeep = deep;
        assertThatThrownBy(() -> Composite.firsts(tooDeep))
                .isInstanceOf(BadMessageException.class)
                .hasMessageContaining("deeper");
    }

    @Test
    void aChordOfTooManyMembersIsRefused() {
        List<Signature> members = new ArrayList<>();
        for (int i = 0; i <= ChordMessages.MEMBERS_MAX; i++) {
            members.add(call("a"));
        }
        Signature chord = Composite.chain(List.of(Composite.group("g", members), call("b")));
        assertThatThrownBy(() -> Composite.firsts(chord)).hasMessageContaining("100001 members");
    }

    @Test
    void whatIsNoSignatureIsRefused() {
        Signature broken =
                new Signature("celery.chord", List.of(), Map.of("header", List.of(1)), Map.of(), "chord", false);
        assertThatThrownBy(() -> Composite.firsts(broken)).isInstanceOf(BadMessageException.class);
    }

    private static TaskMessage messageOf(Signature signature) {
        Map<String, @Nullable Object> kwargs = signature.kwargs();
        return new TaskMessage(
                "id",
                signature.task(),
                signature.args(),
                kwargs,
                TaskMessage.Lineage.root("id"),
                TaskMessage.Timing.AT_ONCE,
                TaskMessage.FollowUp.NONE,
                "",
                0,
                0,
                false,
                null,
                "",
                Map.of());
    }
}

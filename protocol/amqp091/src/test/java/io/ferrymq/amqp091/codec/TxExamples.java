package io.ferrymq.amqp091.codec;

import static io.ferrymq.amqp091.codec.MethodExample.example;

import java.util.List;

/** The methods of class tx on the wire, octet by octet (clause 1.9). */
final class TxExamples {
    private TxExamples() {}

    static List<MethodExample> all() {
        return List.of(
                example(new TxMethod.Select(), """
                        005A 000A           ; tx.select
                        """),
                example(new TxMethod.SelectOk(), """
                        005A 000B           ; tx.select-ok
                        """),
                example(new TxMethod.Commit(), """
                        005A 0014           ; tx.commit
                        """),
                example(new TxMethod.CommitOk(), """
                        005A 0015           ; tx.commit-ok
                        """),
                example(new TxMethod.Rollback(), """
                        005A 001E           ; tx.rollback
                        """),
                example(new TxMethod.RollbackOk(), """
                        005A 001F           ; tx.rollback-ok
                        """));
    }
}

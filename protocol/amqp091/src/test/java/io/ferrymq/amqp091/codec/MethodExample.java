package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.stream.Stream;

/** A method and its payload as {@link Octets} shows it. */
record MethodExample(Method method, String annotated) {
    static MethodExample example(Method method, String annotated) {
        return new MethodExample(method, annotated);
    }

    /** At least one example of every method. */
    static Stream<MethodExample> all() {
        return Stream.of(
                        ConnectionExamples.all(),
                        ChannelExamples.all(),
                        AccessExamples.all(),
                        ExchangeExamples.all(),
                        QueueExamples.all(),
                        BasicExamples.all(),
                        TxExamples.all(),
                        ConfirmExamples.all())
                .flatMap(List::stream);
    }

    ByteBuf octets() {
        return Octets.of(annotated);
    }

    @Override
    public String toString() {
        return method.toString();
    }
}

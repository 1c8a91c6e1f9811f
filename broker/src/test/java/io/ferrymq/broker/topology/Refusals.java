package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches what a request is refused with. */
final class Refusals {
    private Refusals() {}

    static Refusal refusal(ThrowingCallable request) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, request);
        if (refused == null) {
            throw new AssertionError("it was not refused");
        }
        return refused.refusal();
    }
}

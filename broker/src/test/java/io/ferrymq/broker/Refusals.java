package io.ferrymq.broker;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches what a request is refused with. */
public final class Refusals {
    private Refusals() {}

    public static Refusal refusal(ThrowingCallable request) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, request);
        if (refused == null) {
            throw new AssertionError("it was not refused");
        }
        return refused.refusal();
    }
}

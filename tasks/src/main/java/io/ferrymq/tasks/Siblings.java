package io.ferrymq.tasks;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls that are called off when one of them fails. Any thread. */
final class Siblings {
    private final Control control;
    private final Control.Revoke which;
    private final List<AsyncResult<?>> calls;
    private final AtomicBoolean failed = new AtomicBoolean();

    private Siblings(Control control, Control.Revoke which, List<AsyncResult<?>> calls) {
        this.control = control;
        this.which = which;
        this.calls = List.copyOf(calls);
    }

    static void of(Control control, Control.Revoke which, List<AsyncResult<?>> calls) {
        Siblings siblings = new Siblings(control, which, calls);
        calls.forEach(siblings::watch);
    }

    private void watch(AsyncResult<?> call) {
        CompletableFuture<?> unused = call.future().whenComplete((result, problem) -> {
            if (problem != null && failed.compareAndSet(false, true)) {
                cancelOthers();
            }
        });
    }

    private void cancelOthers() {
        List<String> ids = calls.stream()
                .filter(call -> !call.isDone())
                .map(AsyncResult::id)
                .toList();
        if (!ids.isEmpty()) {
            CompletableFuture<?> unused = control.revoke(ids, which);
        }
    }
}

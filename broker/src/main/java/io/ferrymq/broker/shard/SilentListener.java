package io.ferrymq.broker.shard;

import io.ferrymq.broker.LinkListener;

/** For a link that declares and goes: nothing that the broker says unasked concerns it. */
final class SilentListener implements LinkListener {
    @Override
    public void durable(long sequence) {}

    @Override
    public void blocked(String reason) {}

    @Override
    public void unblocked() {}

    @Override
    public void relieved() {}

    @Override
    public void closing(String reason) {}
}

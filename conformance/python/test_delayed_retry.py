"""Delayed retry: a quorum queue keeps what came back for a while before it is delivered again.

RabbitMQ has it from 4.3. `x-ferry-retry-backoff` and `x-ferry-retry-jitter` are FerryMQ's own, and RabbitMQ ignores them.
Only the least time is measured, which a slow machine makes longer and never shorter.
"""
import time

import pytest

import target
from expectations import channel_refusal, depth, eventually, get_within, queue_in
from wire import Wire

MIN_MS = 400
EARLY_MS = 20  # Clocks of client and broker tick in milliseconds, and an answer is under way for a while.


@pytest.fixture(scope='module', autouse=True)
def broker_is_ferry():
    """Skips everything if the broker under test is a RabbitMQ before 4.3; returns whether it is FerryMQ."""
    wire = Wire(target.MAIN.host, target.MAIN.port)
    properties = wire.greet().server_properties
    wire.close()
    is_ferry = 'FerryMQ' in properties['information']
    version = tuple(int(part) for part in properties['version'].split('.')[:2])
    if not is_ferry and version < (4, 3):
        pytest.skip(f'RabbitMQ {version} delays no retries')
    return is_ferry


@pytest.fixture
def ferry(broker_is_ferry):
    if not broker_is_ferry:
        pytest.skip('RabbitMQ does this in another way')


@pytest.fixture
def retrying(channel, name):
    """Declares a queue that delays retries of this type, with one message."""
    def declare(retry_type, **more):
        queue = name()
        channel.confirm_delivery()
        channel.queue_declare(queue, durable=True, arguments={
            'x-queue-type': 'quorum', 'x-delayed-retry-type': retry_type, 'x-delayed-retry-min': MIN_MS,
            **{'x-' + key.replace('_', '-'): value for key, value in more.items()}})
        channel.basic_publish('', queue, b'x')
        return queue
    return declare


def reject(channel, queue):
    channel.basic_reject(get_within(channel, queue, auto_ack=False)[0].delivery_tag, requeue=True)


def nack(channel, queue):
    channel.basic_nack(get_within(channel, queue, auto_ack=False)[0].delivery_tag, requeue=True)


def recover(channel, queue):
    get_within(channel, queue, auto_ack=False)
    channel.basic_recover(requeue=True)


def close(channel, queue):
    doomed = channel.connection.channel()
    get_within(doomed, queue, auto_ack=False)
    doomed.close()


RETURNS = {reject: 'failed', close: 'failed', nack: 'returned', recover: 'returned'}


def millis_until_it_is_back(channel, queue, back):
    """Loses a message in this way; how long it took until it could be taken again."""
    start = time.monotonic()
    back(channel, queue)
    method, _, _ = get_within(channel, queue, auto_ack=False)
    waited = (time.monotonic() - start) * 1000
    assert method.redelivered
    channel.basic_ack(method.delivery_tag)
    return waited


@pytest.mark.parametrize('back', RETURNS)
def test_delays_all(channel, retrying, back):
    assert millis_until_it_is_back(channel, retrying('all'), back) >= MIN_MS - EARLY_MS


@pytest.mark.parametrize('back', RETURNS)
def test_delays_what_failed_or_what_was_returned(channel, retrying, back):
    assert millis_until_it_is_back(channel, retrying(RETURNS[back]), back) >= MIN_MS - EARLY_MS


@pytest.mark.parametrize('back', RETURNS)
def test_delays_nothing_else(channel, retrying, back):
    """The wait would be an hour, and the test has a minute."""
    other = 'returned' if RETURNS[back] == 'failed' else 'failed'
    millis_until_it_is_back(channel, retrying(other, delayed_retry_min=3_600_000), back)


def test_delays_nothing_unless_it_is_asked_to(channel, retrying):
    millis_until_it_is_back(channel, retrying('disabled', delayed_retry_min=3_600_000), reject)


def test_the_wait_grows_up_to_its_most(channel, retrying):
    queue = retrying('failed', delayed_retry_max=2 * MIN_MS)
    start = time.monotonic()
    for waited_at_least in (0, MIN_MS, 3 * MIN_MS, 5 * MIN_MS):
        method, properties, _ = get_within(channel, queue, auto_ack=False)
        assert (time.monotonic() - start) * 1000 >= waited_at_least - EARLY_MS
        channel.basic_reject(method.delivery_tag, requeue=True)
    assert properties.headers['x-delivery-count'] == 3


def test_the_wait_doubles_if_it_is_asked_to(channel, retrying, ferry):
    queue = retrying('failed', delayed_retry_min=200, delayed_retry_max=10_000, ferry_retry_backoff='exponential')
    start = time.monotonic()
    for waited_at_least in (0, 200, 600, 1400):
        method, _, _ = get_within(channel, queue, auto_ack=False)
        assert (time.monotonic() - start) * 1000 >= waited_at_least - EARLY_MS
        channel.basic_reject(method.delivery_tag, requeue=True)


def test_jitter_leaves_part_of_the_wait(channel, retrying, ferry):
    queue = retrying('failed', ferry_retry_jitter=50)
    assert millis_until_it_is_back(channel, queue, reject) >= MIN_MS / 2 - EARLY_MS


def test_a_consumer_gets_others_meanwhile(channel, retrying, collect):
    queue = retrying('failed')
    channel.basic_publish('', queue, b'y')
    channel.basic_qos(prefetch_count=1)
    consumer = collect(channel, queue)
    consumer.wait_for(1)
    channel.basic_reject(consumer.deliveries[0].tag, requeue=True)
    consumer.wait_for(2)
    channel.basic_ack(consumer.deliveries[1].tag)
    consumer.wait_for(3)
    assert consumer.bodies == [b'x', b'y', b'x']


def test_what_waits_is_not_ready_and_is_purged(channel, retrying):
    queue = retrying('failed', delayed_retry_min=3_600_000)
    reject(channel, queue)
    eventually(lambda: depth(channel, queue) == 0)
    channel.basic_publish('', queue, b'y')
    eventually(lambda: depth(channel, queue) == 1)
    assert channel.queue_purge(queue).method.message_count == 2


def test_a_queue_in_which_something_waits_is_not_empty(channel, retrying, ferry):
    queue = retrying('failed', delayed_retry_min=3_600_000)
    reject(channel, queue)
    with channel_refusal(406, f'PRECONDITION_FAILED - {queue_in(queue)} not empty'):
        channel.queue_delete(queue, if_empty=True)


def test_expires_while_it_waits(channel, retrying, name, ferry):
    dead = name('dead')
    channel.queue_declare(dead)
    queue = retrying('failed', delayed_retry_min=3_600_000, message_ttl=2_000, dead_letter_exchange='',
                     dead_letter_routing_key=dead)
    reject(channel, queue)
    _, properties, body = get_within(channel, dead)
    (entry,) = properties.headers['x-death']
    assert (body, entry['reason'], entry['queue']) == (b'x', 'expired', queue)


def test_dead_letters_at_the_delivery_limit_without_another_wait(channel, retrying, name):
    dead = name('dead')
    channel.queue_declare(dead)
    queue = retrying('failed', delayed_retry_min=3_600_000, delivery_limit=0, dead_letter_exchange='',
                     dead_letter_routing_key=dead)
    reject(channel, queue)
    _, properties, _ = get_within(channel, dead)
    assert properties.headers['x-death'][0]['reason'] == 'delivery_limit'


@pytest.mark.parametrize('argument, value', [
    ('delayed_retry_type', 'sometimes'), ('ferry_retry_backoff', 'cubic'), ('ferry_retry_jitter', 101)])
def test_refuses_values_that_mean_nothing(channel, name, ferry, argument, value):
    queue = name()
    with pytest.raises(Exception) as refused:
        channel.queue_declare(queue, durable=True, arguments={
            'x-queue-type': 'quorum', 'x-' + argument.replace('_', '-'): value})
    assert refused.value.reply_code == 406


@pytest.mark.parametrize('argument', ['delayed_retry_type', 'ferry_retry_backoff', 'ferry_retry_jitter'])
def test_classic_queues_refuse_it(channel, name, ferry, argument):
    queue = name()
    with pytest.raises(Exception) as refused:
        channel.queue_declare(queue, durable=True, arguments={'x-' + argument.replace('_', '-'): 1})
    assert refused.value.reply_code == 406

"""What only quorum queues do: counting deliveries, a delivery limit, two classes of priority, refusing a channel-wide
prefetch."""
import pika
import pytest

from expectations import channel_refusal, depth, eventually, get_within, queue_in


@pytest.fixture
def quorum(channel, name):
    def declare(**arguments):
        queue = name()
        channel.queue_declare(queue, durable=True, arguments={
            'x-queue-type': 'quorum', **{'x-' + key.replace('_', '-'): value for key, value in arguments.items()}})
        return queue

    channel.confirm_delivery()
    return declare


def fail(connection, queue):
    """Takes a message and loses it: a failed delivery, unlike an explicit return. Its x-delivery-count."""
    doomed = connection.channel()
    method, properties, _ = get_within(doomed, queue, auto_ack=False)
    doomed.close()
    return (properties.headers or {}).get('x-delivery-count'), method.redelivered


def test_counts_failed_deliveries_in_x_delivery_count(connection, channel, quorum):
    queue = quorum()
    channel.basic_publish('', queue, b'x')
    seen = [fail(connection, queue) for _ in range(4)]
    assert [redelivered for _, redelivered in seen] == [False, True, True, True]
    assert [count for count, _ in seen] in ([None, 1, 2, 3], [0, 1, 2, 3])


def test_adds_no_count_in_a_classic_queue(connection, channel, queue):
    channel.basic_publish('', queue, b'x')
    assert [fail(connection, queue)[0] for _ in range(3)] == [None] * 3


def test_dead_letters_at_the_delivery_limit(connection, channel, quorum, name):
    dead = name('dead')
    channel.queue_declare(dead)
    queue = quorum(delivery_limit=2, dead_letter_exchange='', dead_letter_routing_key=dead)
    channel.basic_publish('', queue, b'x')
    for _ in range(3):
        fail(connection, queue)
    _, properties, body = get_within(channel, dead)
    (entry,) = properties.headers['x-death']
    assert (body, entry['reason'], entry['queue'], entry['count']) == (b'x', 'delivery_limit', queue, 1)
    assert properties.headers['x-first-death-reason'] == 'delivery_limit'
    assert depth(channel, queue) == 0


def test_drops_at_the_delivery_limit_without_a_dead_letter_exchange(connection, channel, quorum):
    queue = quorum(delivery_limit=1)
    channel.basic_publish('', queue, b'poison')
    channel.basic_publish('', queue, b'good')
    for _ in range(2):
        doomed = connection.channel()
        method, _, body = get_within(doomed, queue, auto_ack=False)
        assert body == b'poison' or doomed.basic_get(queue)[2] == b'poison'  # Returned before or behind the good one.
        doomed.close()
    eventually(lambda: depth(channel, queue) <= 1)
    remaining = [get_within(channel, queue)[2]]
    assert remaining == [b'good'] and depth(channel, queue) == 0


@pytest.mark.parametrize('sent, order', [
    ('n1 n2 n3 n4 h1 h2 h3 h4 h5 h6', 'h1 h2 n1 h3 h4 n2 h5 h6 n3 n4'),  # Two high ones for one that is older.
    ('h1 h2 h3 n1 h4 h5 h6', 'h1 h2 h3 h4 h5 n1 h6'),  # None waits for what came after it.
])
def test_delivers_two_messages_of_high_priority_for_one_of_normal(channel, quorum, sent, order):
    """From RabbitMQ 4.0; before, quorum queues knew no priorities; from 4.3 they are strict."""
    queue = quorum()
    for body in sent.split():
        channel.basic_publish('', queue, body.encode(), pika.BasicProperties(priority=5 if body[0] == 'h' else 4))
    seen = ' '.join(get_within(channel, queue)[2].decode() for _ in sent.split())
    assert seen in (order, sent, ' '.join(sorted(sent.split())))


def test_lets_a_consumer_of_higher_priority_take_over_when_everything_is_settled(connection, channel, quorum, collect):
    """From RabbitMQ 4.0; before, the first consumer stayed the single active one."""
    queue = quorum(single_active_consumer=True)
    lower_channel = connection.channel()
    lower_channel.basic_qos(prefetch_count=2)
    lower = collect(lower_channel, queue)
    for number in range(4):
        channel.basic_publish('', queue, b'%d' % number)
    lower.wait_for(2)
    higher = collect(connection.channel(), queue, auto_ack=True, arguments={'x-priority': 10})
    lower_channel.basic_ack(lower.deliveries[0].tag)
    if not lower.settle() or len(lower.bodies) > 2:  # RabbitMQ 3
        return
    assert higher.bodies == []
    lower_channel.basic_ack(lower.deliveries[1].tag)
    higher.wait_for(2)
    assert (lower.bodies, higher.bodies) == ([b'0', b'1'], [b'2', b'3'])


def test_refuses_a_consumer_on_a_channel_with_a_channel_wide_prefetch(channel, quorum):
    """RabbitMQ from 4.3 takes a global prefetch as one for each consumer, and then accepts it."""
    queue = quorum()
    channel.basic_qos(prefetch_count=5, global_qos=True)
    try:
        channel.basic_consume(queue, print)
    except Exception as refused:
        assert (refused.reply_code, refused.reply_text) == (
            540, f'NOT_IMPLEMENTED - {queue_in(queue)} does not support global qos')


def test_holds_a_consumer_to_its_prefetch(channel, quorum, collect):
    queue = quorum()
    for number in range(6):
        channel.basic_publish('', queue, b'%d' % number)
    channel.basic_qos(prefetch_count=2)
    consumer = collect(channel, queue)
    consumer.wait_for(2)
    eventually(lambda: depth(channel, queue) == 4, pump=channel.connection)
    channel.basic_ack(consumer.deliveries[1].tag, multiple=True)
    consumer.wait_for(4)
    assert consumer.bodies == [b'0', b'1', b'2', b'3']


def test_answers_purge_delete_and_passive_declare_with_counts(channel, quorum):
    queue = quorum()
    for _ in range(5):
        channel.basic_publish('', queue, b'x')
    eventually(lambda: depth(channel, queue) == 5)
    assert channel.queue_purge(queue).method.message_count == 5
    channel.basic_publish('', queue, b'x')
    eventually(lambda: depth(channel, queue) == 1)
    channel.queue_delete(queue)
    with channel_refusal(404, f'NOT_FOUND - no {queue_in(queue)}'):
        channel.queue_declare(queue, passive=True)


def test_tells_a_consumer_that_its_queue_was_deleted(wire, channel, quorum):
    queue = quorum()
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c')
    channel.queue_delete(queue)
    assert wire.expect(1, 'basic.cancel').consumer_tag == 'c'

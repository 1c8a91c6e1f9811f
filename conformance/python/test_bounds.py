"""x-max-length, x-max-length-bytes and each x-overflow; x-max-priority."""
import pika
import pytest

from expectations import depth, drain, eventually


@pytest.fixture
def declare(channel, name):
    def declare(**arguments):
        queue = name()
        channel.queue_declare(queue, durable=True,
                              arguments={'x-' + key.replace('_', '-'): value for key, value in arguments.items()})
        return queue

    channel.confirm_delivery()
    return declare


def fill(channel, queue, count, size=1):
    for number in range(count):
        channel.basic_publish('', queue, (b'%d' % number).ljust(size, b'.'))


def numbers(*range_arguments):
    return [b'%d' % number for number in range(*range_arguments)]


# -- length -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('arguments', [{}, {'overflow': 'drop-head'}, {'queue_type': 'quorum'}], ids=repr)
def test_drops_the_oldest_beyond_max_length(channel, declare, arguments):
    queue = declare(max_length=5, **arguments)
    fill(channel, queue, 12)
    eventually(lambda: depth(channel, queue) == 5)
    assert drain(channel, queue) == numbers(7, 12)


@pytest.mark.parametrize('delivery_mode', [1, 2])
def test_keeps_its_bound_before_a_get_of_the_same_burst_looks(wire, name, delivery_mode):
    queue = name()
    wire.call(1, 'queue.declare', queue=queue, durable=True, arguments={'x-max-length': 2})
    with wire.at_once():
        for number in range(700):
            wire.publish(1, '', queue, b'%d' % number, {'delivery_mode': delivery_mode})
        wire.send(1, 'basic.get', queue=queue)
    first = wire.expect_content(1, 'basic.get-ok')
    assert (first.body, first.method.message_count) == (b'698', 1)


@pytest.mark.parametrize('delivery_mode', [1, 2])
def test_keeps_its_bound_before_a_declare_of_the_same_burst_counts(wire, name, delivery_mode):
    queue = name()
    wire.call(1, 'queue.declare', queue=queue, durable=True, arguments={'x-max-length': 2})
    with wire.at_once():
        for number in range(5):
            wire.publish(1, '', queue, b'%d' % number, {'delivery_mode': delivery_mode})
        wire.send(1, 'queue.declare', queue=queue, passive=True)
    # RabbitMQ counts what has reached the queue by then, which may be nothing yet.
    assert wire.expect(1, 'queue.declare-ok').message_count <= 2


def test_drops_nothing_for_a_get_while_messages_are_at_the_consumer(wire, name):
    queue = name()
    wire.call(1, 'queue.declare', queue=queue, durable=True, arguments={'x-max-length': 1})
    with wire.at_once():
        wire.publish(1, '', queue, b'0')
        wire.send(1, 'basic.get', queue=queue)
        wire.publish(1, '', queue, b'1')
        wire.publish(1, '', queue, b'2')
        wire.send(1, 'basic.get', queue=queue)
        wire.send(1, 'basic.get', queue=queue)
    assert [wire.expect_content(1, 'basic.get-ok').body for _ in range(2)] == [b'0', b'2']
    wire.expect(1, 'basic.get-empty')


def test_drops_the_oldest_beyond_max_length_bytes(channel, declare):
    queue = declare(max_length_bytes=100)
    fill(channel, queue, 20, size=10)
    assert [body.strip(b'.') for body in drain(channel, queue)] == numbers(10, 20)


def test_drops_a_message_that_alone_is_beyond_max_length_bytes(channel, declare):
    queue = declare(max_length_bytes=100)
    fill(channel, queue, 1, size=101)
    assert depth(channel, queue) == 0


def test_obeys_both_bounds_at_once(channel, declare):
    queue = declare(max_length=5, max_length_bytes=30)
    fill(channel, queue, 10, size=10)
    assert depth(channel, queue) == 3
    channel.queue_purge(queue)
    fill(channel, queue, 10)
    assert depth(channel, queue) == 5


def test_keeps_nothing_when_max_length_is_0(channel, declare):
    queue = declare(max_length=0)
    fill(channel, queue, 3)
    assert depth(channel, queue) == 0


def test_counts_only_what_is_ready_and_not_what_consumers_hold(channel, declare):
    queue = declare(max_length=2)
    fill(channel, queue, 2)
    tags = [channel.basic_get(queue)[0].delivery_tag for _ in range(2)]
    fill(channel, queue, 2)
    assert depth(channel, queue) == 2
    channel.basic_ack(tags[1], multiple=True)
    assert drain(channel, queue) == numbers(2)


def test_drops_what_is_returned_beyond_max_length(channel, declare, collect):
    queue = declare(max_length=1)
    channel.basic_qos(prefetch_count=1)
    consumer = collect(channel, queue)
    fill(channel, queue, 2)
    channel.basic_nack(consumer.wait_for(1)[0].tag, requeue=True)
    assert [delivery.body for delivery in consumer.wait_for(2)] == numbers(2)
    assert depth(channel, queue) == 0


# -- refusing ---------------------------------------------------------------------------------------------------------

def test_does_not_refuse_what_a_consumer_is_about_to_get(channel, wire, declare, collect):
    queue = declare(max_length=1, overflow='reject-publish')
    channel.basic_qos(prefetch_count=19)
    consumer = collect(channel, queue)
    with wire.at_once():
        for number in range(30):
            wire.publish(1, '', queue, b'%d' % number)
    assert [delivery.body for delivery in consumer.wait_for(19)] == numbers(19)
    eventually(lambda: depth(channel, queue) == 1)


@pytest.mark.parametrize('arguments', [{'overflow': 'reject-publish'}, {'overflow': 'reject-publish-dlx'}], ids=repr)
def test_refuses_with_nack_what_does_not_fit(channel, declare, arguments):
    queue = declare(max_length=2, **arguments)
    fill(channel, queue, 2)
    for _ in range(2):
        with pytest.raises(pika.exceptions.NackError):
            channel.basic_publish('', queue, b'too many')
    assert drain(channel, queue) == numbers(2)
    channel.basic_publish('', queue, b'fits again')
    assert drain(channel, queue) == [b'fits again']


def test_refuses_with_nack_at_a_full_quorum_queue(channel, declare):
    """A quorum queue may take a few more than its bound before it refuses."""
    queue = declare(max_length=2, overflow='reject-publish', queue_type='quorum')
    with pytest.raises(pika.exceptions.NackError):
        fill(channel, queue, 100)
    assert 2 <= depth(channel, queue) < 10


def test_refuses_with_nack_when_one_of_several_queues_is_full(channel, declare, name):
    exchange, full, roomy = name('x'), declare(max_length=1, overflow='reject-publish'), declare()
    channel.exchange_declare(exchange, 'fanout')
    for queue in (full, roomy):
        channel.queue_bind(queue, exchange)
    channel.basic_publish(exchange, '', b'0')
    with pytest.raises(pika.exceptions.NackError):
        channel.basic_publish(exchange, '', b'1')
    assert (depth(channel, full), depth(channel, roomy)) == (1, 2)


def test_drops_silently_what_does_not_fit_when_nobody_waits_for_confirms(connection, declare):
    queue = declare(max_length=2, overflow='reject-publish')
    channel = connection.channel()
    fill(channel, queue, 5)
    channel.confirm_delivery()
    with pytest.raises(pika.exceptions.NackError):
        channel.basic_publish('', queue, b'too many')
    assert drain(channel, queue) == numbers(2)


def test_sends_nacks_with_the_sequence_numbers_of_the_refused(wire, declare):
    queue = declare(max_length=1, overflow='reject-publish')
    wire.call(1, 'confirm.select')
    outcomes = {}
    for _ in range(3):
        wire.publish(1, '', queue, b'x')
        method = wire.read_method()
        outcomes[method.delivery_tag] = method.name
    assert outcomes == {1: 'basic.ack', 2: 'basic.nack', 3: 'basic.nack'}


# -- priority ---------------------------------------------------------------------------------------------------------

def publish(channel, queue, *priorities):
    """A message for each priority; the body tells its place and priority."""
    for number, priority in enumerate(priorities):
        channel.basic_publish('', queue, f'{number}:{priority}'.encode(), pika.BasicProperties(priority=priority))


def test_delivers_higher_priorities_first_and_equal_ones_in_order(channel, declare):
    queue = declare(max_priority=10)
    publish(channel, queue, 1, 5, 10, 5, 0, 10, 1)
    assert drain(channel, queue) == [b'2:10', b'5:10', b'1:5', b'3:5', b'0:1', b'6:1', b'4:0']


def test_takes_no_priority_as_0_and_a_higher_one_than_the_queues_as_the_queues_highest(channel, declare):
    queue = declare(max_priority=3)
    publish(channel, queue, None, 0, 3, 200, 1)
    assert drain(channel, queue) == [b'2:3', b'3:200', b'4:1', b'0:None', b'1:0']


def test_ignores_priorities_in_a_queue_without_them(channel, declare):
    queue = declare()
    publish(channel, queue, 1, 9, 5)
    assert drain(channel, queue) == [b'0:1', b'1:9', b'2:5']


def test_leaves_the_priority_property_as_it_was_published(channel, declare):
    queue = declare(max_priority=3)
    publish(channel, queue, 200)
    assert channel.basic_get(queue, auto_ack=True)[1].priority == 200


def test_returns_a_message_to_its_place_among_its_priority(channel, declare):
    queue = declare(max_priority=5)
    publish(channel, queue, 5, 5, 1, 1)
    tags = [channel.basic_get(queue)[0].delivery_tag for _ in range(3)]
    channel.basic_nack(tags[2], multiple=True, requeue=True)
    eventually(lambda: depth(channel, queue) == 4)
    assert drain(channel, queue) == [b'0:5', b'1:5', b'2:1', b'3:1']


def test_drops_the_head_beyond_max_length_which_is_the_oldest_of_the_highest_priority(channel, declare):
    queue = declare(max_priority=5, max_length=2)
    publish(channel, queue, 5, 1, 5)
    assert drain(channel, queue) == [b'2:5', b'1:1']


def test_purges_and_counts_all_priorities(channel, declare):
    queue = declare(max_priority=5)
    publish(channel, queue, 1, 2, 3, 4)
    assert depth(channel, queue) == 4
    assert channel.queue_purge(queue).method.message_count == 4

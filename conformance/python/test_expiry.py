"""Time: x-message-ttl, expiration, x-expires. Waiting is for an event with a deadline, never for a fixed time."""
import time

import pika
import pytest

from expectations import depth, drain, eventually, queue_in

LONG = '600000'


@pytest.fixture(params=['classic', 'quorum'])
def declare(request, channel, name):
    """Declares a durable queue of each type with some x-arguments."""
    def declare(**arguments):
        queue = name()
        channel.queue_declare(queue, durable=True, arguments={
            'x-queue-type': request.param, **{'x-' + key.replace('_', '-'): value for key, value in arguments.items()}})
        return queue

    channel.confirm_delivery()
    return declare


def publish(channel, queue, body=b'x', **properties):
    channel.basic_publish('', queue, body, pika.BasicProperties(**properties))


def test_drops_a_message_when_the_queues_time_to_live_has_passed(channel, declare):
    queue = declare(message_ttl=100)
    publish(channel, queue)
    eventually(lambda: depth(channel, queue) == 0)
    assert channel.basic_get(queue) == (None, None, None)


def test_drops_a_message_when_its_own_expiration_has_passed(channel, declare):
    queue = declare()
    publish(channel, queue, expiration='100')
    eventually(lambda: depth(channel, queue) == 0)


@pytest.mark.parametrize('ttl, expiration', [(600000, '100'), (100, LONG)])
def test_takes_the_smaller_of_the_queues_time_and_the_messages_own(channel, declare, ttl, expiration):
    queue = declare(message_ttl=ttl)
    publish(channel, queue, expiration=expiration)
    eventually(lambda: depth(channel, queue) == 0)


def test_keeps_a_message_until_its_time_has_passed(channel, declare):
    queue = declare(message_ttl=1500)
    before = time.monotonic()
    publish(channel, queue)
    eventually(lambda: depth(channel, queue) == 0)
    assert time.monotonic() - before >= 1.4


def test_never_delivers_a_message_that_has_expired(channel, declare):
    queue = declare()
    for number in range(20):
        publish(channel, queue, b'%d' % number, expiration='50' if number % 2 else LONG)
    before = time.monotonic()
    eventually(lambda: time.monotonic() - before > 0.5)  # All the short ones are due, though behind long ones.
    assert drain(channel, queue) == [b'%d' % number for number in range(0, 20, 2)]


def test_drops_a_message_with_expiration_0_that_nobody_waits_for(channel, declare):
    queue = declare()
    publish(channel, queue, b'gone', expiration='0')
    publish(channel, queue, b'stays')
    eventually(lambda: depth(channel, queue) == 1)
    assert drain(channel, queue) == [b'stays']


def test_drops_a_message_with_expiration_0_behind_one_that_waits(channel, declare, collect):
    queue = declare()
    publish(channel, queue, b'waits')
    publish(channel, queue, b'gone', expiration='0')
    publish(channel, queue, b'stays')
    assert collect(channel, queue).wait_for(2)[1].body == b'stays'


@pytest.mark.parametrize('way', ['expiration', 'x-message-ttl'])
def test_delivers_a_message_that_lives_0_ms_to_a_consumer_that_waits_for_it(connect, channel, name, collect, way):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-message-ttl': 0} if way == 'x-message-ttl' else None)
    consumer = collect(channel, queue, auto_ack=True)
    publisher = connect().channel()
    publisher.confirm_delivery()
    publish(publisher, queue, b'now', expiration='0' if way == 'expiration' else None)
    assert consumer.wait_for(1)[0].body == b'now'


def test_does_not_expire_what_a_consumer_holds(channel, declare, collect):
    queue, clock = declare(message_ttl=1000), declare(message_ttl=1500)
    consumer = collect(channel, queue)
    publish(channel, queue)
    publish(channel, clock)
    consumer.wait_for(1)
    eventually(lambda: depth(channel, clock) == 0)  # By now the held message is due.
    channel.basic_ack(consumer.deliveries[0].tag)  # Still known.
    channel.queue_declare(queue, passive=True)


def test_expires_a_returned_message_by_its_original_time(connection, channel, declare):
    queue = declare(message_ttl=2000)
    publish(channel, queue)
    reader = connection.channel()
    tag = reader.basic_get(queue)[0].delivery_tag
    reader.basic_nack(tag, requeue=True)
    eventually(lambda: depth(channel, queue) == 0)


def test_shows_the_expiration_to_the_consumer(channel, declare):
    queue = declare()
    publish(channel, queue, expiration=LONG)
    assert channel.basic_get(queue, auto_ack=True)[1].expiration == LONG


# -- x-expires --------------------------------------------------------------------------------------------------------

def test_deletes_a_queue_that_nobody_uses_for_x_expires(connection, declare):
    queue = declare(expires=300)
    connection.channel().basic_publish('', queue, b'publishing is no use')
    eventually(lambda: _is_gone(connection, queue), every=0.6)  # Each question is a use and begins the time anew.


def _is_gone(connection, queue):
    try:
        connection.channel().queue_declare(queue, passive=True)
    except pika.exceptions.ChannelClosedByBroker as refused:
        assert refused.reply_text == f'NOT_FOUND - no {queue_in(queue)}'
        return True
    return False


def test_keeps_an_expiring_queue_while_it_has_a_consumer(connection, channel, declare, collect):
    queue = declare(expires=1000)
    collect(channel, queue)
    clock = declare(message_ttl=2000)
    publish(channel, clock)
    eventually(lambda: depth(channel, clock) == 0)
    connection.channel().queue_declare(queue, passive=True)


def test_keeps_an_expiring_queue_that_is_read_or_declared_again_and_again(connection, channel, declare):
    queue, clock = declare(expires=2000), declare(message_ttl=4000)
    publish(channel, clock)

    def clock_has_struck():
        channel.basic_get(queue)
        return depth(channel, clock) == 0

    eventually(clock_has_struck, every=0.05)
    channel.queue_declare(queue, passive=True)

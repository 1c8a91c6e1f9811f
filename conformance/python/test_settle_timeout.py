"""Deliveries that a client does not settle in time (RabbitMQ's delivery acknowledgement timeout).

RabbitMQ takes `x-consumer-timeout` as an argument of queues from 3.12 (from 4.3: of quorum queues) and of consumers from
4.3. For an older one CONSUMER_TIMEOUT_MS says the timeout that it was started with. It looks once a minute, unless its
`channel_tick_interval` is set.
"""
import os

import pytest

import target
from expectations import channel_refusal, get_within, queue_in
from wire import Wire

TIMEOUT_MS = int(os.environ.get('CONSUMER_TIMEOUT_MS', 1000))
LONG_MS = 3_600_000


def timed_out(channel):
    return (f'PRECONDITION_FAILED - delivery acknowledgement on channel {channel} timed out. Timeout value used: '
            f'{TIMEOUT_MS} ms. This timeout value can be configured, see consumers doc guide to learn more')


@pytest.fixture(scope='module')
def takes():
    """Skips the test if the broker under test is a RabbitMQ of a version without an argument."""
    wire = Wire(target.MAIN.host, target.MAIN.port)
    properties = wire.greet().server_properties
    wire.close()
    version = tuple(int(part) for part in properties['version'].split('.')[:2])
    is_rabbit = 'FerryMQ' not in properties['information']

    def require(since, before=(99, 0)):
        if is_rabbit and not since <= version < before:
            pytest.skip(f'RabbitMQ {version} has no such argument')
    return require


@pytest.fixture(params=['classic', 'quorum'])
def impatient(request, takes, name, channel):
    """A queue with a timeout of its own, and one message."""
    if 'CONSUMER_TIMEOUT_MS' not in os.environ:
        takes(since=(3, 12), before=(4, 3) if request.param == 'classic' else (99, 0))
    return filled(name(), channel, {'x-queue-type': request.param, 'x-consumer-timeout': TIMEOUT_MS})


def filled(queue, channel, arguments):
    channel.queue_declare(queue, durable=True, arguments=arguments)
    channel.confirm_delivery()
    channel.basic_publish('', queue, b'x')
    return queue


def test_closes_the_channel_of_a_consumer_and_gives_the_message_back(connect, channel, impatient):
    connection = connect()
    connection.channel(5)
    late = connection.channel(7)
    late.basic_consume(impatient, lambda *_: None)
    with channel_refusal(406, timed_out(7)):
        late.start_consuming()
    method, _, body = get_within(channel, impatient)
    assert body == b'x' and method.redelivered
    connection.channel()  # The connection goes on.


def test_holds_for_a_single_get(connect, channel, impatient):
    late = connect().channel(3)
    assert get_within(late, impatient, auto_ack=False)[2] == b'x'
    late.basic_consume(late.queue_declare('', exclusive=True).method.queue, print)
    with channel_refusal(406, timed_out(3)):
        late.start_consuming()
    assert get_within(channel, impatient)[0].redelivered


def test_takes_the_timeout_of_a_consumer_before_that_of_its_queue(connect, channel, takes, name):
    takes(since=(4, 3))
    queue = filled(name(), channel, {'x-queue-type': 'quorum', 'x-consumer-timeout': LONG_MS})
    late = connect().channel(2)
    late.basic_consume(queue, lambda *_: None, arguments={'x-consumer-timeout': TIMEOUT_MS})
    with channel_refusal(406, timed_out(2)):
        late.start_consuming()


@pytest.mark.parametrize('value, problem', [
    (-1, '{value_negative,-1}'), ('soon', '"expected integer, got longstr"')])
def test_refuses_a_timeout_of_a_consumer_that_is_no_time(channel, takes, queue, value, problem):
    takes(since=(4, 3))
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid arg 'x-consumer-timeout' for {queue_in(queue)}: {problem}"):
        channel.basic_consume(queue, print, arguments={'x-consumer-timeout': value})

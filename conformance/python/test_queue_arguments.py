"""x-arguments of queues: which are compared, which are ignored, which are refused, and with what text."""
import re

import pytest

from expectations import channel_refusal, inequivalent, queue_in
from wire import Typed

# Arguments whose value is the same through a redeclare, with another value that is not.
COMPARED = [
    ('x-message-ttl', 60000, 1000), ('x-expires', 600000, 700000), ('x-max-length', 10, 20),
    ('x-max-length-bytes', 1000, 2000), ('x-max-priority', 5, 6), ('x-overflow', 'reject-publish', 'drop-head'),
    ('x-dead-letter-exchange', 'a', 'b'), ('x-single-active-consumer', True, False),
]
QUORUM = {'x-queue-type': 'quorum'}


def shown(value):
    return str(value).lower() if isinstance(value, bool) else value


def with_type(value):
    if value is None:
        return 'none'
    kind = {bool: 'bool', int: '(signedint|long)', str: 'longstr'}[type(value)]
    return f"the value '{shown(value)}' of type '{kind}'"


def differs(argument, queue, received, current):
    """The texts for an inequivalent argument: types are shown when one of the two declares does not have it."""
    wordings = [(with_type(received), with_type(current))]
    if received is not None and current is not None:
        wordings = [(f"'{shown(received)}'", f"'{shown(current)}'")]
    return [re.compile(inequivalent(argument, queue_in(queue), *wording)) for wording in wordings]


@pytest.mark.parametrize('argument, value, _', COMPARED, ids=[row[0] for row in COMPARED])
def test_declares_again_with_the_same(channel, name, argument, value, _):
    queue = name()
    for _ in range(2):
        channel.queue_declare(queue, durable=True, arguments={argument: value})


@pytest.mark.parametrize('argument, value, other', COMPARED, ids=[row[0] for row in COMPARED])
def test_refuses_a_declare_with_another(channel, name, argument, value, other):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={argument: value})
    with channel_refusal(406, *differs(argument, queue, other, value)):
        channel.queue_declare(queue, durable=True, arguments={argument: other})


@pytest.mark.parametrize('argument, value, _', COMPARED, ids=[row[0] for row in COMPARED])
def test_refuses_a_declare_without(channel, name, argument, value, _):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={argument: value})
    with channel_refusal(406, *differs(argument, queue, None, value)):
        channel.queue_declare(queue, durable=True)


@pytest.mark.parametrize('argument, value, _', COMPARED, ids=[row[0] for row in COMPARED])
def test_refuses_a_declare_that_adds(channel, name, argument, value, _):
    queue = name()
    channel.queue_declare(queue, durable=True)
    with channel_refusal(406, *differs(argument, queue, value, None)):
        channel.queue_declare(queue, durable=True, arguments={argument: value})


def test_compares_x_dead_letter_routing_key(channel, name):
    queue, arguments = name(), {'x-dead-letter-exchange': 'dlx', 'x-dead-letter-routing-key': 'a'}
    for _ in range(2):
        channel.queue_declare(queue, durable=True, arguments=arguments)
    with channel_refusal(406, *differs('x-dead-letter-routing-key', queue, 'b', 'a')):
        channel.queue_declare(queue, durable=True, arguments={**arguments, 'x-dead-letter-routing-key': 'b'})


def test_refuses_a_dead_letter_routing_key_without_an_exchange(channel, name):
    queue = name()
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid arg 'x-dead-letter-routing-key' for {queue_in(queue)}: "
                              'routing_key_but_no_dlx_defined'):
        channel.queue_declare(queue, durable=True, arguments={'x-dead-letter-routing-key': 'a'})


def test_compares_integers_of_different_width_as_equal(wire, name):
    queue = name()
    for tag in 'IlsbIl':
        wire.call(1, 'queue.declare', queue=queue, durable=True, arguments={'x-max-length': Typed(tag, 100)})


def test_compares_arguments_regardless_of_their_order(channel, name):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-max-length': 1, 'x-message-ttl': 5})
    channel.queue_declare(queue, durable=True, arguments={'x-message-ttl': 5, 'x-max-length': 1})


def test_takes_an_absent_x_queue_type_as_classic(channel, name):
    absent, given = name(), name()
    channel.queue_declare(absent, durable=True)
    channel.queue_declare(absent, durable=True, arguments={'x-queue-type': 'classic'})
    channel.queue_declare(given, durable=True, arguments={'x-queue-type': 'classic'})
    channel.queue_declare(given, durable=True)


def test_refuses_a_declare_with_another_queue_type(channel, name):
    queue = name()
    channel.queue_declare(queue, durable=True)
    with channel_refusal(406, *differs('x-queue-type', queue, 'quorum', 'classic'),
                         *differs('x-queue-type', queue, 'quorum', None)):  # 4.x says none of an absent type
        channel.queue_declare(queue, durable=True, arguments=QUORUM)


def test_ignores_on_redeclare_an_argument_that_it_does_not_know(channel, name):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-made-up': 1})
    channel.queue_declare(queue, durable=True, arguments={'x-made-up': 2})
    channel.queue_declare(queue, durable=True)


@pytest.mark.parametrize('arguments', [
    {'x-queue-mode': 'lazy'}, {'x-queue-mode': 'default'}, {'x-queue-version': 1}, {'x-queue-version': 2},
    {'x-queue-master-locator': 'client-local'}], ids=repr)
def test_accepts_what_older_clients_still_send(channel, name, arguments):
    queue = name()
    for _ in range(2):
        channel.queue_declare(queue, durable=True, arguments=arguments)
    channel.basic_publish('', queue, b'x')


@pytest.mark.parametrize('argument, value, why', [
    ('x-expires', 0, '{value_zero,0}'),
    ('x-expires', -1, '{value_negative,-1}'),
    ('x-message-ttl', -1, '{value_negative,-1}'),
    ('x-max-length', -1, '{value_negative,-1}'),
    ('x-max-length-bytes', -1, '{value_negative,-1}'),
    ('x-max-priority', -1, '{value_negative,-1}'),
    ('x-max-priority', 256, '{max_value_exceeded,256}'),
    ('x-message-ttl', 10 ** 13, '{value_too_large,10000000000000}'),
    ('x-expires', 10 ** 13, '{value_too_large,10000000000000}'),
    ('x-message-ttl', 'soon', '"expected integer, got longstr"'),
    ('x-max-length', 'ten', '"expected integer, got longstr"'),
    ('x-overflow', 'spill', 'invalid_overflow'),
    ('x-overflow', 1, '{unacceptable_type,signedint}'),
    ('x-single-active-consumer', 'yes', '{unacceptable_type,longstr}'),
    ('x-queue-type', 'no-such-type', '"unsupported queue type \'no-such-type\'"'),
    ('x-queue-type', 1, '{unacceptable_type,signedint}'),
])
def test_refuses_a_value_that_makes_no_sense(channel, name, argument, value, why):
    queue = name()
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid arg '{argument}' for {queue_in(queue)}: {why}"):
        channel.queue_declare(queue, durable=True, arguments={argument: value})


def test_refuses_a_dead_letter_exchange_that_is_no_name(channel, name):
    queue = name()
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid type 'signedint' for arg 'x-dead-letter-exchange' "
                              f"in {queue_in(queue)}"):
        channel.queue_declare(queue, durable=True, arguments={'x-dead-letter-exchange': 1})


def test_creates_nothing_when_it_refuses_an_argument(connection, name):
    queue = name()
    with channel_refusal(406, re.compile('.*x-expires.*', re.S)):
        connection.channel().queue_declare(queue, durable=True, arguments={'x-expires': 0})
    with channel_refusal(404, f'NOT_FOUND - no {queue_in(queue)}'):
        connection.channel().queue_declare(queue, passive=True)


@pytest.mark.parametrize('argument, value', [
    ('x-max-priority', 5), ('x-queue-mode', 'lazy'), ('x-queue-version', 2), ('x-queue-master-locator', 'min-masters'),
    ('x-max-age', '1h')])
def test_refuses_on_a_quorum_queue(channel, name, argument, value):
    queue = name()
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid arg '{argument}' for {queue_in(queue)} "
                              'of queue type rabbit_quorum_queue'):
        channel.queue_declare(queue, durable=True, arguments={**QUORUM, argument: value})


@pytest.mark.parametrize('argument, value', [('x-delivery-limit', 5), ('x-max-age', '1h'),
                                             ('x-dead-letter-strategy', 'at-least-once'),
                                             ('x-quorum-initial-group-size', 1)])
def test_refuses_on_a_classic_queue(channel, name, argument, value):
    queue = name()
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid arg '{argument}' for {queue_in(queue)} "
                              'of queue type rabbit_classic_queue'):
        channel.queue_declare(queue, durable=True, arguments={argument: value})


@pytest.mark.parametrize('flags, property_', [
    (dict(durable=False), 'non-durable'), (dict(durable=True, exclusive=True), 'exclusive-owner'),
    (dict(durable=True, auto_delete=True), 'auto-delete')], ids=repr)
def test_refuses_a_quorum_queue_that_does_not_last(channel, name, flags, property_):
    queue = name()
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid property '{property_}' for {queue_in(queue)}"):
        channel.queue_declare(queue, arguments=QUORUM, **flags)


@pytest.mark.parametrize('arguments', [
    {'x-expires': 60000}, {'x-message-ttl': 60000}, {'x-dead-letter-exchange': 'dlx'}, {'x-max-length': 10},
    {'x-max-length-bytes': 1000}, {'x-overflow': 'drop-head'}, {'x-overflow': 'reject-publish'},
    {'x-single-active-consumer': True}, {'x-delivery-limit': 3}, {'x-quorum-initial-group-size': 1},
    {'x-dead-letter-strategy': 'at-most-once'}, {'x-queue-leader-locator': 'client-local'},
    {'x-max-in-memory-length': 5}], ids=repr)
def test_accepts_on_a_quorum_queue(channel, name, arguments):
    queue = name()
    for _ in range(2):
        channel.queue_declare(queue, durable=True, arguments={**QUORUM, **arguments})

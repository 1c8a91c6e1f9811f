"""exchange.declare, delete, bind and unbind: what is there from the start, what is compared, what is refused."""
import re

import pytest

from expectations import channel_refusal, depth, exchange_in, get_within, inequivalent, refusal_of_either_kind

PREDECLARED = [('amq.direct', 'direct'), ('amq.fanout', 'fanout'), ('amq.topic', 'topic'), ('amq.headers', 'headers'),
               ('amq.match', 'headers')]
KINDS = ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash']


# -- declaring --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('exchange, kind', PREDECLARED)
def test_has_from_the_start(channel, exchange, kind):
    channel.exchange_declare(exchange, kind, durable=True)
    channel.exchange_declare(exchange, passive=True)


def test_has_the_internal_exchange_of_the_firehose_from_the_start(channel):
    channel.exchange_declare('amq.rabbitmq.trace', 'topic', durable=True, internal=True)


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('flags', [
    dict(durable=True), dict(durable=False), dict(auto_delete=True), dict(durable=True, internal=True)], ids=repr)
def test_declares_again_with_the_same_properties(channel, name, kind, flags):
    exchange = name('x')
    for _ in range(2):
        channel.exchange_declare(exchange, kind, **flags)


@pytest.mark.parametrize('first, second, argument, received, current', [
    (dict(exchange_type='direct'), dict(exchange_type='fanout'), 'type', 'fanout', 'direct'),
    (dict(durable=True), dict(durable=False), 'durable', 'false', 'true'),
    (dict(), dict(auto_delete=True), 'auto_delete', 'true', 'false'),
    (dict(internal=True), dict(), 'internal', 'false', 'true'),
], ids=repr)
def test_refuses_a_declare_with_another_property(channel, name, first, second, argument, received, current):
    exchange = name('x')
    channel.exchange_declare(exchange, **first)
    with channel_refusal(406, inequivalent(argument, exchange_in(exchange), f"'{received}'", f"'{current}'")):
        channel.exchange_declare(exchange, **second)


@pytest.mark.parametrize('first, second, received, current', [
    ({'alternate-exchange': 'a'}, {'alternate-exchange': 'b'},
     "the value 'b' of type 'longstr'", "the value 'a' of type 'longstr'"),
    ({}, {'alternate-exchange': 'b'}, "the value 'b' of type 'longstr'", 'none'),
    ({'alternate-exchange': 'a'}, {}, 'none', "the value 'a' of type 'longstr'"),
], ids=repr)
def test_refuses_a_declare_with_another_alternate_exchange(channel, name, first, second, received, current):
    exchange = name('x')
    channel.exchange_declare(exchange, arguments=first)
    short = [re.sub(r"the value ('.*') of type '.*'", r'\1', text) for text in (received, current)]
    with channel_refusal(406, inequivalent('alternate-exchange', exchange_in(exchange), received, current),  # 4.x
                         inequivalent('alternate-exchange', exchange_in(exchange), *short)):  # 3.10
        channel.exchange_declare(exchange, arguments=second)


def test_compares_no_other_argument_of_an_exchange(channel, name):
    exchange = name('x')
    channel.exchange_declare(exchange, arguments={'x-anything': 1})
    channel.exchange_declare(exchange, arguments={'x-anything': 2, 'x-else': 'y'})


def test_refuses_an_exchange_type_that_it_does_not_know(channel, name):
    exchange = name('x')
    with refusal_of_either_kind(
            (406, "PRECONDITION_FAILED - unknown exchange type 'x-nonsense'"),  # 4.x
            (503, "COMMAND_INVALID - unknown exchange type 'x-nonsense'")):  # 3.10: closes the connection
        channel.exchange_declare(exchange, 'x-nonsense')


def test_refuses_an_exchange_type_that_is_no_type_at_all(channel, name):
    exchange = name('x')
    with refusal_of_either_kind(
            (406, "PRECONDITION_FAILED - unknown exchange type ''"),  # 4.x
            (503, re.compile('COMMAND_INVALID - .*exchange type.*'))):  # 3.10
        channel.exchange_declare(exchange, '')


@pytest.mark.parametrize('reserved', ['amq.mine', 'amq.'])
def test_refuses_to_create_a_name_with_the_reserved_prefix(channel, reserved):
    with channel_refusal(403, f"ACCESS_REFUSED - exchange name '{reserved}' contains reserved prefix 'amq.*'"):
        channel.exchange_declare(reserved)


def test_refuses_a_predeclared_name_with_another_type(channel):
    with channel_refusal(406, inequivalent('type', exchange_in('amq.direct'), "'fanout'", "'direct'")):
        channel.exchange_declare('amq.direct', 'fanout', durable=True)


def test_reports_by_passive_declare_whatever_the_other_arguments_are(channel, name):
    exchange = name('x')
    channel.exchange_declare(exchange, 'topic')
    channel.exchange_declare(exchange, 'fanout', passive=True, durable=True)


def test_refuses_passive_declare_of_what_is_not_there_and_creates_nothing(connection, name):
    exchange = name('x')
    for _ in range(2):
        with channel_refusal(404, f'NOT_FOUND - no {exchange_in(exchange)}'):
            connection.channel().exchange_declare(exchange, passive=True)


def test_strips_line_ends_from_names(channel, name):
    exchange = name('x')
    channel.exchange_declare(exchange + '\r\n')
    channel.exchange_declare(exchange, passive=True)


# -- the default exchange ---------------------------------------------------------------------------------------------

def test_routes_by_queue_name_on_the_default_exchange(channel, queue):
    channel.basic_publish('', queue, b'x')
    method, _, body = get_within(channel, queue)
    assert (method.exchange, method.routing_key, body) == ('', queue, b'x')


@pytest.mark.parametrize('operation', [
    lambda channel, other: channel.exchange_declare('', 'direct', durable=True),
    lambda channel, other: channel.exchange_delete(''),
    lambda channel, other: channel.exchange_bind(other, '', 'k'),
    lambda channel, other: channel.exchange_bind('', other, 'k'),
    lambda channel, other: channel.exchange_unbind(other, '', 'k'),
], ids=['declare', 'delete', 'bind from', 'bind to', 'unbind from'])
def test_permits_no_operation_on_the_default_exchange(channel, operation):
    with channel_refusal(403, 'ACCESS_REFUSED - operation not permitted on the default exchange'):
        operation(channel, 'amq.direct')


# -- deleting ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('exchange', [exchange for exchange, _ in PREDECLARED])
def test_refuses_to_delete_what_was_there_from_the_start(channel, exchange):
    with channel_refusal(403, f'ACCESS_REFUSED - deletion of system {exchange_in(exchange)} not allowed'):
        channel.exchange_delete(exchange)


def test_deletes_what_is_not_there_without_complaint(channel, name):
    channel.exchange_delete(name('x'))


def test_refuses_if_unused_delete_of_an_exchange_with_a_binding(channel, queue, name):
    exchange = name('x')
    channel.exchange_declare(exchange)
    channel.queue_bind(queue, exchange, 'k')
    with channel_refusal(406, f'PRECONDITION_FAILED - {exchange_in(exchange)} in use'):
        channel.exchange_delete(exchange, if_unused=True)


def test_deletes_with_if_unused_after_the_last_unbind(channel, queue, name):
    exchange = name('x')
    channel.exchange_declare(exchange)
    channel.queue_bind(queue, exchange, 'k')
    channel.queue_unbind(queue, exchange, 'k')
    channel.exchange_delete(exchange, if_unused=True)
    with channel_refusal(404, f'NOT_FOUND - no {exchange_in(exchange)}'):
        channel.exchange_declare(exchange, passive=True)


def test_removes_the_bindings_of_a_deleted_exchange(channel, queue, name):
    exchange = name('x')
    channel.confirm_delivery()
    channel.exchange_declare(exchange)
    channel.queue_bind(queue, exchange, 'k')
    channel.exchange_delete(exchange)
    channel.exchange_declare(exchange)
    channel.basic_publish(exchange, 'k', b'x')
    assert depth(channel, queue) == 0


@pytest.mark.parametrize('way', ['unbind', 'delete the queue'])
def test_deletes_an_auto_delete_exchange_with_its_last_binding(connection, queue, name, way):
    exchange, other = name('x'), name()
    channel = connection.channel()
    channel.exchange_declare(exchange, auto_delete=True)
    channel.queue_declare(other)
    channel.queue_bind(queue, exchange, 'k')
    channel.queue_bind(other, exchange, 'k')
    channel.queue_unbind(queue, exchange, 'k')
    channel.exchange_declare(exchange, passive=True)
    if way == 'unbind':
        channel.queue_unbind(other, exchange, 'k')
    else:
        channel.queue_delete(other)
    with channel_refusal(404, f'NOT_FOUND - no {exchange_in(exchange)}'):
        channel.exchange_declare(exchange, passive=True)


def test_keeps_an_auto_delete_exchange_that_was_never_bound(connect, name):
    exchange = name('x')
    first = connect()
    first.channel().exchange_declare(exchange, auto_delete=True)
    first.close()
    connect().channel().exchange_declare(exchange, passive=True)


# -- internal ---------------------------------------------------------------------------------------------------------

def test_refuses_a_publish_to_an_internal_exchange(wire, name):
    exchange = name('x')
    wire.call(1, 'exchange.declare', exchange=exchange, type='fanout', internal=True)
    wire.publish(1, exchange, '', b'x')
    closed = wire.expect(1, 'channel.close')
    assert closed.reply_code == 403
    assert closed.reply_text == f'ACCESS_REFUSED - cannot publish to internal {exchange_in(exchange)}'
    assert (closed.class_id, closed.method_id) == (60, 40)


def test_routes_through_an_internal_exchange(channel, queue, name):
    entrance, inner = name('x'), name('x')
    channel.confirm_delivery()
    channel.exchange_declare(entrance, 'fanout')
    channel.exchange_declare(inner, 'fanout', internal=True)
    channel.exchange_bind(inner, entrance)
    channel.queue_bind(queue, inner)
    channel.basic_publish(entrance, '', b'x')
    assert depth(channel, queue) == 1


# -- exchange to exchange ---------------------------------------------------------------------------------------------

def test_routes_from_exchange_to_exchange_by_the_binding_of_each(channel, queue, name):
    source, destination = name('x'), name('x')
    channel.confirm_delivery()
    channel.exchange_declare(source, 'topic')
    channel.exchange_declare(destination, 'direct')
    channel.exchange_bind(destination, source, 'a.#')
    channel.queue_bind(queue, destination, 'a.b')
    for key in ('a.b', 'a.c', 'b.b'):
        channel.basic_publish(source, key, key.encode())
    assert depth(channel, queue) == 1
    method, _, body = channel.basic_get(queue, auto_ack=True)
    assert (method.exchange, method.routing_key, body) == (source, 'a.b', b'a.b')


def test_stops_routing_after_exchange_unbind(channel, queue, name):
    source, destination = name('x'), name('x')
    channel.confirm_delivery()
    for exchange in (source, destination):
        channel.exchange_declare(exchange, 'fanout')
    channel.exchange_bind(destination, source)
    channel.queue_bind(queue, destination)
    channel.exchange_unbind(destination, source)
    channel.basic_publish(source, '', b'x')
    assert depth(channel, queue) == 0


def test_delivers_one_copy_to_a_queue_reached_on_two_ways(channel, queue, name):
    source, left, right = name('x'), name('x'), name('x')
    channel.confirm_delivery()
    for exchange in (source, left, right):
        channel.exchange_declare(exchange, 'fanout')
    for exchange in (left, right):
        channel.exchange_bind(exchange, source)
        channel.queue_bind(queue, exchange)
    channel.queue_bind(queue, source)
    channel.basic_publish(source, '', b'x')
    assert depth(channel, queue) == 1


def test_routes_round_a_circle_of_exchanges_only_once(channel, queue, name):
    circle = [name('x') for _ in range(3)]
    channel.confirm_delivery()
    for exchange in circle:
        channel.exchange_declare(exchange, 'fanout')
    for at, exchange in enumerate(circle):
        channel.exchange_bind(circle[at - 1], exchange)
    channel.exchange_bind(circle[0], circle[0])
    channel.queue_bind(queue, circle[1])
    channel.basic_publish(circle[0], '', b'x')
    assert depth(channel, queue) == 1


@pytest.mark.parametrize('missing', ['source', 'destination'])
def test_refuses_to_bind_exchanges_of_which_one_is_missing(channel, name, missing):
    exchange = name('x')
    with channel_refusal(404, f'NOT_FOUND - no {exchange_in(exchange)}'):
        if missing == 'source':
            channel.exchange_bind('amq.fanout', exchange)
        else:
            channel.exchange_bind(exchange, 'amq.fanout')


def test_deletes_an_auto_delete_source_when_its_destination_goes(channel, name):
    source, destination = name('x'), name('x')
    channel.exchange_declare(source, 'fanout', auto_delete=True)
    channel.exchange_declare(destination, 'fanout')
    channel.exchange_bind(destination, source)
    channel.exchange_delete(destination)
    with channel_refusal(404, f'NOT_FOUND - no {exchange_in(source)}'):
        channel.exchange_declare(source, passive=True)


# -- alternate exchange -----------------------------------------------------------------------------------------------

def test_sends_what_it_cannot_route_to_the_alternate_exchange(channel, name):
    main, alternate, routed, unrouted = name('x'), name('x'), name(), name()
    channel.confirm_delivery()
    channel.exchange_declare(alternate, 'fanout')
    channel.exchange_declare(main, 'direct', arguments={'alternate-exchange': alternate})
    for queue, exchange in ((routed, main), (unrouted, alternate)):
        channel.queue_declare(queue)
        channel.queue_bind(queue, exchange, 'known')
    channel.basic_publish(main, 'known', b'1')
    channel.basic_publish(main, 'unknown', b'2', mandatory=True)  # Routed after all, so not returned.
    assert (depth(channel, routed), depth(channel, unrouted)) == (1, 1)
    method, _, body = channel.basic_get(unrouted, auto_ack=True)
    assert (method.exchange, method.routing_key, body) == (main, 'unknown', b'2')


def test_follows_a_chain_of_alternate_exchanges_and_ends_in_a_circle(channel, queue, name):
    first, second = name('x'), name('x')
    channel.confirm_delivery()
    channel.exchange_declare(first, 'direct', arguments={'alternate-exchange': second})
    channel.exchange_declare(second, 'direct', arguments={'alternate-exchange': first})
    channel.queue_bind(queue, second, 'k')
    channel.basic_publish(first, 'k', b'x')
    channel.basic_publish(first, 'unknown everywhere', b'x')
    assert depth(channel, queue) == 1


def test_drops_what_it_cannot_route_when_the_alternate_exchange_is_missing(channel, name):
    main = name('x')
    channel.confirm_delivery()
    channel.exchange_declare(main, arguments={'alternate-exchange': name('missing')})
    channel.basic_publish(main, 'k', b'x')


def test_refuses_an_alternate_exchange_that_is_no_string(channel, name):
    exchange = name('x')
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid type 'signedint' for arg 'alternate-exchange' "
                              f"in {exchange_in(exchange)}"):
        channel.exchange_declare(exchange, arguments={'alternate-exchange': 7})

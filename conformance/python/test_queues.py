"""queue.declare, bind, unbind, purge and delete: what is created, what is compared, what is refused with which text."""
import re

import pytest

import target
from expectations import channel_refusal, depth, eventually, exchange_in, inequivalent, queue_in

LOCKED = ('RESOURCE_LOCKED - cannot obtain exclusive access to locked {}. It could be originally declared on another '
          'connection or the exclusive property value does not match that of the original declaration.')


# -- declaring --------------------------------------------------------------------------------------------------------

def test_answers_declare_with_name_and_counts(channel, name):
    queue = name()
    ok = channel.queue_declare(queue, durable=True).method
    assert (ok.queue, ok.message_count, ok.consumer_count) == (queue, 0, 0)


def test_counts_ready_messages_and_consumers_in_declare_ok(connect, queue, collect):
    publisher, reader = connect().channel(), connect().channel()
    publisher.confirm_delivery()
    for _ in range(3):
        publisher.basic_publish('', queue, b'x')
    reader.basic_qos(prefetch_count=1)
    collect(reader, queue).wait_for(1)
    ok = publisher.queue_declare(queue, durable=True).method
    assert (ok.message_count, ok.consumer_count) == (2, 1)


@pytest.mark.parametrize('flags', [
    dict(durable=True), dict(durable=True, auto_delete=True), dict(durable=True, exclusive=True), dict(exclusive=True),
    dict(exclusive=True, auto_delete=True)], ids=repr)
def test_declares_again_with_the_same_properties(channel, name, flags):
    queue = name()
    for _ in range(3):
        assert channel.queue_declare(queue, **flags).method.queue == queue


@pytest.mark.parametrize('auto_delete', [False, True])
def test_declares_transient_queues_that_are_not_exclusive(channel, name, auto_delete):
    """Celery 5 needs them for control, events and results; RabbitMQ from 4.3 refuses them unless permitted."""
    queue = name()
    for _ in range(2):
        assert channel.queue_declare(queue, auto_delete=auto_delete).method.queue == queue


def test_strips_line_ends_from_names(wire, name):
    queue = name()
    assert wire.call(1, 'queue.declare', queue=queue + '\r\n', exclusive=True).queue == queue
    wire.call(1, 'queue.declare', queue=queue, passive=True)


@pytest.mark.parametrize('odd', ['with space', 'ünï-çødé', 'sla/sh', "quo'te", '#.*', '日本'])
def test_takes_any_text_as_name(channel, name, odd):
    queue = name() + odd
    channel.queue_declare(queue, exclusive=True)
    channel.basic_publish('', queue, b'x')
    assert channel.basic_get(queue, auto_ack=True)[2] == b'x'


def test_takes_a_name_of_255_octets(channel, name):
    queue = name().ljust(255, 'q')
    assert channel.queue_declare(queue, exclusive=True).method.queue == queue


@pytest.mark.parametrize('first, second, argument, received, current', [
    (dict(durable=True), dict(durable=False), 'durable', 'false', 'true'),
    (dict(durable=False), dict(durable=True), 'durable', 'true', 'false'),
    (dict(durable=True), dict(durable=True, auto_delete=True), 'auto_delete', 'true', 'false'),
    (dict(durable=True, auto_delete=True), dict(durable=True), 'auto_delete', 'false', 'true'),
], ids=repr)
def test_refuses_a_declare_with_another_property(channel, name, first, second, argument, received, current):
    queue = name()
    channel.queue_declare(queue, **first)
    with channel_refusal(406, inequivalent(argument, queue_in(queue), f"'{received}'", f"'{current}'")):
        channel.queue_declare(queue, **second)


def test_refuses_to_redeclare_a_shared_queue_as_exclusive(channel, queue):
    """405 in RabbitMQ: exclusivity is looked at before equivalence."""
    with channel_refusal(405, LOCKED.format(queue_in(queue))):
        channel.queue_declare(queue, durable=True, exclusive=True)


def test_refuses_to_redeclare_an_exclusive_queue_as_shared(channel, name):
    queue = name()
    channel.queue_declare(queue, exclusive=True)
    with channel_refusal(405, LOCKED.format(queue_in(queue))):
        channel.queue_declare(queue)


@pytest.mark.parametrize('reserved', ['amq.mine', 'amq.'])
def test_refuses_to_create_a_name_with_the_reserved_prefix(channel, reserved):
    with channel_refusal(403, f"ACCESS_REFUSED - queue name '{reserved}' contains reserved prefix 'amq.*'"):
        channel.queue_declare(reserved)


def test_keeps_the_channels_of_a_connection_alive_when_one_is_closed(connection, channel, queue):
    doomed = connection.channel()
    with channel_refusal(404, re.compile('NOT_FOUND - .*')):
        doomed.queue_declare(queue + '-missing', passive=True)
    assert depth(channel, queue) == 0


# -- server-named -----------------------------------------------------------------------------------------------------

def test_names_a_queue_declared_with_an_empty_name(channel):
    first = channel.queue_declare('', exclusive=True).method.queue
    second = channel.queue_declare('', exclusive=True).method.queue
    assert first.startswith('amq.gen-') and second.startswith('amq.gen-') and first != second


def test_declares_an_existing_server_named_queue_passively_in_spite_of_its_prefix(channel):
    queue = channel.queue_declare('', exclusive=True).method.queue
    assert channel.queue_declare(queue, passive=True).method.queue == queue


def test_takes_an_empty_name_as_the_queue_last_declared_on_the_channel(wire, name):
    exchange = name('x')
    wire.call(1, 'exchange.declare', exchange=exchange, type='fanout')
    queue = wire.call(1, 'queue.declare', exclusive=True).queue
    wire.call(1, 'queue.bind', queue='', exchange=exchange)
    wire.publish(1, exchange, '', b'one')
    wire.send(1, 'basic.get', queue='', no_ack=True)
    assert wire.expect_content(1, 'basic.get-ok').body == b'one'
    wire.call(1, 'queue.purge', queue='')
    wire.call(1, 'basic.consume', queue='', consumer_tag='c')
    assert wire.call(1, 'queue.declare', queue=queue, passive=True).consumer_count == 1
    wire.call(1, 'basic.cancel', consumer_tag='c')
    wire.call(1, 'queue.unbind', queue='', exchange=exchange)
    wire.call(1, 'queue.delete', queue='')
    wire.send(1, 'queue.declare', queue=queue, passive=True)
    assert wire.expect(1, 'channel.close').reply_code == 404


@pytest.mark.parametrize('method, arguments', [
    ('queue.bind', dict(exchange='amq.direct')), ('queue.unbind', dict(exchange='amq.direct')), ('queue.purge', {}),
    ('queue.delete', {}), ('basic.get', {}), ('basic.consume', {}),
])
def test_refuses_an_empty_name_when_nothing_was_declared_on_the_channel(wire, method, arguments):
    wire.send(1, method, queue='', **arguments)
    closed = wire.expect(1, 'channel.close')
    assert (closed.reply_code, closed.reply_text) == (404, 'NOT_FOUND - no previously declared queue')


# -- passive ----------------------------------------------------------------------------------------------------------

def test_reports_by_passive_declare_whatever_the_other_arguments_are(channel, queue):
    ok = channel.queue_declare(queue, passive=True, durable=False, auto_delete=True, arguments={'x-expires': 5000})
    assert ok.method.queue == queue


def test_refuses_passive_declare_of_what_is_not_there_and_creates_nothing(connection, name):
    queue = name()
    for _ in range(2):
        with channel_refusal(404, f"NOT_FOUND - no {queue_in(queue)}"):
            connection.channel().queue_declare(queue, passive=True)


@pytest.mark.parametrize('operation', [
    lambda channel, queue: channel.basic_consume(queue, print),
    lambda channel, queue: channel.basic_get(queue),
    lambda channel, queue: channel.queue_purge(queue),
    lambda channel, queue: channel.queue_bind(queue, 'amq.direct', 'key'),
], ids=['basic.consume', 'basic.get', 'queue.purge', 'queue.bind'])
def test_refuses_a_missing_queue_with_404(channel, name, operation):
    queue = name()
    with channel_refusal(404, f"NOT_FOUND - no {queue_in(queue)}"):
        operation(channel, queue)


# -- exclusive --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('operation', [
    lambda channel, queue: channel.queue_declare(queue, exclusive=True),
    lambda channel, queue: channel.queue_declare(queue, passive=True),
    lambda channel, queue: channel.basic_consume(queue, print),
    lambda channel, queue: channel.basic_get(queue),
    lambda channel, queue: channel.queue_purge(queue),
    lambda channel, queue: channel.queue_delete(queue),
    lambda channel, queue: channel.queue_bind(queue, 'amq.direct', 'key'),
], ids=['declare', 'passive declare', 'consume', 'get', 'purge', 'delete', 'bind'])
def test_locks_an_exclusive_queue_against_other_connections(connect, name, operation):
    queue = name()
    connect().channel().queue_declare(queue, exclusive=True)
    with channel_refusal(405, LOCKED.format(queue_in(queue))):
        operation(connect().channel(), queue)


def test_lets_every_channel_of_the_declaring_connection_use_an_exclusive_queue(connection, name):
    queue = name()
    connection.channel().queue_declare(queue, exclusive=True)
    connection.channel().basic_publish('', queue, b'x')
    assert eventually(lambda: connection.channel().basic_get(queue, auto_ack=True)[2]) == b'x'


def test_lets_other_connections_publish_to_an_exclusive_queue(connect, name):
    queue = name()
    owner = connect().channel()
    owner.queue_declare(queue, exclusive=True)
    other = connect().channel()
    other.confirm_delivery()
    other.basic_publish('', queue, b'x', mandatory=True)
    assert owner.basic_get(queue, auto_ack=True)[2] == b'x'


@pytest.mark.parametrize('durable', [False, True])
def test_deletes_an_exclusive_queue_with_its_connection_and_not_with_its_channel(connect, name, durable):
    queue = name()
    owner, watcher = connect(), connect()
    declaring = owner.channel()
    declaring.queue_declare(queue, exclusive=True, durable=durable)
    declaring.close()
    owner.channel().queue_declare(queue, passive=True)
    owner.close()
    eventually(lambda: is_missing(watcher, queue))


def test_deletes_an_exclusive_queue_when_its_connection_is_lost_without_a_close(dial, connect, name):
    queue = name()
    wire = dial().open(target.MAIN)
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    wire.close()
    watcher = connect()
    eventually(lambda: is_missing(watcher, queue))


def is_missing(connection, queue):
    try:
        connection.channel().queue_declare(queue, passive=True)
    except Exception as refused:
        return refused.reply_code == 404
    return False


# -- auto-delete ------------------------------------------------------------------------------------------------------

def test_deletes_an_auto_delete_queue_after_its_last_consumer_is_cancelled(connection, name, collect):
    queue = name()
    channel = connection.channel()
    channel.queue_declare(queue, auto_delete=True, durable=True)
    first, second = collect(channel, queue), collect(channel, queue)
    first.cancel()
    channel.queue_declare(queue, passive=True)
    second.cancel()
    eventually(lambda: is_missing(connection, queue))


@pytest.mark.parametrize('ending', ['channel', 'connection'])
def test_deletes_an_auto_delete_queue_when_the_last_consumers_ends(connect, name, collect, ending):
    queue = name()
    consuming, watcher = connect(), connect()
    channel = consuming.channel()
    channel.queue_declare(queue, auto_delete=True, durable=True)
    collect(channel, queue)
    (channel if ending == 'channel' else consuming).close()
    eventually(lambda: is_missing(watcher, queue))


def test_keeps_an_auto_delete_queue_that_never_had_a_consumer(connect, name):
    queue = name()
    first = connect()
    first.channel().queue_declare(queue, auto_delete=True, durable=True)
    first.close()
    channel = connect().channel()
    channel.basic_publish('', queue, b'x')
    assert eventually(lambda: channel.basic_get(queue, auto_ack=True)[2]) == b'x'  # basic.get is no consumer.
    channel.queue_declare(queue, passive=True)


# -- binding ----------------------------------------------------------------------------------------------------------

def test_refuses_to_bind_to_a_missing_exchange(channel, queue, name):
    exchange = name('x')
    with channel_refusal(404, f'NOT_FOUND - no {exchange_in(exchange)}'):
        channel.queue_bind(queue, exchange, 'key')


@pytest.mark.parametrize('operation', ['queue_bind', 'queue_unbind'])
def test_refuses_to_bind_to_or_unbind_from_the_default_exchange(channel, queue, operation):
    with channel_refusal(403, 'ACCESS_REFUSED - operation not permitted on the default exchange'):
        getattr(channel, operation)(queue, '', queue)


def test_binds_twice_as_once(channel, queue):
    for _ in range(2):
        channel.queue_bind(queue, 'amq.direct', queue)
    channel.confirm_delivery()
    channel.basic_publish('amq.direct', queue, b'x')
    assert depth(channel, queue) == 1


def test_stops_routing_after_unbind(channel, queue):
    channel.confirm_delivery()
    channel.queue_bind(queue, 'amq.direct', queue)
    channel.queue_unbind(queue, 'amq.direct', queue)
    channel.basic_publish('amq.direct', queue, b'x')
    assert depth(channel, queue) == 0


def test_unbinds_what_was_never_bound_without_complaint(channel, queue):
    channel.queue_unbind(queue, 'amq.direct', 'never-bound')


def test_unbinds_from_a_missing_queue_or_exchange_without_complaint(channel, queue, name):
    """RabbitMQ since 3.2; older ones refused with 404."""
    channel.queue_unbind(name(), 'amq.direct', 'key')
    channel.queue_unbind(queue, name('x'), 'key')


def test_tells_bindings_apart_by_their_arguments(channel, queue):
    channel.confirm_delivery()
    for version in (1, 2):
        channel.queue_bind(queue, 'amq.direct', queue, {'version': version})
    channel.queue_unbind(queue, 'amq.direct', queue, {'version': 1})
    channel.basic_publish('amq.direct', queue, b'x')
    assert depth(channel, queue) == 1
    channel.queue_unbind(queue, 'amq.direct', queue, {'version': 2})
    channel.basic_publish('amq.direct', queue, b'x')
    assert depth(channel, queue) == 1


# -- purging and deleting ---------------------------------------------------------------------------------------------

def test_purges_what_is_ready_and_keeps_what_is_unacknowledged(connection, queue):
    channel = connection.channel()
    channel.confirm_delivery()
    for number in range(5):
        channel.basic_publish('', queue, b'%d' % number)
    tag = channel.basic_get(queue)[0].delivery_tag
    assert channel.queue_purge(queue).method.message_count == 4
    assert depth(channel, queue) == 0
    channel.basic_nack(tag, requeue=True)
    assert eventually(lambda: channel.basic_get(queue, auto_ack=True)[2]) == b'0'


def test_answers_delete_with_the_number_of_messages_lost(channel, queue):
    channel.confirm_delivery()
    for _ in range(3):
        channel.basic_publish('', queue, b'x')
    assert channel.queue_delete(queue).method.message_count == 3


def test_deletes_what_is_not_there_without_complaint(channel, name):
    assert channel.queue_delete(name()).method.message_count == 0


def test_refuses_if_unused_delete_of_a_queue_with_a_consumer(connection, queue, collect):
    collect(connection.channel(), queue)
    with channel_refusal(406, f'PRECONDITION_FAILED - {queue_in(queue)} in use'):
        connection.channel().queue_delete(queue, if_unused=True)


def test_refuses_if_empty_delete_of_a_queue_with_a_message(connection, queue):
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish('', queue, b'x')
    with channel_refusal(406, f'PRECONDITION_FAILED - {queue_in(queue)} not empty'):
        channel.queue_delete(queue, if_empty=True)


def test_deletes_with_if_unused_and_if_empty_when_both_hold(channel, queue):
    channel.queue_delete(queue, if_unused=True, if_empty=True)
    with channel_refusal(404, f'NOT_FOUND - no {queue_in(queue)}'):
        channel.queue_declare(queue, passive=True)


def test_removes_the_bindings_of_a_deleted_queue(channel, queue):
    channel.confirm_delivery()
    channel.queue_bind(queue, 'amq.direct', queue)
    channel.queue_delete(queue)
    channel.queue_declare(queue, durable=True)
    channel.basic_publish('amq.direct', queue, b'x')
    assert depth(channel, queue) == 0

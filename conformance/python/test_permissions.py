"""What the user `limited` may do: configure, write and read names that begin with `limited-`, nothing else.

README.md says how that user is made.
"""
import re

import pytest

import target
from expectations import channel_refusal, exchange_in, get_within, queue_in

USER = target.LIMITED.user


@pytest.fixture
def limited(connect):
    return connect(target.LIMITED).channel()


@pytest.fixture
def own(name):
    """A name that the user may use."""
    return lambda: name(prefix='limited-')


def refused(access, resource):
    """4.x says which access was refused; 3.10 does not."""
    return re.compile(f'ACCESS_REFUSED - ({access} )?' + re.escape(f"access to {resource} refused for user '{USER}'"))


def test_lets_the_user_work_with_the_names_that_are_permitted(limited, own):
    queue, exchange = own(), own()
    limited.queue_declare(queue)
    limited.exchange_declare(exchange)
    limited.queue_bind(queue, exchange, 'k')
    limited.confirm_delivery()
    limited.basic_publish(exchange, 'k', b'x')
    assert get_within(limited, queue)[2] == b'x'
    limited.queue_unbind(queue, exchange, 'k')
    limited.queue_purge(queue)
    limited.queue_delete(queue)
    limited.exchange_delete(exchange)


@pytest.mark.parametrize('operation, access', [
    (lambda channel, queue: channel.queue_declare(queue, durable=True), 'configure'),
    (lambda channel, queue: channel.queue_delete(queue), 'configure'),
    (lambda channel, queue: channel.queue_purge(queue), 'read'),
    (lambda channel, queue: channel.basic_get(queue), 'read'),
    (lambda channel, queue: channel.basic_consume(queue, print), 'read'),
    (lambda channel, queue: channel.queue_bind(queue, 'amq.direct', 'k'), 'write'),
    (lambda channel, queue: channel.queue_unbind(queue, 'amq.direct', 'k'), 'write'),
], ids=['declare', 'delete', 'purge', 'get', 'consume', 'bind', 'unbind'])
def test_refuses_on_a_queue(limited, queue, operation, access):
    with channel_refusal(403, refused(access, queue_in(queue))):
        operation(limited, queue)


def test_refuses_to_create_a_queue(limited, name):
    queue = name()
    with channel_refusal(403, refused('configure', queue_in(queue))):
        limited.queue_declare(queue)


def test_refuses_a_server_named_queue(limited):
    with channel_refusal(403, re.compile(rf"ACCESS_REFUSED - (configure )?access to queue 'amq\.gen-.*' in vhost "
                                         rf"'{re.escape(target.VHOST)}' refused for user '{USER}'")):
        limited.queue_declare('', exclusive=True)


@pytest.mark.parametrize('operation, access', [
    (lambda channel, exchange, _: channel.exchange_declare(exchange), 'configure'),
    (lambda channel, exchange, _: channel.exchange_delete(exchange), 'configure'),
    (lambda channel, exchange, own: channel.queue_bind(own, exchange, 'k'), 'read'),
    (lambda channel, exchange, own: channel.queue_unbind(own, exchange, 'k'), 'read'),
], ids=['declare', 'delete', 'bind', 'unbind'])
def test_refuses_on_an_exchange(limited, channel, name, own, operation, access):
    exchange, queue = name('x'), own()
    channel.exchange_declare(exchange)
    limited.queue_declare(queue)
    with channel_refusal(403, refused(access, exchange_in(exchange))):
        operation(limited, exchange, queue)


@pytest.mark.parametrize('exchange, shown', [('amq.direct', 'amq.direct'), ('amq.topic', 'amq.topic'),
                                             ('', 'amq.default')])
def test_refuses_a_publish_to(limited, exchange, shown):
    limited.confirm_delivery()
    with channel_refusal(403, refused('write', exchange_in(shown))):
        limited.basic_publish(exchange, 'key', b'x')


@pytest.mark.parametrize('direction', ['source', 'destination'])
def test_refuses_to_bind_an_exchange_that_may_not_be_used_as(limited, channel, name, own, direction):
    mine, other = own(), name('x')
    limited.exchange_declare(mine)
    channel.exchange_declare(other)
    access = 'read' if direction == 'source' else 'write'
    with channel_refusal(403, refused(access, exchange_in(other))):
        if direction == 'source':
            limited.exchange_bind(mine, other)
        else:
            limited.exchange_bind(other, mine)


def test_refuses_a_dead_letter_exchange_that_may_not_be_written(limited, own, name):
    exchange = name('x')
    with channel_refusal(403, refused('write', exchange_in(exchange))):
        limited.queue_declare(own(), arguments={'x-dead-letter-exchange': exchange})


def test_refuses_an_alternate_exchange_that_may_not_be_written(limited, own, name):
    exchange = name('x')
    with channel_refusal(403, refused('write', exchange_in(exchange))):
        limited.exchange_declare(own(), arguments={'alternate-exchange': exchange})


def test_keeps_the_connection_after_a_refusal(connect, name, own):
    connection = connect(target.LIMITED)
    queue = name()
    with channel_refusal(403, refused('configure', queue_in(queue))):
        connection.channel().queue_declare(queue)
    connection.channel().queue_declare(own())

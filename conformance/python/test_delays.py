"""Delayed messages: exchanges of type x-delayed-message, and the header x-ferry-delay at any exchange.

The former is a plug-in of RabbitMQ that Debian does not package, the latter is FerryMQ's own.
"""
import decimal
import itertools
import time

import pika
import pytest

import target
from expectations import channel_refusal, depth, drain, eventually, get_within
from wire import Wire

DELAY_MILLIS = 400
EARLY_MILLIS = 5  # The clocks of client and broker tick in milliseconds.


def product():
    wire = Wire(target.MAIN.host, target.MAIN.port)
    try:
        properties = wire.greet().server_properties
        return str(properties.get('information', '')) + str(properties.get('product', ''))
    except (OSError, AssertionError):
        return ''
    finally:
        wire.close()


pytestmark = pytest.mark.skipif('Ferry' not in product(), reason='RabbitMQ has no delays without a plug-in')


@pytest.fixture
def delayed(channel, name):
    """Declares an exchange that delays and then routes as another type does."""
    def delayed(routing_type='direct', **arguments):
        exchange = name('delayed')
        channel.exchange_declare(exchange, 'x-delayed-message', durable=True,
                                 arguments={'x-delayed-type': routing_type, **arguments})
        return exchange

    return delayed


def publish(channel, exchange, key, body=b'x', mandatory=False, **headers):
    names = {name.replace('_', '-'): value for name, value in headers.items()}
    channel.basic_publish(exchange, key, body, pika.BasicProperties(headers=names, delivery_mode=2), mandatory)


def assert_comes_after(channel, queue, millis, begin):
    method, properties, body = get_within(channel, queue)
    waited = time.monotonic() - begin
    assert waited >= (millis - EARLY_MILLIS) / 1000
    return method, properties, body


def within_the_delay(act):
    """Calls act(delay) until it takes no longer than its delay, which grows; if it does, calls what it returns."""
    for delay in (DELAY_MILLIS, 4 * DELAY_MILLIS, 16 * DELAY_MILLIS):
        begin = time.monotonic()
        undo = act(delay)
        if time.monotonic() - begin < delay / 1000:
            return delay
        undo()
    raise AssertionError('the broker takes seconds for a few requests')


def test_routes_a_message_when_its_delay_is_over(channel, queue, delayed):
    exchange = delayed()
    channel.queue_bind(queue, exchange, 'key')
    channel.confirm_delivery()
    begin = time.monotonic()
    publish(channel, exchange, 'key', b'later', x_delay=DELAY_MILLIS)
    method, properties, body = assert_comes_after(channel, queue, DELAY_MILLIS, begin)
    assert (body, method.exchange, method.routing_key) == (b'later', exchange, 'key')


def test_shows_the_delay_negated_when_it_is_over(channel, queue, delayed):
    exchange = delayed()
    channel.queue_bind(queue, exchange, 'key')
    publish(channel, exchange, 'key', x_delay=50, other='kept')
    _, properties, _ = get_within(channel, queue)
    assert properties.headers == {'x-delay': -50, 'other': 'kept'}


def test_does_not_delay_again_what_a_consumer_sends_on(channel, queue, delayed):
    exchange = delayed()
    channel.queue_bind(queue, exchange, 'key')
    publish(channel, exchange, 'key', x_delay=50)
    _, properties, body = get_within(channel, queue)
    channel.basic_publish(exchange, 'key', body, properties)
    assert get_within(channel, queue)


@pytest.mark.parametrize('headers', [{}, {'x_delay': 0}, {'x_delay': -5_000}, {'x_delay': 'soon'}])
def test_routes_at_once_what_asks_for_no_delay(channel, queue, delayed, headers):
    exchange = delayed()
    channel.queue_bind(queue, exchange, 'key')
    publish(channel, exchange, 'key', **headers)
    eventually(lambda: depth(channel, queue) == 1)


@pytest.mark.parametrize('delay', [100, decimal.Decimal(100), '100'])
def test_takes_a_delay_of_any_type_that_is_a_number(channel, queue, delayed, delay):
    exchange = delayed()
    channel.queue_bind(queue, exchange, 'key')
    begin = time.monotonic()
    publish(channel, exchange, 'key', x_delay=delay)
    assert_comes_after(channel, queue, 100, begin)


def test_orders_by_due_time_and_then_by_publishing(channel, queue, delayed):
    exchange = delayed('fanout')
    channel.queue_bind(queue, exchange, '')
    channel.confirm_delivery()
    due = {}  # The time of each is between the two: on a slow machine they may overlap.
    for body, delay in ((b'd', 900), (b'c', 600), (b'a', 1), (b'b', 300)):
        begin = time.monotonic()
        publish(channel, exchange, '', body, x_delay=delay)
        due[body] = begin + delay / 1000, time.monotonic() + delay / 1000
    eventually(lambda: depth(channel, queue) == 4)
    came = drain(channel, queue)
    assert sorted(came) == [b'a', b'b', b'c', b'd']
    assert not [(first, then) for first, then in itertools.combinations(came, 2) if due[then][1] < due[first][0]]


@pytest.mark.parametrize('routing_type, binding, arguments, key', [
    ('direct', 'a.b', {}, 'a.b'), ('topic', 'a.*', {}, 'a.b'), ('fanout', '', {}, 'any'),
    ('headers', '', {'x-match': 'all', 'colour': 'red'}, ''), ('x-consistent-hash', '1', {}, 'any')])
def test_routes_as_the_delayed_type_says(channel, queue, delayed, routing_type, binding, arguments, key):
    exchange = delayed(routing_type)
    channel.queue_bind(queue, exchange, binding, arguments)
    publish(channel, exchange, key, x_delay=30, colour='red')
    assert get_within(channel, queue)


def test_uses_the_bindings_of_the_time_when_it_is_due(channel, queue, delayed):
    exchange = delayed()
    channel.confirm_delivery()

    def publish_and_bind(delay):
        publish(channel, exchange, 'key', x_delay=delay)
        channel.queue_bind(queue, exchange, 'key')
        return lambda: channel.queue_unbind(queue, exchange, 'key')

    within_the_delay(publish_and_bind)
    assert get_within(channel, queue)


def test_does_not_return_a_mandatory_message_that_waits(channel, delayed):
    channel.confirm_delivery()
    publish(channel, delayed(), 'nobody', mandatory=True, x_delay=50)  # A return would raise UnroutableError.


def test_drops_what_its_exchange_held_when_that_is_deleted(channel, queue, delayed):
    exchange = delayed()
    channel.confirm_delivery()

    def publish_and_delete(delay):
        channel.exchange_declare(exchange, 'x-delayed-message', durable=True, arguments={'x-delayed-type': 'direct'})
        channel.queue_bind(queue, exchange, 'key')
        publish(channel, exchange, 'key', x_delay=delay)
        channel.exchange_delete(exchange)
        return lambda: channel.queue_purge(queue)

    delay = within_the_delay(publish_and_delete)
    channel.exchange_declare(exchange, 'x-delayed-message', durable=True, arguments={'x-delayed-type': 'direct'})
    channel.queue_bind(queue, exchange, 'key')
    publish(channel, exchange, 'key', b'marker', x_delay=2 * delay)
    assert get_within(channel, queue)[2] == b'marker'


def test_counts_the_expiration_from_when_it_is_routed(channel, queue, name, delayed):
    exchange, expiring = delayed(), name()
    channel.queue_declare(expiring, arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue})
    channel.queue_bind(expiring, exchange, 'key')
    begin = time.monotonic()
    channel.basic_publish(exchange, 'key', b'x', pika.BasicProperties(headers={'x-delay': 300}, expiration='200'))
    _, properties, _ = assert_comes_after(channel, queue, 300 + 200, begin)
    assert properties.headers['x-death'][0]['reason'] == 'expired'


def test_delays_only_the_way_through_the_exchange_that_delays(channel, queue, name, delayed):
    exchange, front, direct = delayed('fanout'), name('front'), name()
    channel.exchange_declare(front, 'fanout')
    channel.queue_declare(direct)
    channel.queue_bind(direct, front)
    channel.queue_bind(queue, exchange)
    channel.exchange_bind(exchange, front)
    begin = time.monotonic()
    publish(channel, front, 'key', x_delay=DELAY_MILLIS)
    assert get_within(channel, direct)
    assert_comes_after(channel, queue, DELAY_MILLIS, begin)
    assert depth(channel, direct) == 0


def test_refuses_an_exchange_that_does_not_say_how_to_route(connection, name):
    for arguments in ({}, {'x-delayed-type': 'no-such-type'}, {'x-delayed-type': 5}):
        with channel_refusal(406, "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange type"):
            connection.channel().exchange_declare(name(), 'x-delayed-message', arguments=arguments)
    with channel_refusal(
            406, "PRECONDITION_FAILED - Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'"):
        connection.channel().exchange_declare(
            name(), 'x-delayed-message', arguments={'x-delayed-type': 'x-delayed-message'})


def test_delays_at_any_exchange_what_asks_for_that(channel, queue):
    channel.confirm_delivery()
    begin = time.monotonic()
    publish(channel, '', queue, x_ferry_delay=DELAY_MILLIS)
    _, properties, _ = assert_comes_after(channel, queue, DELAY_MILLIS, begin)
    assert properties.headers == {'x-ferry-delay': -DELAY_MILLIS}


def test_ignores_x_delay_at_other_exchanges(channel, queue):
    publish(channel, '', queue, x_delay=60_000)
    _, properties, _ = get_within(channel, queue)
    assert properties.headers == {'x-delay': 60_000}


def test_takes_delays_of_many_years(channel, queue):
    channel.confirm_delivery()
    for delay in (2**32, 2**40, 2**62):
        publish(channel, '', queue, x_ferry_delay=delay)
    publish(channel, '', queue, b'marker', x_ferry_delay=50)
    assert get_within(channel, queue)[2] == b'marker'
    assert depth(channel, queue) == 0


def test_delays_what_a_transaction_commits(channel, queue):
    channel.tx_select()
    publish(channel, '', queue, x_ferry_delay=100)
    channel.tx_commit()
    assert depth(channel, queue) == 0
    channel.tx_rollback()
    assert get_within(channel, queue)

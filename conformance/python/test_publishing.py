"""basic.publish, publisher confirms and returns; what is refused, and when the publisher hears of it."""
import random
import re

import pika
import pytest

import target
from expectations import channel_refusal, depth, eventually, exchange_in, get_within
from wire import BODY, HEADER, encode_header


def read_confirms(wire, channel, wanted):
    """Sequence numbers in the order in which they were confirmed, `multiple` resolved."""
    confirmed, outstanding = [], list(range(1, wanted + 1))
    while outstanding:
        ack = wire.expect(channel, 'basic.ack')
        settled = [seq for seq in outstanding if seq <= ack.delivery_tag] if ack.multiple else [ack.delivery_tag]
        assert set(settled) <= set(outstanding), f'{ack} confirms what was confirmed before or never published'
        outstanding = [seq for seq in outstanding if seq not in settled]
        confirmed += settled
    return confirmed


# -- confirms ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('properties', [{}, {'delivery_mode': 2}], ids=['transient', 'persistent'])
def test_confirms_every_publish_exactly_once(wire, queue, properties):
    wire.call(1, 'confirm.select')
    for _ in range(500):
        wire.publish(1, '', queue, b'x', properties)
    assert sorted(read_confirms(wire, 1, 500)) == list(range(1, 501))


def test_counts_confirms_from_1_at_confirm_select_and_not_from_the_first_publish(wire, queue):
    wire.publish(1, '', queue, b'before')
    wire.call(1, 'confirm.select')
    wire.publish(1, '', queue, b'after')
    assert wire.expect(1, 'basic.ack').delivery_tag == 1


def test_goes_on_counting_after_a_second_confirm_select(wire, queue):
    wire.call(1, 'confirm.select')
    wire.publish(1, '', queue, b'x')
    assert wire.expect(1, 'basic.ack').delivery_tag == 1
    wire.call(1, 'confirm.select')
    wire.publish(1, '', queue, b'x')
    assert wire.expect(1, 'basic.ack').delivery_tag == 2


def test_counts_confirms_for_each_channel_apart(dial, queue):
    wire = dial().open(target.MAIN, channels=2)
    for channel in (1, 2):
        wire.call(channel, 'confirm.select')
        for expected in (1, 2):
            wire.publish(channel, '', queue, b'x')
            assert wire.expect(channel, 'basic.ack').delivery_tag == expected


def test_confirms_what_reaches_no_queue(wire, name):
    wire.call(1, 'confirm.select')
    wire.publish(1, '', name(), b'x')
    assert wire.expect(1, 'basic.ack').delivery_tag == 1


def test_confirms_only_what_is_in_the_queue_already(wire, queue):
    wire.call(1, 'confirm.select')
    for count in range(1, 21):
        wire.publish(1, '', queue, b'x', {'delivery_mode': 2})
        wire.expect(1, 'basic.ack')
        assert wire.call(1, 'queue.declare', queue=queue, passive=True).message_count == count


def test_confirms_once_what_goes_to_many_queues(wire, name):
    exchange = name('x')
    wire.call(1, 'exchange.declare', exchange=exchange, type='fanout')
    for _ in range(10):
        queue = name()
        wire.call(1, 'queue.declare', queue=queue, durable=True)
        wire.call(1, 'queue.bind', queue=queue, exchange=exchange)
    wire.call(1, 'confirm.select')
    for _ in range(20):
        wire.publish(1, exchange, '', b'x', {'delivery_mode': 2})
    assert sorted(read_confirms(wire, 1, 20)) == list(range(1, 21))


def test_keeps_the_order_of_publishing(channel, queue):
    for number in range(1000):
        channel.basic_publish('', queue, b'%d' % number)
    eventually(lambda: depth(channel, queue) == 1000)
    assert [channel.basic_get(queue, auto_ack=True)[2] for _ in range(1000)] == [b'%d' % n for n in range(1000)]


# -- returns ----------------------------------------------------------------------------------------------------------

def test_returns_a_mandatory_message_that_reaches_no_queue_before_it_confirms_it(wire, name):
    wire.call(1, 'confirm.select')
    key = name()
    wire.publish(1, 'amq.direct', key, b'lost', {'message_id': 'm'}, mandatory=True)
    returned = wire.expect_content(1, 'basic.return')
    assert (returned.method.reply_code, returned.method.reply_text) == (312, 'NO_ROUTE')
    assert (returned.method.exchange, returned.method.routing_key) == ('amq.direct', key)
    assert (returned.properties, returned.body) == ({'message_id': 'm'}, b'lost')
    assert wire.expect(1, 'basic.ack').delivery_tag == 1


def test_returns_mandatory_messages_without_confirms_too(wire, name, queue):
    wire.publish(1, '', queue, b'routed', mandatory=True)
    wire.publish(1, '', name(), b'lost', mandatory=True)
    assert wire.expect_content(1, 'basic.return').body == b'lost'


def test_returns_a_mandatory_message_with_its_BCC_header_removed_or_not_but_with_its_body(wire, name):
    wire.publish(1, '', name(), b'lost', {'headers': {'BCC': [name()], 'own': 'x'}}, mandatory=True)
    returned = wire.expect_content(1, 'basic.return')
    assert (returned.body, returned.properties['headers']['own']) == (b'lost', 'x')


def test_returns_a_mandatory_message_whose_only_queue_was_deleted(wire, name):
    queue = name()
    wire.call(1, 'queue.declare', queue=queue)
    wire.call(1, 'queue.bind', queue=queue, exchange='amq.direct', routing_key=queue)
    wire.call(1, 'queue.delete', queue=queue)
    wire.publish(1, 'amq.direct', queue, b'lost', mandatory=True)
    wire.expect_content(1, 'basic.return')


def test_returns_nothing_that_an_exchange_to_exchange_binding_routes(channel, queue, name):
    source, destination = name('x'), name('x')
    for exchange in (source, destination):
        channel.exchange_declare(exchange, 'fanout')
    channel.exchange_bind(destination, source)
    channel.confirm_delivery()
    with pytest.raises(pika.exceptions.UnroutableError):
        channel.basic_publish(source, '', b'x', mandatory=True)
    channel.queue_bind(queue, destination)
    channel.basic_publish(source, '', b'x', mandatory=True)


# -- refusals ---------------------------------------------------------------------------------------------------------

def test_closes_the_channel_later_for_a_publish_to_a_missing_exchange(wire, name):
    exchange = name('x')
    wire.publish(1, exchange, 'key', b'x')
    closed = wire.expect(1, 'channel.close')
    assert (closed.reply_code, closed.reply_text) == (404, f'NOT_FOUND - no {exchange_in(exchange)}')
    assert (closed.class_id, closed.method_id) == (60, 40)


def test_confirms_nothing_that_was_published_after_the_refused_publish(wire, queue, name):
    wire.call(1, 'confirm.select')
    wire.publish(1, '', queue, b'before')
    wire.expect(1, 'basic.ack')
    wire.publish(1, name('x'), 'key', b'refused')
    wire.publish(1, '', queue, b'after')
    assert wire.expect(1, 'channel.close').reply_code == 404
    wire.send(1, 'channel.close-ok')
    wire.call(1, 'channel.open')
    assert wire.call(1, 'queue.declare', queue=queue, passive=True).message_count == 1


def test_refuses_immediate_with_540_and_closes_the_connection(wire, queue):
    wire.publish(1, '', queue, b'x', immediate=True)
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (540, 'NOT_IMPLEMENTED - immediate=true')
    assert (closed.class_id, closed.method_id) == (60, 40)


def test_refuses_a_user_id_that_is_not_the_login(channel, queue):
    channel.confirm_delivery()
    with channel_refusal(406, "PRECONDITION_FAILED - user_id property set to 'somebody' but authenticated user was "
                              f"'{target.MAIN.user}'"):
        channel.basic_publish('', queue, b'x', pika.BasicProperties(user_id='somebody'))


def test_accepts_a_user_id_that_is_the_login(channel, queue):
    channel.confirm_delivery()
    channel.basic_publish('', queue, b'x', pika.BasicProperties(user_id=target.MAIN.user))
    assert channel.basic_get(queue, auto_ack=True)[1].user_id == target.MAIN.user


@pytest.mark.parametrize('expiration', ['soon', '-1', '1.5', '', '10 s', '99999999999999'])
def test_refuses_an_expiration_that_is_no_number_of_milliseconds(channel, queue, expiration):
    channel.confirm_delivery()
    with channel_refusal(406, re.compile(f"PRECONDITION_FAILED - invalid expiration '{expiration}': .*", re.S)):
        channel.basic_publish('', queue, b'x', pika.BasicProperties(expiration=expiration))


def test_refuses_confirms_on_a_transactional_channel_and_transactions_on_a_confirming_one(connection):
    channel = connection.channel()
    channel.tx_select()
    with channel_refusal(406, 'PRECONDITION_FAILED - cannot switch from tx to confirm mode'):
        channel.confirm_delivery()
    channel = connection.channel()
    channel.confirm_delivery()
    with channel_refusal(406, 'PRECONDITION_FAILED - cannot switch from confirm to tx mode'):
        channel.tx_select()


# -- large bodies -----------------------------------------------------------------------------------------------------

def test_carries_15_million_octets_over_many_frames(wire, name):
    queue, body = name(), random.Random(15).randbytes(15_000_000)
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    wire.publish(1, '', queue, body, {'delivery_mode': 2})
    wire.send(1, 'basic.get', queue=queue, no_ack=True)
    assert wire.expect_content(1, 'basic.get-ok').body == body


def test_carries_20_million_octets_or_refuses_them_as_too_large(wire, name):
    """The limit is 128 MiB in RabbitMQ 3.10 and 16 MiB from 4.0."""
    queue, size = name(), 20_000_000
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    wire.call(1, 'confirm.select')
    try:
        wire.publish(1, '', queue, bytes(size))
    except ConnectionError:
        pass
    answer = wire.read_method()
    if answer.name == 'basic.ack':
        wire.send(1, 'basic.get', queue=queue, no_ack=True)
        assert len(wire.expect_content(1, 'basic.get-ok').body) == size
    else:
        assert answer.name == 'channel.close' and answer.reply_code == 406
        assert re.fullmatch(rf'PRECONDITION_FAILED - message size {size} is larger than configured max size \d+',
                            answer.reply_text)


def test_keeps_publishes_of_other_connections_flowing_while_a_large_body_comes_in_halves(wire, queue, channel):
    body = bytes(1_000_000)
    wire.send(1, 'basic.publish', exchange='', routing_key=queue)
    wire.send_frame(HEADER, 1, encode_header(len(body), {}))
    halves = [body[at:at + 100_000] for at in range(0, len(body), 100_000)]
    for piece in halves[:5]:
        wire.send_frame(BODY, 1, piece)
    channel.confirm_delivery()
    channel.basic_publish('', queue, b'overtakes')
    for piece in halves[5:]:
        wire.send_frame(BODY, 1, piece)
    assert get_within(channel, queue)[2] == b'overtakes'
    assert get_within(channel, queue)[2] == body

"""basic.ack, nack, reject and recover; where a returned message goes and how it is marked."""
import pika
import pytest

import target
from expectations import channel_refusal, connection_refusal, depth, eventually, get_within
from wire import METHOD, decode_method


def fill(channel, queue, count):
    channel.confirm_delivery()
    for number in range(count):
        channel.basic_publish('', queue, b'%d' % number)


def get_all(channel, queue, count):
    """So many basic.get without acknowledgement; the delivery tags."""
    return [channel.basic_get(queue)[0].delivery_tag for _ in range(count)]


def contents(channel, queue, count):
    """Bodies with redelivered flags once so many messages are ready."""
    eventually(lambda: depth(channel, queue) == count)
    got = [channel.basic_get(queue, auto_ack=True) for _ in range(count)]
    return [(body.decode(), method.redelivered) for method, _, body in got]


@pytest.fixture(params=['classic', 'quorum'])
def either(request, channel, name):
    """A queue of each type that promises these things."""
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-queue-type': request.param})
    return queue


# -- settling ---------------------------------------------------------------------------------------------------------

def test_forgets_what_is_acknowledged(connect, either):
    first = connect()
    channel = first.channel()
    fill(channel, either, 3)
    tags = get_all(channel, either, 3)
    channel.basic_ack(tags[1])
    first.close()
    assert contents(connect().channel(), either, 2) == [('0', True), ('2', True)]


def test_acknowledges_everything_up_to_a_tag_with_multiple(connect, either):
    first = connect()
    channel = first.channel()
    fill(channel, either, 4)
    channel.basic_ack(get_all(channel, either, 4)[2], multiple=True)
    first.close()
    assert contents(connect().channel(), either, 1) == [('3', True)]


def test_acknowledges_everything_with_tag_0_and_multiple(connect, either):
    first = connect()
    channel = first.channel()
    fill(channel, either, 3)
    get_all(channel, either, 3)
    channel.basic_ack(0, multiple=True)
    first.close()
    assert depth(connect().channel(), either) == 0


def test_takes_tag_0_with_multiple_when_nothing_is_outstanding(channel):
    channel.basic_ack(0, multiple=True)
    channel.basic_nack(0, multiple=True)
    channel.basic_qos(prefetch_count=1)


def test_leaves_the_tags_of_other_channels_alone_with_multiple(connection, either):
    one, other = connection.channel(), connection.channel()
    fill(one, either, 2)
    get_all(one, either, 1)
    get_all(other, either, 1)
    one.basic_ack(0, multiple=True)
    other.close()
    assert contents(one, either, 1) == [('1', True)]


@pytest.mark.parametrize('settle', [
    lambda channel, tag: channel.basic_ack(tag), lambda channel, tag: channel.basic_reject(tag),
    lambda channel, tag: channel.basic_nack(tag), lambda channel, tag: channel.basic_ack(tag, multiple=True),
], ids=['ack', 'reject', 'nack', 'ack multiple'])
def test_refuses_an_unknown_delivery_tag(channel, settle):
    with channel_refusal(406, 'PRECONDITION_FAILED - unknown delivery tag 7'):
        settle(channel, 7)
        channel.basic_qos(prefetch_count=1)


def test_refuses_tag_0_without_multiple(channel):
    with channel_refusal(406, 'PRECONDITION_FAILED - unknown delivery tag 0'):
        channel.basic_ack(0)
        channel.basic_qos(prefetch_count=1)


def test_refuses_a_second_acknowledgement(channel, either):
    fill(channel, either, 1)
    tag, = get_all(channel, either, 1)
    channel.basic_ack(tag)
    with channel_refusal(406, f'PRECONDITION_FAILED - unknown delivery tag {tag}'):
        channel.basic_ack(tag)
        channel.basic_qos(prefetch_count=1)


def test_refuses_to_acknowledge_what_was_delivered_without_acknowledgement(channel, queue):
    fill(channel, queue, 1)
    tag = channel.basic_get(queue, auto_ack=True)[0].delivery_tag
    with channel_refusal(406, f'PRECONDITION_FAILED - unknown delivery tag {tag}'):
        channel.basic_ack(tag)
        channel.basic_qos(prefetch_count=1)


def test_refuses_to_acknowledge_on_another_channel(connection, either):
    one, other = connection.channel(), connection.channel()
    fill(one, either, 1)
    tag, = get_all(one, either, 1)
    with channel_refusal(406, f'PRECONDITION_FAILED - unknown delivery tag {tag}'):
        other.basic_ack(tag)
        other.basic_qos(prefetch_count=1)
    one.basic_ack(tag)


@pytest.mark.parametrize('discard', ['reject', 'nack'])
def test_drops_what_is_refused_without_requeue(channel, either, discard):
    fill(channel, either, 1)
    tag, = get_all(channel, either, 1)
    getattr(channel, f'basic_{discard}')(tag, requeue=False)
    assert channel.basic_get(either) == (None, None, None)


# -- returning --------------------------------------------------------------------------------------------------------

def test_returns_a_message_to_its_original_place_in_a_classic_queue(channel, queue):
    fill(channel, queue, 5)
    tags = get_all(channel, queue, 3)
    channel.basic_reject(tags[1], requeue=True)
    eventually(lambda: depth(channel, queue) == 3)
    channel.basic_nack(tags[2], requeue=True)
    channel.basic_nack(tags[0], requeue=True)
    assert contents(channel, queue, 5) == [('0', True), ('1', True), ('2', True), ('3', False), ('4', False)]


def test_returns_several_with_nack_multiple_in_their_original_order(channel, queue):
    fill(channel, queue, 6)
    tags = get_all(channel, queue, 4)
    channel.basic_nack(tags[2], multiple=True, requeue=True)
    assert contents(channel, queue, 5) == [('0', True), ('1', True), ('2', True), ('4', False), ('5', False)]


def test_returns_everything_to_a_quorum_queue_with_nack_multiple(channel, name):
    """A quorum queue puts returned messages before the waiting ones or behind them, but keeps their own order."""
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-queue-type': 'quorum'})
    fill(channel, queue, 4)
    channel.basic_nack(get_all(channel, queue, 2)[1], multiple=True, requeue=True)
    got = contents(channel, queue, 4)
    assert [item for item in got if item[1]] == [('0', True), ('1', True)]
    assert [item for item in got if not item[1]] == [('2', False), ('3', False)]


@pytest.mark.parametrize('ending', ['channel', 'connection', 'socket'])
def test_returns_what_was_not_acknowledged_when_the(connect, dial, either, ending, channel):
    fill(channel, either, 3)
    wire = dial().open(target.MAIN)
    wire.call(1, 'basic.qos', prefetch_count=2)
    wire.call(1, 'basic.consume', queue=either)
    for _ in range(2):
        wire.expect_content(1, 'basic.deliver')
    if ending == 'channel':
        wire.call(1, 'channel.close', reply_code=200)
    elif ending == 'connection':
        wire.call(0, 'connection.close', reply_code=200)
    else:
        wire.close()
    got = contents(channel, either, 3)
    assert sorted(got) == [('0', True), ('1', True), ('2', False)]


def test_marks_only_what_was_delivered_before_as_redelivered(channel, either, collect):
    fill(channel, either, 1)
    consumer = collect(channel, either)
    assert not consumer.wait_for(1)[0].redelivered
    channel.basic_reject(consumer.deliveries[0].tag, requeue=True)
    assert consumer.wait_for(2)[1].redelivered
    assert consumer.deliveries[1].tag > consumer.deliveries[0].tag


def test_keeps_properties_and_headers_through_a_return(channel, either):
    sent = pika.BasicProperties(message_id='m', headers={'a': 1}, priority=3)
    channel.confirm_delivery()
    channel.basic_publish('', either, b'x', sent)
    channel.basic_nack(get_all(channel, either, 1)[0], requeue=True)
    received = get_within(channel, either)[1]
    assert (received.message_id, received.headers['a'], received.priority) == ('m', 1, 3)


# -- recover ----------------------------------------------------------------------------------------------------------

def test_redelivers_what_is_not_acknowledged_on_recover(wire, queue, channel):
    fill(channel, queue, 2)
    wire.call(1, 'basic.consume', queue=queue)
    for _ in range(2):
        assert not wire.expect_content(1, 'basic.deliver').method.redelivered
    wire.send(1, 'basic.recover', requeue=True)
    tags, answered = [], False
    while len(tags) < 2 or not answered:  # The answer and the deliveries may come in any order.
        frame = wire.read_frame()
        if frame.type == METHOD:
            method = decode_method(frame)
            if method.name == 'basic.recover-ok':
                answered = True
            else:
                assert method.name == 'basic.deliver' and method.redelivered
                tags.append(method.delivery_tag)
    assert tags == [3, 4]


def test_recovers_to_the_queue_what_was_read_with_get(channel, queue):
    fill(channel, queue, 2)
    get_all(channel, queue, 2)
    channel.basic_recover(requeue=True)
    assert contents(channel, queue, 2) == [('0', True), ('1', True)]


def test_answers_nothing_to_recover_async(wire, queue, channel):
    fill(channel, queue, 1)
    wire.send(1, 'basic.get', queue=queue)
    wire.expect_content(1, 'basic.get-ok')
    wire.send(1, 'basic.recover-async', requeue=True)
    wire.call(1, 'basic.qos')  # Its answer is the next method: recover-async has none.
    assert get_within(channel, queue)[0].redelivered


def test_refuses_recover_without_requeue_with_540(channel):
    with connection_refusal(540, 'NOT_IMPLEMENTED - requeue=false'):
        channel.basic_recover(requeue=False)

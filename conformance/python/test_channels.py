"""Channels: opening, closing, counting; flow; and that nobody waits for a reader who does not read."""
import pytest

import target
from expectations import depth, eventually, get_within
from wire import METHOD, encode_frame, encode_method


def test_refuses_to_open_a_channel_twice_with_504(wire):
    wire.send(1, 'channel.open')
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (504, "CHANNEL_ERROR - second 'channel.open' seen")
    assert (closed.class_id, closed.method_id) == (20, 10)


def test_opens_a_closed_channel_again(wire):
    for _ in range(3):
        wire.call(1, 'channel.close', reply_code=200, reply_text='done')
        wire.call(1, 'channel.open')


def test_starts_delivery_tags_and_confirms_anew_on_a_channel_that_was_opened_again(wire, queue):
    for _ in range(2):
        wire.call(1, 'confirm.select')
        wire.publish(1, '', queue, b'x')
        assert wire.expect(1, 'basic.ack').delivery_tag == 1
        wire.send(1, 'basic.get', queue=queue, no_ack=True)
        assert wire.expect_content(1, 'basic.get-ok').method.delivery_tag == 1
        wire.call(1, 'channel.close', reply_code=200)
        wire.call(1, 'channel.open')


def test_ignores_methods_on_a_channel_that_it_has_closed_until_close_ok(wire, queue, name, channel):
    wire.send(1, 'basic.ack', delivery_tag=99)
    wire.publish(1, '', queue, b'ignored')
    wire.send(1, 'queue.declare', queue=name('ignored'))
    assert wire.expect(1, 'channel.close').reply_code == 406
    wire.publish(1, '', queue, b'ignored too')
    wire.send(1, 'channel.close-ok')
    wire.call(1, 'channel.open')
    assert depth(channel, queue) == 0


def test_takes_a_close_from_both_sides_at_once(wire):
    wire.send_bytes(encode_frame(METHOD, 1, encode_method('basic.ack', delivery_tag=99))
                    + encode_frame(METHOD, 1, encode_method('channel.close', reply_code=200)))
    names = {wire.read_method().name, wire.read_method().name}
    assert names == {'channel.close', 'channel.close-ok'}
    wire.send(1, 'channel.close-ok')
    wire.call(1, 'channel.open')


def test_refuses_more_channels_than_were_negotiated_with_530(dial):
    wire = dial().open(target.MAIN, channels=3, channel_max=3)
    wire.send(4, 'channel.open')
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (
        530, 'NOT_ALLOWED - number of channels opened (3) has reached the negotiated channel_max (3)')


def test_opens_as_many_channels_as_were_negotiated_again_after_closing_them(dial):
    wire = dial().open(target.MAIN, channels=3, channel_max=3)
    for channel in (3, 1, 2):
        wire.call(channel, 'channel.close', reply_code=200)
        wire.call(channel, 'channel.open')


def test_serves_1000_channels_of_one_connection(dial, queue):
    wire = dial().open(target.MAIN, channels=1000)
    for channel in range(1, 1001):
        wire.call(channel, 'confirm.select')
    for channel in range(1, 1001):
        wire.publish(channel, '', queue, b'%d' % channel)
    confirmed = {wire.read_method().channel for _ in range(1000)}
    assert confirmed == set(range(1, 1001))
    assert wire.call(1000, 'queue.declare', queue=queue, passive=True).message_count == 1000


def test_serves_100_connections(dial, queue):
    wires = [dial().open(target.MAIN) for _ in range(100)]
    for wire in wires:
        wire.call(1, 'confirm.select')
        wire.publish(1, '', queue, b'x')
    for wire in wires:
        wire.expect(1, 'basic.ack')
    assert wires[0].call(1, 'queue.declare', queue=queue, passive=True).message_count == 100


def test_answers_flow_on(wire):
    assert wire.call(1, 'channel.flow', active=True).active is True


def test_refuses_flow_off_with_540(wire):
    wire.send(1, 'channel.flow', active=False)
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (540, 'NOT_IMPLEMENTED - active=false')


@pytest.mark.parametrize('channel', [1, 2])
def test_holds_up_nobody_for_a_consumer_that_does_not_read(dial, connect, name, channel):
    """Neither another connection nor, with channel 2, another queue of the same publisher."""
    stuck, fresh, body = name(), name(), bytes(100_000)
    reader = dial().open(target.MAIN)
    reader.call(1, 'queue.declare', queue=stuck, durable=True)
    reader.call(1, 'basic.consume', queue=stuck, no_ack=True)  # And from now on it reads nothing.
    publisher = connect()
    flooding = publisher.channel()
    flooding.confirm_delivery()
    for _ in range(300):  # 30 MB, far more than the socket buffers hold.
        flooding.basic_publish('', stuck, body)
    other = (publisher if channel == 2 else connect()).channel()
    other.queue_declare(fresh)
    other.basic_publish('', fresh, b'passes')
    assert get_within(other, fresh)[2] == b'passes'
    for _ in range(300):  # And when it reads at last, everything is there.
        assert len(reader.expect_content(1, 'basic.deliver').body) == len(body)


def test_goes_on_when_a_consumer_that_did_not_read_is_gone(dial, channel, queue):
    reader = dial().open(target.MAIN)
    reader.call(1, 'basic.consume', queue=queue)
    channel.confirm_delivery()
    for _ in range(300):
        channel.basic_publish('', queue, bytes(100_000))
    reader.close()
    eventually(lambda: depth(channel, queue) == 300)

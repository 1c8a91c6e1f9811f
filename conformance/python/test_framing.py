"""Frames, good and bad, from a raw socket (AMQP 0-9-1, 2.3 and 4.2): what breaks a connection, and only that one."""
import random
import struct

import pytest

import target
from expectations import depth, eventually, get_within
from wire import (BODY, HEADER, HEARTBEAT, METHOD, Ended, Typed, Wire, encode_frame, encode_header, encode_method,
                  shortstr)

MANY_TYPES = {
    'bool': True, 'signed 8': Typed('b', -7), 'unsigned 8': Typed('B', 200), 'signed 16': Typed('s', -300),
    'unsigned 16': Typed('u', 60000), 'signed 32': Typed('I', -70000), 'unsigned 32': Typed('i', 4000000000),
    'signed 64': Typed('l', -1 << 40), 'float': Typed('f', 0.5), 'double': 3.141592653589793,
    'decimal': Typed('D', (2, 314)), 'timestamp': Typed('T', 1700000000), 'long string': 'grüße', 'void': None,
    'octets': b'\x00\xff', 'array': [1, 'two', [3.0, {'four': True}]], 'table': {'inner': {'innermost': 'x'}},
    'empty array': [], 'empty table': {}, 'empty string': '', '': 'an empty key',
}


def plain(value):
    if isinstance(value, Typed):
        return value.value
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def through_a_queue(wire, queue, body=b'', properties=None):
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    wire.publish(1, '', queue, body, properties)
    wire.send(1, 'basic.get', queue=queue, no_ack=True)
    return wire.expect_content(1, 'basic.get-ok')


# -- what has to come through unchanged -------------------------------------------------------------------------------

def test_carries_every_basic_property_unchanged(wire, name):
    properties = dict(content_type='text/plain', content_encoding='utf-8', headers={'k': 'v'}, delivery_mode=2,
                      priority=9, correlation_id='c-1', reply_to='r', expiration='60000', message_id='m-1',
                      timestamp=1700000000, type='kind', user_id=target.MAIN.user, app_id='app', cluster_id='cluster')
    assert through_a_queue(wire, name(), b'body', properties).properties == properties


def test_leaves_absent_properties_absent(wire, name):
    assert through_a_queue(wire, name(), b'body').properties == {}


def test_carries_empty_property_values(wire, name):
    properties = dict(content_type='', headers={}, delivery_mode=1, priority=0, correlation_id='', message_id='')
    assert through_a_queue(wire, name(), b'', properties).properties == properties


@pytest.mark.parametrize('key', MANY_TYPES, ids=repr)
def test_carries_a_header_of_type(wire, name, key):
    received = through_a_queue(wire, name(), b'', {'headers': {key: MANY_TYPES[key]}})
    assert received.properties['headers'] == {key: plain(MANY_TYPES[key])}


def test_carries_tables_nested_64_deep(wire, name):
    nested = {'bottom': 1}
    for _ in range(64):
        nested = {'down': nested}
    assert through_a_queue(wire, name(), b'', {'headers': nested}).properties['headers'] == nested


def test_survives_tables_nested_thousands_deep(wire, name):
    """Carried or refused, but answered, and the broker still lives."""
    nested = b'\0\0\0\0'
    while len(nested) < 120000:
        nested = struct.pack('>I', len(nested) + 3) + b'\x01dF' + nested
    queue = name()
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    wire.send_frame(METHOD, 1, encode_method('basic.publish', exchange='', routing_key=queue))
    wire.send_frame(HEADER, 1, struct.pack('>HHQH', 60, 0, 0, 1 << 13) + nested)
    wire.send(1, 'queue.declare', queue=queue, passive=True)
    try:
        answer = wire.read_method()
        assert answer.name == 'queue.declare-ok' or answer.reply_code in (501, 502), answer
    except Ended:
        pass


@pytest.mark.parametrize('size', [0, 1, 131071, 131072 - 8, 131072 - 7, 2 * (131072 - 8), 300000])
def test_carries_a_body_of_size(wire, name, size):
    body = random.Random(size).randbytes(size)
    assert through_a_queue(wire, name(), body).body == body


@pytest.mark.parametrize('piece', [1, 7, 4096])
def test_joins_a_body_from_frames_of_any_size(wire, name, piece):
    body = bytes(range(250)) * 4
    queue = name()
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    wire.send(1, 'basic.publish', exchange='', routing_key=queue)
    wire.send_frame(HEADER, 1, encode_header(len(body), {}))
    for at in range(0, len(body), piece):
        wire.send_frame(BODY, 1, body[at:at + piece])
    wire.send(1, 'basic.get', queue=queue, no_ack=True)
    assert wire.expect_content(1, 'basic.get-ok').body == body


def test_ignores_where_the_segments_of_the_stream_are_cut(wire, name):
    queue = name()
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    stream = (encode_frame(METHOD, 1, encode_method('basic.publish', exchange='', routing_key=queue))
              + encode_frame(HEADER, 1, encode_header(5, {'message_id': 'm'})) + encode_frame(BODY, 1, b'ab')
              + encode_frame(BODY, 1, b'cde') + encode_frame(HEARTBEAT, 0, b'')
              + encode_frame(METHOD, 1, encode_method('basic.get', queue=queue, no_ack=True)))
    for octet in stream:
        wire.send_bytes(bytes([octet]))
    assert wire.expect_content(1, 'basic.get-ok').body == b'abcde'


def test_takes_many_frames_in_one_write(wire, name):
    queue = name()
    wire.call(1, 'queue.declare', queue=queue, exclusive=True)
    one = (encode_frame(METHOD, 1, encode_method('basic.publish', exchange='', routing_key=queue))
           + encode_frame(HEADER, 1, encode_header(1, {})) + encode_frame(BODY, 1, b'x'))
    wire.send_bytes(one * 2000)
    eventually(lambda: wire.call(1, 'queue.declare', queue=queue, passive=True).message_count == 2000)


def test_interleaves_the_contents_of_two_channels(dial, name):
    wire = dial().open(target.MAIN, channels=2)
    queues = {1: name(), 2: name()}
    for channel, queue in queues.items():
        wire.call(channel, 'queue.declare', queue=queue, exclusive=True)
        wire.send(channel, 'basic.publish', exchange='', routing_key=queue)
    for channel in queues:
        wire.send_frame(HEADER, channel, encode_header(2, {}))
    for half in (b'a', b'b'):
        for channel in queues:
            wire.send_frame(BODY, channel, half * 1)
    for channel, queue in queues.items():
        wire.send(channel, 'basic.get', queue=queue, no_ack=True)
        assert wire.expect_content(channel, 'basic.get-ok').body == b'ab'


def test_obeys_no_wait_by_sending_no_answer(wire, name):
    queue, exchange = name('q'), name('x')
    wire.send(1, 'queue.declare', queue=queue, no_wait=True)
    wire.send(1, 'exchange.declare', exchange=exchange, type='fanout', no_wait=True)
    wire.send(1, 'queue.bind', queue=queue, exchange=exchange, no_wait=True)
    wire.send(1, 'confirm.select', no_wait=True)
    wire.publish(1, exchange, '', b'x')
    wire.expect(1, 'basic.ack')
    wire.send(1, 'basic.consume', queue=queue, consumer_tag='c', no_ack=True, no_wait=True)
    assert wire.expect_content(1, 'basic.deliver').method.consumer_tag == 'c'
    wire.send(1, 'basic.cancel', consumer_tag='c', no_wait=True)
    wire.send(1, 'queue.purge', queue=queue, no_wait=True)
    wire.send(1, 'exchange.delete', exchange=exchange, no_wait=True)
    wire.send(1, 'queue.delete', queue=queue, no_wait=True)
    wire.call(1, 'channel.close', reply_code=200, reply_text='done')


# -- what ends the connection -----------------------------------------------------------------------------------------

def a_publish(routing_key='nowhere'):
    return encode_frame(METHOD, 1, encode_method('basic.publish', exchange='', routing_key=routing_key))


def a_header(size, class_id=60):
    return encode_frame(HEADER, 1, encode_header(size, {}, class_id))


BROKEN = {
    'a frame without its end octet': (encode_frame(METHOD, 1, encode_method('basic.qos'))[:-1] + b'\x00', {501}),
    'a frame of unknown type': (encode_frame(99, 1, b'?'), {501, 505}),
    'a frame longer than negotiated': (encode_frame(BODY, 1, bytes(140000)), {501}),
    'a content header without its method': (a_header(0), {505}),
    'a body without its header': (encode_frame(BODY, 1, b'x'), {505}),
    'a method where a content header is due': (a_publish() + encode_frame(METHOD, 1, encode_method('basic.qos')), {505}),
    'a method where a body is due': (a_publish() + a_header(3) + encode_frame(METHOD, 1, encode_method('basic.qos')), {505}),
    'a body where a content header is due': (a_publish() + encode_frame(BODY, 1, b'x'), {505}),
    'a second content header': (a_publish() + a_header(3) + a_header(3), {505}),
    'a content header of another class': (a_publish() + a_header(0, class_id=50), {505}),
    'a heartbeat on a channel': (encode_frame(HEARTBEAT, 1, b''), {505}),
    'a heartbeat with a payload': (encode_frame(HEARTBEAT, 0, b'tick'), {501, 502, 505}),
    'a class that does not exist': (encode_frame(METHOD, 1, struct.pack('>HH', 77, 10)), {501, 502, 503, 540}),
    'a method that does not exist': (encode_frame(METHOD, 1, struct.pack('>HH', 60, 99)), {501, 502, 503, 540}),
    'a method payload shorter than its ids': (encode_frame(METHOD, 1, b'\x00\x3c'), {501, 502}),
    'a method cut in its fields': (encode_frame(METHOD, 1, encode_method('queue.declare', queue='q')[:-6]), {501, 502}),
    'a short string that runs past the frame': (
        encode_frame(METHOD, 1, struct.pack('>HHH', 50, 10, 0) + b'\xffq'), {501, 502}),
    'a table that runs past the frame': (
        encode_frame(METHOD, 1, struct.pack('>HHH', 50, 10, 0) + shortstr('q') + b'\0' + struct.pack('>I', 9999)),
        {501, 502}),
    'a table value of unknown type': (
        encode_frame(METHOD, 1, struct.pack('>HHH', 50, 10, 0) + shortstr('q') + b'\0' + struct.pack('>I', 4) + b'\x01k?x'),
        {501, 502}),
    'a content header cut in its properties': (
        a_publish() + encode_frame(HEADER, 1, struct.pack('>HHQH', 60, 0, 0, 0x8000) + b'\x05ab'), {501, 502, 541}),
    'a method of the server': (encode_frame(METHOD, 1, encode_method('basic.get-empty')), {501, 503, 505, 540}),
    'a channel method on channel 0': (encode_frame(METHOD, 0, encode_method('queue.declare', queue='q')), {501, 503, 504}),
    'a connection method on a channel': (
        encode_frame(METHOD, 1, encode_method('connection.open', virtual_host='/')), {501, 503, 504, 505, 540}),
    'a channel that was not opened': (encode_frame(METHOD, 9, encode_method('basic.qos')), {504}),
    'a protocol header in the middle': (b'AMQP\x00\x00\x09\x01', {501, 505}),
    'octets of no meaning': (random.Random(1).randbytes(4096), {501, 502, 503, 504, 505}),
    'a second connection.open': (encode_frame(METHOD, 0, encode_method('connection.open', virtual_host='/')),
                                 {501, 503, 504, 530}),
}


@pytest.fixture(scope='module')
def broken():
    """Sends all of BROKEN at once, a connection for each, since RabbitMQ answers many only after three seconds."""
    wires = {}
    for what in BROKEN:
        wires[what] = Wire(target.MAIN.host, target.MAIN.port).open(target.MAIN)
    for what, (octets, _) in BROKEN.items():
        wires[what].send_bytes(octets)
    yield wires
    for wire in wires.values():
        wire.close()


@pytest.mark.parametrize('what', BROKEN)
def test_ends_a_connection_that_sends(what, broken):
    broken[what].expect_refused_connection(*BROKEN[what][1])


def test_serves_others_while_broken_connections_end(broken, queue, channel):
    channel.basic_publish('', queue, b'still here')
    assert channel.basic_get(queue, auto_ack=True)[2] == b'still here'


def test_never_enqueues_a_body_longer_than_announced(wire, queue, channel):
    """Refused by the specification (4.2.6.3: 501); RabbitMQ 3.10 keeps silent and waits for ever."""
    wire.send_bytes(a_publish(queue) + a_header(3) + encode_frame(BODY, 1, b'four'))
    wire.send(0, 'connection.close', reply_code=200, reply_text='done')
    try:
        answer = wire.read_method()
        assert answer.name == 'connection.close-ok' or answer.reply_code in (501, 505), answer
    except Ended:
        pass
    assert depth(channel, queue) == 0


def test_never_enqueues_a_message_whose_body_did_not_arrive(wire, queue, channel):
    wire.send_bytes(a_publish(queue) + a_header(3) + encode_frame(BODY, 1, b'tw'))
    wire.close()
    channel.basic_publish('', queue, b'whole')
    assert get_within(channel, queue)[2] == b'whole'
    assert depth(channel, queue) == 0


def test_forgets_a_connection_that_ends_in_the_middle_of_a_frame(dial, queue, channel):
    for length in (1, 6, 7, 20):
        wire = dial().open(target.MAIN)
        wire.send_bytes(a_publish(queue)[:length])
        wire.close()
    channel.basic_publish('', queue, b'whole')
    assert get_within(channel, queue)[2] == b'whole'

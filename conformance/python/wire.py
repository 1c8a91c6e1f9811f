"""An AMQP 0-9-1 client that hides nothing: each frame is sent and read by the test itself.

Frame layout (AMQP 0-9-1, 2.3.5): type octet, channel short, payload length long, payload, frame end 0xCE.
The method table below carries only what the tests send and read, by the names and types of the specification.
"""
import socket
import struct
import time
from collections import namedtuple
from contextlib import contextmanager

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = b'\xce'
PROTOCOL_HEADER = b'AMQP\x00\x00\x09\x01'
PATIENCE_SECONDS = 45

Frame = namedtuple('Frame', 'type channel payload')
Message = namedtuple('Message', 'method properties body')

# name: (class id, method id, fields). A field is name:type; consecutive bits share octets.
METHODS = {
    'connection.start': (10, 10, 'version_major:octet version_minor:octet server_properties:table '
                                 'mechanisms:longstr locales:longstr'),
    'connection.start-ok': (10, 11, 'client_properties:table mechanism:shortstr response:longstr locale:shortstr'),
    'connection.secure': (10, 20, 'challenge:longstr'),
    'connection.tune': (10, 30, 'channel_max:short frame_max:long heartbeat:short'),
    'connection.tune-ok': (10, 31, 'channel_max:short frame_max:long heartbeat:short'),
    'connection.open': (10, 40, 'virtual_host:shortstr reserved_1:shortstr reserved_2:bit'),
    'connection.open-ok': (10, 41, 'reserved_1:shortstr'),
    'connection.close': (10, 50, 'reply_code:short reply_text:shortstr class_id:short method_id:short'),
    'connection.close-ok': (10, 51, ''),
    'connection.update-secret': (10, 70, 'new_secret:longstr reason:shortstr'),
    'connection.update-secret-ok': (10, 71, ''),
    'channel.open': (20, 10, 'reserved_1:shortstr'),
    'channel.open-ok': (20, 11, 'reserved_1:longstr'),
    'channel.flow': (20, 20, 'active:bit'),
    'channel.flow-ok': (20, 21, 'active:bit'),
    'channel.close': (20, 40, 'reply_code:short reply_text:shortstr class_id:short method_id:short'),
    'channel.close-ok': (20, 41, ''),
    'access.request': (30, 10, 'realm:shortstr exclusive:bit passive:bit active:bit write:bit read:bit'),
    'access.request-ok': (30, 11, 'ticket:short'),
    'exchange.declare': (40, 10, 'ticket:short exchange:shortstr type:shortstr passive:bit durable:bit '
                                 'auto_delete:bit internal:bit no_wait:bit arguments:table'),
    'exchange.declare-ok': (40, 11, ''),
    'exchange.delete': (40, 20, 'ticket:short exchange:shortstr if_unused:bit no_wait:bit'),
    'exchange.delete-ok': (40, 21, ''),
    'exchange.bind': (40, 30, 'ticket:short destination:shortstr source:shortstr routing_key:shortstr no_wait:bit '
                              'arguments:table'),
    'exchange.bind-ok': (40, 31, ''),
    'exchange.unbind': (40, 40, 'ticket:short destination:shortstr source:shortstr routing_key:shortstr no_wait:bit '
                                'arguments:table'),
    'exchange.unbind-ok': (40, 51, ''),
    'queue.declare': (50, 10, 'ticket:short queue:shortstr passive:bit durable:bit exclusive:bit auto_delete:bit '
                              'no_wait:bit arguments:table'),
    'queue.declare-ok': (50, 11, 'queue:shortstr message_count:long consumer_count:long'),
    'queue.bind': (50, 20, 'ticket:short queue:shortstr exchange:shortstr routing_key:shortstr no_wait:bit '
                           'arguments:table'),
    'queue.bind-ok': (50, 21, ''),
    'queue.purge': (50, 30, 'ticket:short queue:shortstr no_wait:bit'),
    'queue.purge-ok': (50, 31, 'message_count:long'),
    'queue.delete': (50, 40, 'ticket:short queue:shortstr if_unused:bit if_empty:bit no_wait:bit'),
    'queue.delete-ok': (50, 41, 'message_count:long'),
    'queue.unbind': (50, 50, 'ticket:short queue:shortstr exchange:shortstr routing_key:shortstr arguments:table'),
    'queue.unbind-ok': (50, 51, ''),
    'basic.qos': (60, 10, 'prefetch_size:long prefetch_count:short global_:bit'),
    'basic.qos-ok': (60, 11, ''),
    'basic.consume': (60, 20, 'ticket:short queue:shortstr consumer_tag:shortstr no_local:bit no_ack:bit '
                              'exclusive:bit no_wait:bit arguments:table'),
    'basic.consume-ok': (60, 21, 'consumer_tag:shortstr'),
    'basic.cancel': (60, 30, 'consumer_tag:shortstr no_wait:bit'),
    'basic.cancel-ok': (60, 31, 'consumer_tag:shortstr'),
    'basic.publish': (60, 40, 'ticket:short exchange:shortstr routing_key:shortstr mandatory:bit immediate:bit'),
    'basic.return': (60, 50, 'reply_code:short reply_text:shortstr exchange:shortstr routing_key:shortstr'),
    'basic.deliver': (60, 60, 'consumer_tag:shortstr delivery_tag:longlong redelivered:bit exchange:shortstr '
                              'routing_key:shortstr'),
    'basic.get': (60, 70, 'ticket:short queue:shortstr no_ack:bit'),
    'basic.get-ok': (60, 71, 'delivery_tag:longlong redelivered:bit exchange:shortstr routing_key:shortstr '
                             'message_count:long'),
    'basic.get-empty': (60, 72, 'reserved_1:shortstr'),
    'basic.ack': (60, 80, 'delivery_tag:longlong multiple:bit'),
    'basic.reject': (60, 90, 'delivery_tag:longlong requeue:bit'),
    'basic.recover-async': (60, 100, 'requeue:bit'),
    'basic.recover': (60, 110, 'requeue:bit'),
    'basic.recover-ok': (60, 111, ''),
    'basic.nack': (60, 120, 'delivery_tag:longlong multiple:bit requeue:bit'),
    'confirm.select': (85, 10, 'no_wait:bit'),
    'confirm.select-ok': (85, 11, ''),
    'tx.select': (90, 10, ''),
    'tx.select-ok': (90, 11, ''),
    'tx.commit': (90, 20, ''),
    'tx.commit-ok': (90, 21, ''),
    'tx.rollback': (90, 30, ''),
    'tx.rollback-ok': (90, 31, ''),
}
NAMES = {(class_id, method_id): name for name, (class_id, method_id, _) in METHODS.items()}

# Basic class properties, highest flag bit first.
PROPERTIES = [field.split(':') for field in (
    'content_type:shortstr content_encoding:shortstr headers:table delivery_mode:octet priority:octet '
    'correlation_id:shortstr reply_to:shortstr expiration:shortstr message_id:shortstr timestamp:longlong '
    'type:shortstr user_id:shortstr app_id:shortstr cluster_id:shortstr').split()]

NUMBERS = {'octet': '>B', 'short': '>H', 'long': '>I', 'longlong': '>Q'}
DEFAULTS = {'octet': 0, 'short': 0, 'long': 0, 'longlong': 0, 'bit': False, 'shortstr': '', 'longstr': b'', 'table': {}}


class Ended(AssertionError):
    """The broker has ended the connection, or reset it, where the test expected a frame."""


class Typed(namedtuple('Typed', 'tag value')):
    """A table value written with a chosen type tag."""


class Method:
    def __init__(self, channel, name, fields):
        self.channel, self.name, self.fields = channel, name, fields

    def __getattr__(self, field):
        try:
            return self.fields[field]
        except KeyError:
            raise AttributeError(field) from None

    def __repr__(self):
        return f'{self.name} on channel {self.channel} {self.fields}'


# -- writing ----------------------------------------------------------------------------------------------------------

def shortstr(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack('>B', len(data)) + data


def longstr(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack('>I', len(data)) + data


def table(entries):
    return longstr(b''.join(shortstr(key) + field_value(value) for key, value in entries.items()))


TAGGED = {
    't': lambda v: struct.pack('>?', v), 'b': lambda v: struct.pack('>b', v), 'B': lambda v: struct.pack('>B', v),
    's': lambda v: struct.pack('>h', v), 'u': lambda v: struct.pack('>H', v), 'I': lambda v: struct.pack('>i', v),
    'i': lambda v: struct.pack('>I', v), 'l': lambda v: struct.pack('>q', v), 'f': lambda v: struct.pack('>f', v),
    'd': lambda v: struct.pack('>d', v), 'D': lambda v: struct.pack('>Bi', *v), 'T': lambda v: struct.pack('>Q', v),
    'S': longstr, 'x': longstr, 'F': table, 'V': lambda v: b'',
    'A': lambda v: longstr(b''.join(field_value(item) for item in v)),
}


def field_value(value):
    if isinstance(value, Typed):
        tag, value = value
    else:
        tag = {bool: 't', int: 'l', float: 'd', str: 'S', bytes: 'x', dict: 'F', list: 'A', type(None): 'V'}[type(value)]
    return tag.encode() + TAGGED[tag](value)


def encode_fields(spec, values):
    unknown = set(values) - {field.split(':')[0] for field in spec.split()}
    assert not unknown, f'no such fields: {unknown}'
    out, bits, bit_count = b'', 0, 0
    for field in spec.split():
        name, kind = field.split(':')
        value = values.get(name, DEFAULTS[kind])
        if kind == 'bit':
            bits |= bool(value) << bit_count
            bit_count += 1
            continue
        if bit_count:
            out, bits, bit_count = out + struct.pack('>B', bits), 0, 0
        if kind in NUMBERS:
            out += struct.pack(NUMBERS[kind], value)
        else:
            out += {'shortstr': shortstr, 'longstr': longstr, 'table': table}[kind](value)
    return out + struct.pack('>B', bits) if bit_count else out


def encode_method(name, **values):
    class_id, method_id, spec = METHODS[name]
    return struct.pack('>HH', class_id, method_id) + encode_fields(spec, values)


def encode_header(body_size, properties, class_id=60):
    flags, out = 0, b''
    for index, (name, kind) in enumerate(PROPERTIES):
        if name in properties:
            flags |= 1 << (15 - index)
            value = properties[name]
            out += struct.pack(NUMBERS[kind], value) if kind in NUMBERS else \
                {'shortstr': shortstr, 'table': table}[kind](value)
    return struct.pack('>HHQH', class_id, 0, body_size, flags) + out


def encode_frame(frame_type, channel, payload):
    return struct.pack('>BHI', frame_type, channel, len(payload)) + payload + FRAME_END


# -- reading ----------------------------------------------------------------------------------------------------------

class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        piece = self.data[self.at:self.at + count]
        assert len(piece) == count, 'the broker sent a value that ends early'
        self.at += count
        return piece

    def number(self, layout):
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def shortstr(self):
        return self.take(self.number('>B')).decode()

    def longstr(self):
        return self.take(self.number('>I'))

    def table(self):
        inner, result = Reader(self.longstr()), {}
        while inner.at < len(inner.data):
            key = inner.shortstr()
            result[key] = inner.field_value()
        return result

    def array(self):
        inner, result = Reader(self.longstr()), []
        while inner.at < len(inner.data):
            result.append(inner.field_value())
        return result

    def field_value(self):
        tag = self.take(1).decode()
        if tag == 'S':
            return self.longstr().decode()
        if tag == 'D':
            return self.number('>B'), self.number('>i')
        reads = {'x': self.longstr, 'F': self.table, 'A': self.array, 'V': lambda: None}
        if tag in reads:
            return reads[tag]()
        return self.number({'t': '>?', 'b': '>b', 'B': '>B', 's': '>h', 'u': '>H', 'I': '>i', 'i': '>I', 'l': '>q',
                            'f': '>f', 'd': '>d', 'T': '>Q'}[tag])

    def fields(self, spec):
        values, bit_octet, bit_count = {}, 0, 0
        for field in spec.split():
            name, kind = field.split(':')
            if kind == 'bit':
                if bit_count == 0:
                    bit_octet = self.number('>B')
                values[name] = bool(bit_octet >> bit_count & 1)
                bit_count = (bit_count + 1) % 8
                continue
            bit_count = 0
            values[name] = self.number(NUMBERS[kind]) if kind in NUMBERS else getattr(self, kind)()
        return values


def decode_method(frame):
    assert frame.type == METHOD, f'expected a method, got {frame}'
    reader = Reader(frame.payload)
    name = NAMES[(reader.number('>H'), reader.number('>H'))]
    return Method(frame.channel, name, reader.fields(METHODS[name][2]))


def decode_header(frame):
    assert frame.type == HEADER, f'expected a content header, got {frame}'
    reader = Reader(frame.payload)
    class_id, weight, size, flags = (reader.number(layout) for layout in ('>H', '>H', '>Q', '>H'))
    assert (class_id, weight) == (60, 0)
    properties = {}
    for index, (name, kind) in enumerate(PROPERTIES):
        if flags >> (15 - index) & 1:
            properties[name] = reader.number(NUMBERS[kind]) if kind in NUMBERS else getattr(reader, kind)()
    return size, properties


# -- the client -------------------------------------------------------------------------------------------------------

class Wire:
    """One socket. Nothing is answered, retried or buffered behind the test's back; heartbeats are skipped on request."""

    CLIENT_PROPERTIES = {'product': 'conformance', 'capabilities': {
        'authentication_failure_close': True, 'basic.nack': True, 'connection.blocked': True,
        'consumer_cancel_notify': True, 'publisher_confirms': True, 'exchange_exchange_bindings': True}}

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b''
        self.held_back = None
        self.frame_max = 131072

    def close(self):
        self.socket.close()

    # sending

    @contextmanager
    def at_once(self):
        """What the block sends goes out in one piece when it ends."""
        self.held_back = b''
        yield
        data, self.held_back = self.held_back, None
        self.send_bytes(data)

    def send_bytes(self, data):
        if self.held_back is None:
            self.socket.sendall(data)
        else:
            self.held_back += data

    def send_frame(self, frame_type, channel, payload):
        self.send_bytes(encode_frame(frame_type, channel, payload))

    def send(self, channel, name, **values):
        self.send_frame(METHOD, channel, encode_method(name, **values))

    def publish(self, channel, exchange, routing_key, body=b'', properties=None, **flags):
        """Method, header and body frames in one write, the body cut at the negotiated frame_max."""
        piece = self.frame_max - 8
        frames = [encode_frame(METHOD, channel, encode_method('basic.publish', exchange=exchange,
                                                              routing_key=routing_key, **flags)),
                  encode_frame(HEADER, channel, encode_header(len(body), properties or {}))]
        frames += [encode_frame(BODY, channel, body[at:at + piece]) for at in range(0, len(body), piece)]
        self.send_bytes(b''.join(frames))

    # receiving

    def read_bytes(self, count, within=PATIENCE_SECONDS):
        deadline = time.monotonic() + within
        while len(self.received) < count:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                data = self.socket.recv(1 << 16)
            except socket.timeout:
                raise AssertionError(f'nothing more came within {within} s; had {self.received!r}') from None
            except ConnectionError as reset:
                raise Ended(str(reset)) from None
            if not data:
                raise Ended(f'the broker closed the socket; unread: {self.received!r}')
            self.received += data
        piece, self.received = self.received[:count], self.received[count:]
        return piece

    def read_frame(self, within=PATIENCE_SECONDS, heartbeats=False):
        while True:
            frame_type, channel, size = struct.unpack('>BHI', self.read_bytes(7, within))
            payload = self.read_bytes(size, within)
            assert self.read_bytes(1, within) == FRAME_END
            if heartbeats or frame_type != HEARTBEAT:
                return Frame(frame_type, channel, payload)

    def read_method(self, within=PATIENCE_SECONDS):
        return decode_method(self.read_frame(within))

    def expect(self, channel, name, within=PATIENCE_SECONDS):
        method = self.read_method(within)
        assert (method.channel, method.name) == (channel, name), f'expected {name} on channel {channel}, got {method}'
        return method

    def expect_content(self, channel, name, within=PATIENCE_SECONDS):
        """A method that carries content: basic.deliver, basic.get-ok or basic.return."""
        method = self.expect(channel, name, within)
        size, properties = decode_header(self.read_frame(within))
        pieces, have = [], 0
        while have < size:
            frame = self.read_frame(within)
            assert (frame.type, frame.channel) == (BODY, channel)
            assert len(frame.payload) + 8 <= self.frame_max, 'a frame is longer than was negotiated'
            pieces.append(frame.payload)
            have += len(frame.payload)
        assert have == size
        return Message(method, properties, b''.join(pieces))

    def call(self, channel, name, **values):
        """Sends a synchronous method and returns its answer."""
        self.send(channel, name, **values)
        return self.expect(channel, name + '-ok')

    def expect_end(self, within=PATIENCE_SECONDS):
        """The broker ends the connection; whatever else it still sends is read and returned."""
        frames = []
        while True:
            try:
                frames.append(self.read_frame(within))
            except Ended:
                return frames

    def expect_refused_connection(self, *codes, within=PATIENCE_SECONDS):
        """A connection.close with one of these codes, or a bare end of the connection.

        RabbitMQ resets the socket for input that it cannot parse; a close frame that says why is the better answer.
        """
        try:
            while True:
                frame = self.read_frame(within)
                if frame.type == METHOD and decode_method(frame).name == 'connection.close':
                    break
        except Ended:
            return None
        closed = decode_method(frame)
        assert closed.reply_code in codes, closed
        try:
            self.send(0, 'connection.close-ok')
        except ConnectionError:
            pass  # A broker that lost its place in the stream does not read on.
        return closed

    # the usual opening

    def greet(self):
        self.send_bytes(PROTOCOL_HEADER)
        return self.expect(0, 'connection.start')

    def log_in(self, user, password, mechanism='PLAIN', **client_properties):
        response = f'\0{user}\0{password}'.encode()
        self.send(0, 'connection.start-ok', client_properties={**self.CLIENT_PROPERTIES, **client_properties},
                  mechanism=mechanism, response=response, locale='en_US')

    def tune(self, channel_max=2047, frame_max=131072, heartbeat=0):
        self.frame_max = frame_max
        self.send(0, 'connection.tune-ok', channel_max=channel_max, frame_max=frame_max, heartbeat=heartbeat)

    def open(self, target, channels=1, **tuning):
        """The whole opening with the target's user and vhost, and channels 1..n."""
        self.greet()
        self.log_in(target.user, target.password)
        self.expect(0, 'connection.tune')
        self.tune(**tuning)
        self.call(0, 'connection.open', virtual_host=target.vhost)
        for channel in range(1, channels + 1):
            self.call(channel, 'channel.open')
        return self

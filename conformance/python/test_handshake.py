"""Opening and closing a connection (AMQP 0-9-1, 2.2.4 and 4.2), seen from a raw socket."""
import re

import pytest

import target
from expectations import assert_text
from wire import HEARTBEAT, PROTOCOL_HEADER, Ended, Typed, table

LOGIN_REFUSED = ('ACCESS_REFUSED - Login was refused using authentication mechanism {}. '
                 'For details see the broker logfile.')
CAPABILITIES = ('publisher_confirms', 'exchange_exchange_bindings', 'basic.nack', 'consumer_cancel_notify',
                'connection.blocked', 'consumer_priorities', 'authentication_failure_close', 'per_consumer_qos',
                'direct_reply_to')


def greeted(dial, of=target.MAIN):
    wire = dial(of)
    wire.greet()
    return wire


def tuned(dial, of=target.MAIN, **tuning):
    wire = greeted(dial, of)
    wire.log_in(of.user, of.password)
    wire.expect(0, 'connection.tune')
    wire.tune(**tuning)
    return wire


# -- protocol header --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('header', [
    b'AMQP\x00\x00\x09\x02', b'AMQP\x00\x00\x0a\x00', b'AMQP\x09\x09\x09\x09', b'GET / HT', b'\x00' * 8, b'\xff' * 8,
], ids=repr)
def test_answers_an_unknown_protocol_header_with_its_own_and_closes(dial, header):
    wire = dial()
    wire.send_bytes(header)
    assert wire.read_bytes(8) == PROTOCOL_HEADER
    with pytest.raises(Ended):
        wire.read_bytes(1)


@pytest.mark.parametrize('header', [b'AMQP\x00\x00\x09\x01', b'AMQP\x01\x01\x00\x09'], ids=['0-9-1', '0-9'])
def test_greets_both_spellings_of_version_0_9(dial, header):
    wire = dial()
    wire.send_bytes(header)
    start = wire.expect(0, 'connection.start')
    assert (start.version_major, start.version_minor) == (0, 9)


def test_reads_a_protocol_header_that_arrives_byte_by_byte(dial):
    wire = dial()
    for octet in PROTOCOL_HEADER:
        wire.send_bytes(bytes([octet]))
    wire.expect(0, 'connection.start')


# -- connection.start -------------------------------------------------------------------------------------------------

def test_offers_PLAIN_and_AMQPLAIN_and_the_locale_en_US(dial):
    start = dial().greet()
    assert {b'PLAIN', b'AMQPLAIN'} <= set(start.mechanisms.split(b' '))
    assert start.locales.split(b' ') == [b'en_US']


def test_names_its_product_RabbitMQ_with_a_three_part_version_since_clients_branch_on_them(dial):
    properties = dial().greet().server_properties
    assert properties['product'] == 'RabbitMQ'
    assert re.match(r'[34]\.\d+\.\d+', properties['version'])


@pytest.mark.parametrize('key', ['cluster_name', 'copyright', 'information', 'platform', 'product', 'version'])
def test_describes_itself_in_server_properties_as_text(dial, key):
    assert isinstance(dial().greet().server_properties[key], str)


@pytest.mark.parametrize('capability', CAPABILITIES)
def test_announces_the_capability(dial, capability):
    assert dial().greet().server_properties['capabilities'][capability] is True


# -- authentication ---------------------------------------------------------------------------------------------------

def test_lets_in_with_PLAIN(dial):
    wire = greeted(dial)
    wire.log_in(target.MAIN.user, target.MAIN.password)
    wire.expect(0, 'connection.tune')


def test_lets_in_with_AMQPLAIN(dial):
    wire = greeted(dial)
    credentials = table({'LOGIN': target.MAIN.user, 'PASSWORD': target.MAIN.password})[4:]  # Without its length.
    wire.send(0, 'connection.start-ok', client_properties=wire.CLIENT_PROPERTIES, mechanism='AMQPLAIN',
              response=credentials, locale='en_US')
    wire.expect(0, 'connection.tune')


@pytest.mark.parametrize('user, password', [
    (target.MAIN.user, 'wrong'), (target.MAIN.user, ''), ('nobody-known', 'guest'), ('', '')])
def test_refuses_a_wrong_login_with_403_to_a_client_that_can_read_it(dial, user, password):
    wire = greeted(dial)
    wire.log_in(user, password)
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (403, LOGIN_REFUSED.format('PLAIN'))
    assert (closed.class_id, closed.method_id) == (0, 0)


def test_refuses_a_wrong_AMQPLAIN_login_naming_the_mechanism(dial):
    wire = greeted(dial)
    wire.send(0, 'connection.start-ok', client_properties=wire.CLIENT_PROPERTIES, mechanism='AMQPLAIN',
              response=table({'LOGIN': target.MAIN.user, 'PASSWORD': 'wrong'})[4:], locale='en_US')
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (403, LOGIN_REFUSED.format('AMQPLAIN'))


def test_drops_the_socket_after_a_wrong_login_when_the_client_did_not_list_authentication_failure_close(dial):
    wire = greeted(dial)
    wire.log_in(target.MAIN.user, 'wrong', capabilities={})
    assert wire.expect_end() == []


def test_refuses_what_is_no_login(dial):
    """All at once, since RabbitMQ answers each only after three seconds."""
    wires = []
    for response in (b'', b'guest', b'\0guest', b'\xff\xfe\xfd'):
        wire = greeted(dial)
        wire.send(0, 'connection.start-ok', client_properties=wire.CLIENT_PROPERTIES, mechanism='PLAIN',
                  response=response, locale='en_US')
        wires.append(wire)

    with_a_mechanism_that_was_not_offered = greeted(dial)
    with_a_mechanism_that_was_not_offered.log_in(target.MAIN.user, target.MAIN.password, mechanism='KERBEROS_V4')

    before_login = greeted(dial)
    before_login.send(0, 'connection.open', virtual_host=target.VHOST)

    for wire in wires + [with_a_mechanism_that_was_not_offered, before_login]:
        wire.expect_refused_connection(403, 501, 502, 503, 504, 505, 530)


def test_takes_client_properties_that_fill_the_smallest_frame_and_none_above_before_tuning(dial):
    """Clause 4.2.3: until a frame_max is agreed, it is 4,096. RabbitMQ from 4.1 allows 8,192."""
    fits, too_long = greeted(dial), greeted(dial)
    fits.log_in(target.MAIN.user, target.MAIN.password, comment='x' * 3700)
    fits.expect(0, 'connection.tune')
    too_long.log_in(target.MAIN.user, target.MAIN.password, comment='x' * 8192)
    too_long.expect_refused_connection(501)


# -- connection.tune --------------------------------------------------------------------------------------------------

def test_proposes_frames_of_128_KiB_2047_channels_and_a_heartbeat_of_60_s(dial):
    wire = greeted(dial)
    wire.log_in(target.MAIN.user, target.MAIN.password)
    tune = wire.expect(0, 'connection.tune')
    assert (tune.frame_max, tune.channel_max, tune.heartbeat) == (131072, 2047, 60)


def test_refuses_a_tune_ok_outside_its_limits(dial):
    outside = [dict(frame_max=131073), dict(frame_max=0xffffffff), dict(frame_max=1024), dict(channel_max=2048),
               dict(channel_max=65535)]
    wires = [tuned(dial, **tuning) for tuning in outside]
    for wire in wires:  # All at once, since RabbitMQ answers each only after three seconds.
        wire.send(0, 'connection.open', virtual_host=target.VHOST)
    for wire in wires:
        wire.expect_refused_connection(501, 530)


@pytest.mark.parametrize('tuning', [
    dict(channel_max=2047, frame_max=131072, heartbeat=60), dict(channel_max=1, frame_max=4096, heartbeat=0),
    dict(channel_max=10, frame_max=65536, heartbeat=580), dict(channel_max=2047, frame_max=131072, heartbeat=65535),
], ids=repr)
def test_accepts_a_tune_ok_within_its_limits(dial, tuning):
    wire = tuned(dial, **tuning)
    wire.call(0, 'connection.open', virtual_host=target.VHOST)
    wire.call(1, 'channel.open')


def test_sends_no_frame_longer_than_a_small_negotiated_frame_max(dial, name):
    wire = dial().open(target.MAIN, frame_max=4096)
    queue = name()
    wire.call(1, 'queue.declare', queue=queue)
    body = bytes(range(256)) * 400
    wire.publish(1, '', queue, body)
    wire.send(1, 'basic.get', queue=queue, no_ack=True)
    assert wire.expect_content(1, 'basic.get-ok').body == body  # expect_content checks each frame's length.


# -- connection.open --------------------------------------------------------------------------------------------------

def test_refuses_an_unknown_virtual_host_with_530(dial):
    wire = tuned(dial)
    wire.send(0, 'connection.open', virtual_host='no-such-vhost')
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (530, 'NOT_ALLOWED - vhost no-such-vhost not found')
    assert (closed.class_id, closed.method_id) == (10, 40)


def test_refuses_a_virtual_host_that_the_user_has_no_access_to_with_530(dial):
    wire = tuned(dial, target.LIMITED)
    wire.send(0, 'connection.open', virtual_host=target.OTHER_VHOST)
    closed = wire.expect(0, 'connection.close')
    assert closed.reply_code == 530
    assert closed.reply_text == (f"NOT_ALLOWED - access to vhost '{target.OTHER_VHOST}' "
                                 f"refused for user '{target.LIMITED.user}'")


def test_opens_a_second_virtual_host(dial):
    wire = tuned(dial)
    wire.call(0, 'connection.open', virtual_host=target.OTHER_VHOST)


def test_keeps_virtual_hosts_apart(name, connect, queue):
    other = connect(target.OTHER).channel()
    other.queue_declare(queue, exclusive=True)
    other.basic_publish('', queue, b'only here')
    assert connect().channel().basic_get(queue) == (None, None, None)


# -- heartbeats -------------------------------------------------------------------------------------------------------

def test_sends_heartbeats_to_a_silent_client(dial):
    wire = dial().open(target.MAIN, channels=0, heartbeat=2)
    frame = wire.read_frame(within=45, heartbeats=True)
    assert (frame.type, frame.channel, frame.payload) == (HEARTBEAT, 0, b'')


def test_drops_a_client_that_misses_its_heartbeats(dial):
    wire = dial().open(target.MAIN, channels=0, heartbeat=1)
    wire.expect_end()  # Reads, but never writes.


def test_keeps_a_client_whose_only_traffic_is_heartbeats(dial):
    wire = dial().open(target.MAIN, channels=0, heartbeat=1)
    for _ in range(5):  # Longer than the two intervals after which a silent client is dropped.
        wire.send_frame(HEARTBEAT, 0, b'')
        assert wire.read_frame(within=45, heartbeats=True).type == HEARTBEAT
    wire.call(1, 'channel.open')


# -- the rest of a connection's life ----------------------------------------------------------------------------------

def test_answers_connection_close(dial):
    wire = dial().open(target.MAIN)
    wire.call(0, 'connection.close', reply_code=200, reply_text='goodbye')


def test_ignores_what_follows_connection_close(dial, name, channel):
    wire = dial().open(target.MAIN)
    queue = name()
    wire.send(0, 'connection.close', reply_code=200, reply_text='goodbye')
    try:
        wire.send(1, 'queue.declare', queue=queue)
    except OSError:
        pass  # The broker was faster in closing.
    wire.expect(0, 'connection.close-ok')
    with pytest.raises(Exception, match='NOT_FOUND'):
        channel.queue_declare(queue, passive=True)


def test_accepts_a_new_secret(wire):
    wire.call(0, 'connection.update-secret', new_secret='a token', reason='the old one expires')
    wire.call(2, 'channel.open')


def test_answers_access_request_although_it_is_obsolete(wire):
    wire.call(1, 'access.request', realm='/data', active=True, write=True, read=True)


def test_accepts_client_properties_of_every_type(dial):
    wire = greeted(dial)
    wire.log_in(target.MAIN.user, target.MAIN.password, connection_name='conformance', version=1, pi=3.14, on=True,
                none=None, list=[1, 'two', {'three': 3}], short=Typed('s', -5), time=Typed('T', 1700000000),
                decimal=Typed('D', (2, 314)), octets=b'\0\1', nested={'a': {'b': {'c': 'd'}}})
    wire.expect(0, 'connection.tune')


def test_cuts_reply_texts_at_255_octets(wire):
    queue = 'q' * 255
    wire.send(1, 'queue.declare', queue=queue, passive=True)
    closed = wire.expect(1, 'channel.close')
    assert closed.reply_code == 404
    assert_text(closed.reply_text, re.compile("NOT_FOUND - no queue 'q+(\\.\\.\\.)?"))
    assert len(closed.reply_text.encode()) == 255


def test_drops_a_client_that_never_logs_in(dial):
    wire = greeted(dial)
    wire.expect_end(within=45)  # RabbitMQ waits 10 s for a handshake.

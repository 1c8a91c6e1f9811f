"""Dead-lettering: which messages, where to, and with exactly which x-death headers."""
from datetime import datetime

import pika
import pytest

from expectations import depth, drain, eventually, get_within

LAST = ('x-last-death-reason', 'x-last-death-queue', 'x-last-death-exchange')  # From RabbitMQ 3.13 on.


@pytest.fixture
def graveyard(channel, name):
    """A fanout exchange and the queue behind it."""
    exchange, queue = name('dlx'), name('dead')
    channel.exchange_declare(exchange, 'fanout')
    channel.queue_declare(queue)
    channel.queue_bind(queue, exchange)
    channel.confirm_delivery()
    return exchange, queue


@pytest.fixture
def declare(channel, name, graveyard):
    """Declares a queue that dead-letters to the graveyard."""
    def declare(**arguments):
        queue = name()
        channel.queue_declare(queue, durable=True, arguments={
            'x-dead-letter-exchange': graveyard[0],
            **{'x-' + key.replace('_', '-'): value for key, value in arguments.items()}})
        return queue

    return declare


def reject(channel, queue):
    channel.basic_reject(get_within(channel, queue, auto_ack=False)[0].delivery_tag, requeue=False)


def events(properties):
    """The x-death entries without their times, which are checked here."""
    entries = []
    for entry in properties.headers['x-death']:
        assert isinstance(entry['time'], datetime)
        assert abs(entry['time'].timestamp() - datetime.utcnow().timestamp()) < 300
        entries.append({key: value for key, value in entry.items() if key != 'time'})
    return entries


def event(queue, reason, count=1, exchange='', keys=None, **more):
    return {'count': count, 'reason': reason, 'queue': queue, 'exchange': exchange,
            'routing-keys': [queue] if keys is None else keys, **more}


def companions(properties):
    headers = properties.headers
    return tuple(headers[f'x-first-death-{what}'] for what in ('reason', 'queue', 'exchange'))


# -- each reason ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('how', ['reject', 'nack', 'nack multiple'])
def test_dead_letters_what_is_rejected(channel, declare, graveyard, how):
    queue = declare()
    channel.basic_publish('', queue, b'x', pika.BasicProperties(message_id='m', headers={'own': 1}))
    tag = channel.basic_get(queue)[0].delivery_tag
    if how == 'reject':
        channel.basic_reject(tag, requeue=False)
    else:
        channel.basic_nack(tag, requeue=False, multiple=how == 'nack multiple')
    method, properties, body = get_within(channel, graveyard[1])
    assert (body, properties.message_id, properties.headers['own']) == (b'x', 'm', 1)
    assert (method.exchange, method.routing_key, method.redelivered) == (graveyard[0], queue, False)
    assert events(properties) == [event(queue, 'rejected')]
    assert companions(properties) == ('rejected', queue, '')


def test_writes_no_other_headers_than_the_documented_ones(channel, declare, graveyard):
    queue = declare()
    channel.basic_publish('', queue, b'x')
    reject(channel, queue)
    headers = set(get_within(channel, graveyard[1])[1].headers)
    assert headers - set(LAST) == {'x-death', 'x-first-death-reason', 'x-first-death-queue', 'x-first-death-exchange'}


def test_writes_time_as_timestamp_and_count_as_long(wire, declare, graveyard, channel):
    queue = declare()
    channel.basic_publish('', queue, b'x')
    reject(channel, queue)
    eventually(lambda: depth(channel, graveyard[1]) == 1)
    wire.send(1, 'basic.get', queue=graveyard[1], no_ack=True)
    wire.expect(1, 'basic.get-ok')
    header = wire.read_frame().payload
    assert b'\x04timeT' in header and b'\x05countl\0\0\0\0\0\0\0\x01' in header
    assert b'\x07x-deathA' in header and b'\x0crouting-keysA' in header


def test_dead_letters_what_expires_by_the_queues_time(channel, declare, graveyard):
    queue = declare(message_ttl=50)
    channel.basic_publish('', queue, b'x')
    _, properties, _ = get_within(channel, graveyard[1])
    assert events(properties) == [event(queue, 'expired')]
    assert companions(properties) == ('expired', queue, '')


def test_dead_letters_what_expires_by_its_own_time_and_moves_the_expiration_to_x_death(channel, declare, graveyard):
    queue = declare()
    channel.basic_publish('', queue, b'x', pika.BasicProperties(expiration='50'))
    _, properties, _ = get_within(channel, graveyard[1])
    assert properties.expiration is None
    assert events(properties) == [event(queue, 'expired', **{'original-expiration': '50'})]


def test_removes_the_expiration_of_what_is_rejected_too(channel, declare, graveyard):
    queue = declare()
    channel.basic_publish('', queue, b'x', pika.BasicProperties(expiration='600000'))
    reject(channel, queue)
    _, properties, _ = get_within(channel, graveyard[1])
    assert properties.expiration is None
    assert events(properties) == [event(queue, 'rejected', **{'original-expiration': '600000'})]


def test_dead_letters_what_max_length_drops(channel, declare, graveyard):
    queue = declare(max_length=1)
    for body in (b'0', b'1'):
        channel.basic_publish('', queue, body)
    _, properties, body = get_within(channel, graveyard[1])
    assert (body, events(properties)) == (b'0', [event(queue, 'maxlen')])
    assert companions(properties) == ('maxlen', queue, '')


def test_dead_letters_the_new_message_with_reject_publish_dlx(channel, declare, graveyard):
    queue = declare(max_length=1, overflow='reject-publish-dlx')
    channel.basic_publish('', queue, b'0')
    with pytest.raises(pika.exceptions.NackError):
        channel.basic_publish('', queue, b'1')
    _, properties, body = get_within(channel, graveyard[1])
    assert (body, events(properties)) == (b'1', [event(queue, 'maxlen')])
    assert drain(channel, queue) == [b'0']


def test_dead_letters_nothing_with_reject_publish(channel, declare, graveyard):
    queue = declare(max_length=1, overflow='reject-publish')
    channel.basic_publish('', queue, b'0')
    with pytest.raises(pika.exceptions.NackError):
        channel.basic_publish('', queue, b'1')
    assert depth(channel, graveyard[1]) == 0


@pytest.mark.parametrize('how', ['purge', 'delete', 'acknowledge'])
def test_dead_letters_nothing_that_is_removed_by_wish(channel, declare, graveyard, how):
    queue = declare()
    channel.basic_publish('', queue, b'x')
    if how == 'purge':
        channel.queue_purge(queue)
    elif how == 'delete':
        channel.queue_delete(queue)
    else:
        assert get_within(channel, queue)
    channel.basic_publish(graveyard[0], '', b'fence')
    assert get_within(channel, graveyard[1])[2] == b'fence'


def test_keeps_the_order_of_what_it_dead_letters_together(channel, declare, graveyard):
    queue = declare()
    for number in range(20):
        channel.basic_publish('', queue, b'%d' % number)
    tags = [channel.basic_get(queue)[0].delivery_tag for _ in range(20)]
    channel.basic_nack(tags[-1], multiple=True, requeue=False)
    eventually(lambda: depth(channel, graveyard[1]) == 20)
    assert drain(channel, graveyard[1]) == [b'%d' % number for number in range(20)]


def test_keeps_the_message_persistent(channel, declare, graveyard):
    queue = declare()
    channel.basic_publish('', queue, b'x', pika.BasicProperties(delivery_mode=2))
    reject(channel, queue)
    assert get_within(channel, graveyard[1])[1].delivery_mode == 2


def test_dead_letters_from_a_quorum_queue(channel, declare, graveyard):
    queue = declare(queue_type='quorum')
    channel.basic_publish('', queue, b'x')
    reject(channel, queue)
    assert events(get_within(channel, graveyard[1])[1]) == [event(queue, 'rejected')]


# -- where to ---------------------------------------------------------------------------------------------------------

def test_publishes_with_the_original_keys_and_records_them(channel, declare, graveyard, name):
    exchange, queue, cc, bcc = name('x'), declare(), name('cc'), name('bcc')
    channel.exchange_declare(exchange, 'fanout')
    channel.queue_bind(queue, exchange)
    channel.basic_publish(exchange, 'key', b'x', pika.BasicProperties(headers={'CC': [cc], 'BCC': [bcc]}))
    reject(channel, queue)
    method, properties, _ = get_within(channel, graveyard[1])
    assert (method.exchange, method.routing_key) == (graveyard[0], 'key')
    assert events(properties) == [event(queue, 'rejected', exchange=exchange, keys=['key', cc])]


def test_routes_by_the_original_key_and_CC_at_the_dead_letter_exchange(channel, name):
    dlx, queue, by_key, by_cc = name('dlx'), name(), name(), name()
    channel.confirm_delivery()
    channel.exchange_declare(dlx, 'direct')
    channel.queue_declare(queue, arguments={'x-dead-letter-exchange': dlx})
    for dead, key in ((by_key, queue), (by_cc, 'copy')):
        channel.queue_declare(dead)
        channel.queue_bind(dead, dlx, key)
    channel.basic_publish('', queue, b'x', pika.BasicProperties(headers={'CC': ['copy']}))
    reject(channel, queue)
    assert get_within(channel, by_key)[1].headers['CC'] == ['copy']
    assert get_within(channel, by_cc)[2] == b'x'


@pytest.mark.parametrize('times', [1, 2])
def test_routes_by_BCC_at_the_dead_letter_exchange_and_shows_it_nowhere(channel, name, times):
    dlx, queues, by_key = name('dlx'), [name() for _ in range(times)], name()
    channel.confirm_delivery()
    channel.exchange_declare(dlx, 'direct')
    for queue in queues:
        channel.queue_declare(queue, durable=True, arguments={'x-dead-letter-exchange': dlx})
    for queue in queues[1:]:
        channel.queue_bind(queue, dlx, 'secret')
    headers = {'CC': ['copy'], 'BCC': ['secret']}
    channel.basic_publish('', queues[0], b'x', pika.BasicProperties(headers=headers))
    for queue in queues[:-1]:
        reject(channel, queue)
    if times > 1:
        assert get_within(channel, queues[-1], auto_ack=False)[1].headers['CC'] == ['copy']
        channel.basic_recover(requeue=True)
    channel.queue_declare(by_key)
    channel.queue_bind(by_key, dlx, 'secret')
    reject(channel, queues[-1])
    method, properties, _ = get_within(channel, by_key)
    assert method.routing_key == queues[0] and 'BCC' not in properties.headers
    assert [entry['routing-keys'] for entry in properties.headers['x-death']] == [[queues[0], 'copy']] * times


def test_does_not_route_by_BCC_where_the_queue_names_a_key(channel, name):
    dlx, queue, moved, secret = name('dlx'), name(), name(), name()
    channel.confirm_delivery()
    channel.exchange_declare(dlx, 'direct')
    for dead, key in ((secret, 'secret'), (moved, 'moved')):
        channel.queue_declare(dead)
        channel.queue_bind(dead, dlx, key)
    channel.queue_declare(queue, arguments={'x-dead-letter-exchange': dlx, 'x-dead-letter-routing-key': 'moved'})
    channel.basic_publish('', queue, b'x', pika.BasicProperties(headers={'BCC': ['secret']}))
    reject(channel, queue)
    assert get_within(channel, moved)[0].routing_key == 'moved'
    assert channel.queue_declare(secret, passive=True).method.message_count == 0


def test_publishes_with_the_dead_letter_routing_key_and_drops_CC(channel, declare, graveyard):
    queue = declare(dead_letter_routing_key='moved')
    channel.basic_publish('', queue, b'x', pika.BasicProperties(headers={'CC': ['copy'], 'own': 1}))
    reject(channel, queue)
    method, properties, _ = get_within(channel, graveyard[1])
    assert method.routing_key == 'moved'
    assert 'CC' not in properties.headers and properties.headers['own'] == 1
    assert events(properties) == [event(queue, 'rejected', keys=[queue, 'copy'])]


def test_dead_letters_to_a_queue_by_name_over_the_default_exchange(channel, name):
    queue, dead = name(), name()
    channel.queue_declare(dead)
    channel.queue_declare(queue, arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead})
    channel.basic_publish('', queue, b'x')
    reject(channel, queue)
    method, _, body = get_within(channel, dead)
    assert (method.exchange, method.routing_key, body) == ('', dead, b'x')


def test_drops_the_message_when_the_dead_letter_exchange_is_missing(channel, name):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-dead-letter-exchange': name('missing')})
    channel.basic_publish('', queue, b'x')
    reject(channel, queue)
    assert channel.queue_declare(queue, passive=True).method.message_count == 0


# -- more than once ---------------------------------------------------------------------------------------------------

def test_puts_the_newest_event_first(channel, declare, graveyard, name):
    second, exchange = declare(), name('x')
    channel.exchange_declare(exchange, 'fanout')
    channel.queue_bind(second, exchange)
    first = name()
    channel.queue_declare(first, arguments={'x-dead-letter-exchange': exchange, 'x-message-ttl': 50})
    channel.basic_publish('', first, b'x')
    reject(channel, second)
    _, properties, _ = get_within(channel, graveyard[1])
    assert events(properties) == [event(second, 'rejected', exchange=exchange, keys=[first]), event(first, 'expired')]
    assert companions(properties) == ('expired', first, '')


def test_counts_a_repeated_event_and_moves_it_to_the_front(channel, declare, graveyard, name):
    """A retry loop: rejected from `work`, expired from `wait`, and back."""
    work, wait = name('work'), name('wait')
    channel.confirm_delivery()
    channel.queue_declare(work, arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': wait})
    channel.queue_declare(wait, arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': work,
                                           'x-message-ttl': 20})
    channel.basic_publish('', work, b'x')
    for round_ in range(1, 4):
        reject(channel, work)
        method, properties, _ = get_within(channel, work, auto_ack=False)
        assert events(properties) == [event(wait, 'expired', count=round_), event(work, 'rejected', count=round_)]
        assert companions(properties) == ('rejected', work, '')
        channel.basic_nack(method.delivery_tag, requeue=True)


def test_drops_a_message_that_would_go_round_a_circle_without_a_rejection(channel, name):
    first, second = name(), name()
    channel.confirm_delivery()
    for queue, next_queue in ((first, second), (second, first)):
        channel.queue_declare(queue, arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': next_queue,
                                                'x-message-ttl': 50})
    channel.basic_publish('', first, b'x')
    eventually(lambda: depth(channel, second) == 1)
    eventually(lambda: depth(channel, first) == 0 and depth(channel, second) == 0)


def test_dead_letters_to_itself_what_is_rejected_but_not_what_expires(channel, name):
    queue = name()
    channel.confirm_delivery()
    channel.queue_declare(queue, arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue})
    channel.basic_publish('', queue, b'rejected')
    for _ in range(3):
        reject(channel, queue)
    _, properties, _ = get_within(channel, queue)
    assert events(properties) == [event(queue, 'rejected', count=3)]
    channel.basic_publish('', queue, b'expired', pika.BasicProperties(expiration='50'))
    eventually(lambda: depth(channel, queue) == 0)


def test_applies_the_next_queues_time_to_live_to_a_dead_letter(channel, name, graveyard):
    first, second = name(), name()
    channel.queue_declare(first, arguments={'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': second})
    channel.queue_declare(second, arguments={'x-dead-letter-exchange': graveyard[0], 'x-message-ttl': 50})
    channel.basic_publish('', first, b'x', pika.BasicProperties(expiration='50'))
    _, properties, _ = get_within(channel, graveyard[1])
    assert [entry['queue'] for entry in events(properties)] == [second, first]


def test_keeps_x_death_when_the_client_publishes_the_message_again(channel, declare, graveyard):
    """RabbitMQ before 4.0 goes on counting; later ones begin anew when a client publishes."""
    queue = declare()
    channel.basic_publish('', queue, b'x')
    reject(channel, queue)
    _, properties, body = get_within(channel, graveyard[1])
    channel.basic_publish('', queue, body, pika.BasicProperties(headers=properties.headers))
    reject(channel, queue)
    _, properties, _ = get_within(channel, graveyard[1])
    assert [entry['count'] for entry in events(properties)] in ([2], [1])

"""Which queues a message reaches: direct, fanout, topic, headers and consistent-hash exchanges, CC and BCC."""
import datetime
import decimal

import pika
import pytest

from expectations import channel_refusal, depth, drain


@pytest.fixture
def confirmed(channel):
    """A channel on which basic_publish returns when the message is in its queues."""
    channel.confirm_delivery()
    return channel


@pytest.fixture
def exchange(confirmed, name):
    """Declares an exchange of a type and queues bound to it: exchange('topic', key...) -> (exchange, [queue...])."""
    def declare(kind, *bindings):
        exchange = name('x')
        confirmed.exchange_declare(exchange, kind)
        queues = []
        for binding in bindings:
            queues.append(name())
            confirmed.queue_declare(queues[-1])
            key, arguments = binding if isinstance(binding, tuple) else (binding, None)
            confirmed.queue_bind(queues[-1], exchange, key, arguments)
        return exchange, queues

    return declare


def publish(channel, exchange, key, body=b'', headers=None, **properties):
    channel.basic_publish(exchange, key, body, pika.BasicProperties(headers=headers, **properties))


# -- direct and fanout ------------------------------------------------------------------------------------------------

def test_routes_by_the_whole_key_on_a_direct_exchange(confirmed, exchange):
    x, (a, b, also_a) = exchange('direct', 'a', 'b', 'a')
    for key in ('a', 'b', 'A', 'a.b', ''):
        publish(confirmed, x, key, key.encode())
    assert [drain(confirmed, queue) for queue in (a, b, also_a)] == [[b'a'], [b'b'], [b'a']]


def test_routes_a_direct_exchange_to_a_queue_once_though_bound_by_several_keys(confirmed, exchange):
    x, (queue,) = exchange('direct', 'a')
    confirmed.queue_bind(queue, x, 'b')
    publish(confirmed, x, 'a')
    publish(confirmed, x, 'b')
    assert depth(confirmed, queue) == 2


def test_routes_to_every_queue_on_a_fanout_exchange_whatever_the_key(confirmed, exchange):
    x, queues = exchange('fanout', '', 'a', 'b')
    publish(confirmed, x, 'anything', b'1')
    publish(confirmed, x, '', b'2')
    assert [drain(confirmed, queue) for queue in queues] == [[b'1', b'2']] * 3


def test_keeps_the_key_that_was_published_with(confirmed, exchange):
    x, (queue,) = exchange('fanout', 'bound')
    publish(confirmed, x, 'published')
    method, _, _ = confirmed.basic_get(queue, auto_ack=True)
    assert (method.exchange, method.routing_key) == (x, 'published')


# -- topic ------------------------------------------------------------------------------------------------------------

TOPICS = [
    # pattern, keys that match, keys that do not
    ('a.b.c', ['a.b.c'], ['a.b', 'a.b.c.d', 'A.b.c', '']),
    ('a.*.c', ['a.b.c', 'a.c.c', 'a..c'], ['a.c', 'a.b.b.c', 'a.b.c.d']),
    ('*', ['a', 'abc'], ['a.b', '.', '']),  # An empty key has no words.
    ('*.*', ['a.b', '.'], ['a', 'a.b.c']),
    ('#', ['', 'a', 'a.b', '...'], []),
    ('a.#', ['a', 'a.b', 'a.b.c', 'a.'], ['b', 'ab', '', 'b.a']),
    ('#.a', ['a', 'b.a', 'c.b.a', '.a'], ['a.b', 'ba', '']),
    ('a.#.z', ['a.z', 'a.b.z', 'a.b.c.z'], ['a', 'z', 'a.b', 'a.z.b']),
    ('#.a.#', ['a', 'a.b', 'b.a', 'b.a.c'], ['b', 'b.c', '']),
    ('*.#', ['a', 'a.b', 'a.b.c'], []),
    ('#.*', ['a', 'a.b', 'a.b.c'], []),
    ('*.#.*', ['a.b', 'a.b.c'], ['a']),
    ('#.#', ['', 'a', 'a.b'], []),
    ('a.#.#', ['a', 'a.b', 'a.b.c'], ['b']),
    ('#.a.#.b.#', ['a.b', 'x.a.y.b.z', 'a.a.b.b'], ['b.a', 'a']),
    ('a.*.#', ['a.b', 'a.b.c'], ['a']),
    ('a*', ['a*'], ['ab', 'a']),
    ('a.#b', ['a.#b'], ['a.b', 'a.x.b']),
    ('', [''], ['a', '.']),
    ('..', ['..'], ['', '.', 'a.b.c']),
]


@pytest.mark.parametrize('pattern, matching, others', TOPICS, ids=[repr(row[0]) for row in TOPICS])
def test_matches_topic(confirmed, exchange, pattern, matching, others):
    x, (queue,) = exchange('topic', pattern)
    for key in matching + others:
        publish(confirmed, x, key, key.encode())
    assert drain(confirmed, queue) == [key.encode() for key in matching]


def test_delivers_one_copy_when_several_topic_patterns_match(confirmed, exchange):
    x, (queue,) = exchange('topic', 'a.#')
    for pattern in ('#', 'a.*', 'a.b'):
        confirmed.queue_bind(queue, x, pattern)
    publish(confirmed, x, 'a.b')
    assert depth(confirmed, queue) == 1


def test_keeps_other_topic_patterns_after_one_is_unbound(confirmed, exchange):
    x, (queue,) = exchange('topic', 'a.#')
    for pattern in ('a.*', 'a.b', 'a.b.#'):
        confirmed.queue_bind(queue, x, pattern)
    for pattern in ('a.b', 'a.#', 'a.b.#'):
        confirmed.queue_unbind(queue, x, pattern)
    for key in ('a.b', 'a', 'a.b.c'):
        publish(confirmed, x, key, key.encode())
    assert drain(confirmed, queue) == [b'a.b']


def test_matches_topics_of_many_words(confirmed, exchange):
    """Celery's delayed delivery uses 28 levels of bits before the key proper."""
    x, (one, other) = exchange('topic', '*.' * 27 + '1.#', '*.' * 27 + '0.#')
    publish(confirmed, x, '0.' * 27 + '1.task.queue')
    assert (depth(confirmed, one), depth(confirmed, other)) == (1, 0)


# -- headers ----------------------------------------------------------------------------------------------------------

HEADERS = [
    # binding arguments, headers that match, headers that do not
    ({'x-match': 'all', 'a': 1, 'b': 'two'}, [{'a': 1, 'b': 'two'}, {'a': 1, 'b': 'two', 'c': 3}],
     [{'a': 1}, {'a': 1, 'b': 'three'}, {}, None, {'a': '1', 'b': 'two'}]),
    ({'x-match': 'any', 'a': 1, 'b': 'two'}, [{'a': 1}, {'b': 'two'}, {'a': 2, 'b': 'two'}], [{'a': 2}, {'c': 1}, {}, None]),
    ({'a': 1}, [{'a': 1, 'b': 2}], [{'a': 2}, {}]),  # No x-match counts as all.
    ({'x-match': 'all', 'a': None}, [{'a': 1}, {'a': 'x'}, {'a': None}], [{'b': 1}, {}]),  # A void value: there at all.
    ({'x-match': 'any', 'a': None, 'b': None}, [{'b': 1}], [{'c': 1}]),
    ({'x-match': 'all'}, [{}, {'a': 1}, None], []),  # Nothing asked for: everything matches.
    ({'x-match': 'any'}, [], [{}, {'a': 1}]),
    ({'x-match': 'all', 'x-ignored': 1, 'a': 1}, [{'a': 1}], [{'x-ignored': 1}]),  # x- headers do not take part...
    ({'x-match': 'all-with-x', 'x-seen': 1, 'a': 1}, [{'a': 1, 'x-seen': 1}], [{'a': 1}]),  # ...unless asked for.
    ({'x-match': 'any-with-x', 'x-seen': 1, 'a': 1}, [{'x-seen': 1}, {'a': 1}], [{'x-seen': 2}, {}]),
    ({'x-match': 'all', 'a': True}, [{'a': True}], [{'a': False}, {'a': 'true'}]),
    # The value decides, not its type. (RabbitMQ 3 lets integers meet floating-point numbers, too; 4 does not.)
    ({'a': 'x'}, [{'a': b'x'}, {'a': 'x'}], [{'a': b'y'}, {'a': ['x']}]),
    ({'a': b'x'}, [{'a': 'x'}], [{'a': 'y'}]),
    ({'a': 1}, [{'a': datetime.datetime.fromtimestamp(1, datetime.timezone.utc)}], [{'a': '1'}, {'a': decimal.Decimal(1)}]),
    ({'a': datetime.datetime.fromtimestamp(1, datetime.timezone.utc)}, [{'a': 1}], [{'a': 2}]),
    ({'a': []}, [{'a': {}}], [{'a': [1]}, {'a': ''}]),
    ({'a': {'k': 'x', 'l': 'y'}}, [{'a': {'k': 'x', 'l': 'y'}}], [{'a': {'l': 'y', 'k': 'x'}}, {'a': {'k': b'x', 'l': 'y'}}]),
]


@pytest.mark.parametrize('binding, matching, others', HEADERS, ids=[repr(row[0]) for row in HEADERS])
def test_matches_headers(confirmed, exchange, binding, matching, others):
    x, (queue,) = exchange('headers', ('', binding))
    for number, headers in enumerate(matching):
        publish(confirmed, x, 'any key', b'%d' % number, headers)
    for headers in others:
        publish(confirmed, x, 'any key', b'should not match', headers)
    assert drain(confirmed, queue) == [b'%d' % number for number in range(len(matching))]


@pytest.mark.parametrize('value, text', [
    ('some', 'Invalid x-match field value <<"some">>; expected all, any, all-with-x, or any-with-x'),
    (1, 'Invalid x-match field type signedint (value 1); expected longstr')])
def test_refuses_an_x_match_that_it_does_not_know(confirmed, exchange, queue, value, text):
    x, _ = exchange('headers')
    with channel_refusal(406, f'PRECONDITION_FAILED - {text}'):
        confirmed.queue_bind(queue, x, '', {'x-match': value})


# -- consistent hash --------------------------------------------------------------------------------------------------

def counts(channel, queues):
    return [depth(channel, queue) for queue in queues]


def test_hashes_every_key_to_exactly_one_queue_and_always_to_the_same(confirmed, exchange):
    x, queues = exchange('x-consistent-hash', '1', '1', '1')
    keys = [f'key-{number}' for number in range(100)]
    for key in keys:
        publish(confirmed, x, key, key.encode())
    first = [drain(confirmed, queue) for queue in queues]
    for key in keys:
        publish(confirmed, x, key, key.encode())
    assert sum(map(len, first)) == 100
    assert all(first), 'a queue got nothing of a hundred keys'
    assert [drain(confirmed, queue) for queue in queues] == first


def test_gives_a_queue_a_share_by_the_weight_in_its_binding_key(confirmed, exchange):
    x, (light, heavy) = exchange('x-consistent-hash', '1', '9')
    for number in range(500):
        publish(confirmed, x, f'key-{number}')
    few, many = counts(confirmed, (light, heavy))
    assert few + many == 500
    assert many > few


def test_moves_only_the_keys_of_a_queue_that_is_unbound(confirmed, exchange):
    x, queues = exchange('x-consistent-hash', '10', '10', '10')
    keys = [f'key-{number}' for number in range(60)]
    for key in keys:
        publish(confirmed, x, key, key.encode())
    before = [set(drain(confirmed, queue)) for queue in queues]
    confirmed.queue_unbind(queues[2], x, '10')
    for key in keys:
        publish(confirmed, x, key, key.encode())
    after = [set(drain(confirmed, queue)) for queue in queues]
    assert before[0] <= after[0] and before[1] <= after[1] and after[2] == set()
    assert after[0] | after[1] == {key.encode() for key in keys}


@pytest.mark.parametrize('arguments, vary', [
    ({'hash-header': 'h'}, lambda value: dict(headers={'h': value})),
    ({'hash-property': 'message_id'}, lambda value: dict(message_id=value)),
    ({'hash-property': 'correlation_id'}, lambda value: dict(correlation_id=value)),
], ids=['hash-header', 'message_id', 'correlation_id'])
def test_hashes_what_its_arguments_name_instead_of_the_key(confirmed, name, arguments, vary):
    x, queues = name('x'), [name() for _ in range(3)]
    confirmed.exchange_declare(x, 'x-consistent-hash', arguments=arguments)
    for queue in queues:
        confirmed.queue_declare(queue)
        confirmed.queue_bind(queue, x, '5')
    for number in range(40):
        publish(confirmed, x, f'key-{number}', **vary('constant'))
    assert sorted(counts(confirmed, queues)) == [0, 0, 40]
    for queue in queues:
        confirmed.queue_purge(queue)
    for number in range(100):
        publish(confirmed, x, 'constant', **vary(f'value-{number}'))
    assert all(counts(confirmed, queues))


def test_refuses_a_consistent_hash_binding_whose_key_is_no_number(confirmed, exchange, queue):
    x, _ = exchange('x-consistent-hash')
    with channel_refusal(406, 'PRECONDITION_FAILED - The binding key must be an integer: <<"heavy">>'):
        confirmed.queue_bind(queue, x, 'heavy')


# -- CC and BCC -------------------------------------------------------------------------------------------------------

def test_routes_by_the_keys_in_CC_and_BCC_too(confirmed, exchange):
    x, queues = exchange('direct', 'key', 'cc-1', 'cc-2', 'bcc', 'other')
    publish(confirmed, x, 'key', b'', {'CC': ['cc-1', 'cc-2'], 'BCC': ['bcc']})
    assert counts(confirmed, queues) == [1, 1, 1, 1, 0]


def test_keeps_CC_and_removes_BCC_before_delivery(confirmed, exchange):
    x, queues = exchange('direct', 'key', 'bcc')
    publish(confirmed, x, 'key', b'', {'CC': ['cc'], 'BCC': ['bcc'], 'own': 1})
    for queue in queues:
        assert confirmed.basic_get(queue, auto_ack=True)[1].headers == {'CC': ['cc'], 'own': 1}


def test_delivers_one_copy_though_key_CC_and_BCC_all_name_the_queue(confirmed, exchange):
    x, (queue,) = exchange('direct', 'key')
    publish(confirmed, x, 'key', b'', {'CC': ['key', 'key'], 'BCC': ['key']})
    assert depth(confirmed, queue) == 1


def test_routes_CC_on_the_default_exchange(confirmed, name):
    to, cc = name(), name()
    for queue in (to, cc):
        confirmed.queue_declare(queue)
    publish(confirmed, '', to, b'', {'CC': [cc]})
    assert counts(confirmed, (to, cc)) == [1, 1]


@pytest.mark.parametrize('header', ['CC', 'BCC'])
def test_refuses_a_CC_or_BCC_that_is_no_array(confirmed, queue, header):
    with channel_refusal(406, f'PRECONDITION_FAILED - invalid message: '
                              f'{{unacceptable_type_in_header,"{header}",longstr}}'):
        publish(confirmed, '', queue, b'', {header: 'not-an-array'})

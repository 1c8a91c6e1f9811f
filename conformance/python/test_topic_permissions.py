"""Which routing keys the user `limited` may use with the topic exchange `limited-topics`.

definitions.json says: to publish, keys that begin with the user's or the virtual host's name and `.out`; to bind, the
user's name and `.in`, `.*` or `.#`.
"""
import re

import pytest

import target
from expectations import channel_refusal, get_within

USER, VHOST = target.LIMITED.user, target.VHOST
TOPICS = 'limited-topics'


@pytest.fixture
def limited(connect):
    return connect(target.LIMITED).channel()


@pytest.fixture
def own(name):
    """A name that the user may use."""
    return lambda: name(prefix='limited-')


@pytest.fixture
def topics(name, channel):
    """The exchange that the permissions are for."""
    def declare(kind='topic'):
        name.given.append(TOPICS)
        channel.exchange_declare(TOPICS, kind)
        return TOPICS
    return declare


def refused(access, key, exchange=TOPICS):
    """4.x says which access was refused; 3.10 does not."""
    return re.compile(f'ACCESS_REFUSED - ({access} )?' + re.escape(
        f"access to topic '{key}' in exchange '{exchange}' in vhost '{VHOST}' refused for user '{USER}'"))


@pytest.mark.parametrize('start', [USER, VHOST])
def test_publishes_with_keys_that_the_pattern_matches(limited, channel, topics, queue, start):
    exchange = topics()
    channel.queue_bind(queue, exchange, '#')
    limited.confirm_delivery()
    limited.basic_publish(exchange, f'{start}.out.a', b'x')
    assert get_within(channel, queue)[2] == b'x'


@pytest.mark.parametrize('key', ['other.out', f'{USER}.in', f'{USER}xout', '', '{username}.out'])
def test_refuses_to_publish_with_other_keys(limited, channel, topics, queue, key):
    exchange = topics()
    channel.queue_bind(queue, exchange, '#')
    limited.confirm_delivery()
    with channel_refusal(403, refused('write', key)):
        limited.basic_publish(exchange, key, b'x')
    assert channel.queue_declare(queue, passive=True).method.message_count == 0


def test_checks_every_key_of_a_publisher(limited, topics):
    exchange = topics()
    limited.confirm_delivery()
    limited.basic_publish(exchange, f'{USER}.out', b'x')
    with channel_refusal(403, refused('write', 'other')):
        limited.basic_publish(exchange, 'other', b'x')


@pytest.mark.parametrize('key', [f'{USER}.in', f'{USER}.*', f'{USER}.#'])
def test_binds_and_unbinds_with_keys_that_the_pattern_matches(limited, topics, own, key):
    exchange, queue = topics(), own()
    limited.queue_declare(queue)
    limited.queue_bind(queue, exchange, key)
    limited.queue_unbind(queue, exchange, key)


@pytest.mark.parametrize('key', ['#', 'other.in', f'{USER}.out'])
@pytest.mark.parametrize('operation', ['queue_bind', 'queue_unbind'])
def test_refuses_to_bind_or_unbind_a_queue_with_other_keys(limited, topics, own, operation, key):
    exchange, queue = topics(), own()
    limited.queue_declare(queue)
    with channel_refusal(403, refused('read', key)):
        getattr(limited, operation)(queue, exchange, key)


@pytest.mark.parametrize('operation', ['exchange_bind', 'exchange_unbind'])
def test_refuses_to_bind_or_unbind_an_exchange_with_other_keys(limited, topics, own, operation):
    exchange, destination = topics(), own()
    limited.exchange_declare(destination, 'fanout')
    with channel_refusal(403, refused('read', '#')):
        getattr(limited, operation)(destination, exchange, '#')


def test_asks_for_nothing_where_the_topic_exchange_is_the_destination(limited, topics, own):
    exchange, source = topics(), own()
    limited.exchange_declare(source, 'fanout')
    limited.exchange_bind(exchange, source, 'any')


def test_restricts_topic_exchanges_only(limited, topics, own):
    exchange, queue = topics('direct'), own()
    limited.queue_declare(queue)
    limited.queue_bind(queue, exchange, 'any')
    limited.confirm_delivery()
    limited.basic_publish(exchange, 'any', b'x')
    assert get_within(limited, queue)[2] == b'x'


def test_restricts_no_other_topic_exchange(limited, own):
    exchange, queue = own(), own()
    limited.exchange_declare(exchange, 'topic')
    limited.queue_declare(queue)
    limited.queue_bind(queue, exchange, '#')
    limited.confirm_delivery()
    limited.basic_publish(exchange, 'any', b'x')
    assert get_within(limited, queue)[2] == b'x'


def test_restricts_no_other_user(channel, topics, queue):
    exchange = topics()
    channel.queue_bind(queue, exchange, '#')
    channel.confirm_delivery()
    channel.basic_publish(exchange, 'any', b'x')
    assert get_within(channel, queue)[2] == b'x'

"""tx.select, commit and rollback."""
import pytest

from expectations import channel_refusal, depth, drain, eventually, get_within
from target import VHOST


@pytest.fixture
def transactional(connection):
    channel = connection.channel()
    channel.tx_select()
    return channel


def test_publishes_only_at_commit(transactional, channel, queue):
    for number in range(3):
        transactional.basic_publish('', queue, b'%d' % number)
    transactional.basic_qos(prefetch_count=1)  # Answered after the publishes were read.
    assert depth(channel, queue) == 0
    transactional.tx_commit()
    assert drain(channel, queue) == [b'0', b'1', b'2']


def test_forgets_publishes_at_rollback(transactional, channel, queue):
    transactional.basic_publish('', queue, b'gone')
    transactional.tx_rollback()
    transactional.tx_commit()
    assert depth(channel, queue) == 0


def test_forgets_publishes_when_the_channel_closes(transactional, channel, queue):
    transactional.basic_publish('', queue, b'gone')
    transactional.close()
    assert depth(channel, queue) == 0


def test_starts_the_next_transaction_by_itself_after_each_commit(transactional, channel, queue):
    for number in range(3):
        transactional.basic_publish('', queue, b'%d' % number)
        assert depth(channel, queue) == number
        transactional.tx_commit()
        assert depth(channel, queue) == number + 1


def test_acknowledges_only_at_commit(connection, transactional, channel, queue):
    channel.basic_publish('', queue, b'0')
    channel.basic_publish('', queue, b'1')
    tags = [get_within(transactional, queue, auto_ack=False)[0].delivery_tag for _ in range(2)]
    transactional.basic_ack(tags[0])
    transactional.tx_commit()
    transactional.basic_ack(tags[1])
    transactional.close()
    eventually(lambda: depth(channel, queue) == 1)
    assert drain(channel, queue) == [b'1']


def test_lets_a_message_be_acknowledged_again_after_rollback(transactional, channel, queue):
    channel.basic_publish('', queue, b'0')
    tag = get_within(transactional, queue, auto_ack=False)[0].delivery_tag
    transactional.basic_ack(tag)
    transactional.tx_rollback()
    transactional.basic_ack(tag)
    transactional.tx_commit()
    transactional.close()
    assert depth(channel, queue) == 0


def test_returns_mandatory_messages_at_commit(wire, name):
    wire.call(1, 'tx.select')
    wire.publish(1, '', name(), b'lost', mandatory=True)
    wire.send(1, 'tx.commit')
    assert wire.expect_content(1, 'basic.return').body == b'lost'
    wire.expect(1, 'tx.commit-ok')


def test_refuses_an_unknown_exchange_at_once_and_commits_nothing(transactional, channel, queue, name):
    transactional.basic_publish('', queue, b'0')
    missing = name()
    with channel_refusal(404, f"NOT_FOUND - no exchange '{missing}' in vhost '{VHOST}'"):
        transactional.basic_publish(missing, '', b'1')
        transactional.tx_commit()
    assert depth(channel, queue) == 0


def test_selects_twice_as_once(transactional):
    transactional.tx_select()
    transactional.tx_commit()


@pytest.mark.parametrize('end', ['tx_commit', 'tx_rollback'])
def test_refuses_to_end_what_was_not_begun(channel, end):
    with channel_refusal(406, 'PRECONDITION_FAILED - channel is not transactional'):
        getattr(channel, end)()

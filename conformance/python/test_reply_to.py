"""Direct reply-to: the pseudo-queue amq.rabbitmq.reply-to."""
import re

import pika
import pytest

from expectations import channel_refusal, eventually, get_within, queue_in

PSEUDO_QUEUE = 'amq.rabbitmq.reply-to'


@pytest.fixture
def client(connection, collect):
    """A channel that listens for direct replies, with its collector."""
    channel = connection.channel()
    return channel, collect(channel, PSEUDO_QUEUE, auto_ack=True)


def ask(client, queue, body=b'question', **properties):
    client[0].basic_publish('', queue, body, pika.BasicProperties(reply_to=PSEUDO_QUEUE, **properties))


def test_carries_a_request_and_its_reply(client, connect, queue):
    server = connect().channel()
    ask(client, queue, correlation_id='7')
    _, request, body = get_within(server, queue)
    assert re.fullmatch(re.escape(PSEUDO_QUEUE) + r'\.\S+', request.reply_to)
    server.basic_publish('', request.reply_to, body + b' answered', pika.BasicProperties(correlation_id='7'))
    reply = client[1].wait_for(1)[0]
    assert (reply.body, reply.properties.correlation_id) == (b'question answered', '7')
    assert (reply.exchange, reply.routing_key, reply.redelivered) == ('', request.reply_to, False)


def test_gives_the_requests_of_one_channel_the_same_address_and_of_others_another(client, connection, queue, collect):
    other = connection.channel()
    other_client = other, collect(other, PSEUDO_QUEUE, auto_ack=True)
    for asking in (client, client, other_client):
        ask(asking, queue)
    first, second, third = [get_within(connection.channel(), queue)[1].reply_to for _ in range(3)]
    assert first == second != third


def test_takes_several_replies_to_one_request(client, connect, queue):
    server = connect().channel()
    ask(client, queue)
    address = get_within(server, queue)[1].reply_to
    for number in range(3):
        server.basic_publish('', address, b'%d' % number)
    client[1].wait_for(3)
    assert client[1].bodies == [b'0', b'1', b'2']


def test_drops_a_reply_to_a_client_that_is_gone(client, connect, queue):
    server = connect().channel()
    server.confirm_delivery()
    ask(client, queue)
    address = get_within(server, queue)[1].reply_to
    client[0].close()
    server.basic_publish('', address, b'reply')


def test_has_no_queue_at_the_address_of_a_client_that_is_gone(client, connect, queue):
    server = connect()
    ask(client, queue)
    address = get_within(server.channel(), queue)[1].reply_to
    client[0].close()
    with channel_refusal(404, f'NOT_FOUND - no {queue_in(address)}'):
        eventually(lambda: server.channel().queue_declare(address, passive=True).method.consumer_count == 0)


def test_answers_a_declare_of_the_address_while_the_client_listens(client, connect, queue):
    server = connect().channel()
    ask(client, queue)
    address = get_within(server, queue)[1].reply_to
    ok = server.queue_declare(address, passive=True).method
    assert (ok.queue, ok.message_count, ok.consumer_count) == (address, 0, 1)


def test_answers_a_declare_of_the_pseudo_queue(channel):
    ok = channel.queue_declare(PSEUDO_QUEUE, passive=True).method
    assert (ok.queue, ok.message_count) == (PSEUDO_QUEUE, 0)


def test_leaves_a_reply_to_of_the_clients_own_alone(client, queue):
    client[0].basic_publish('', queue, b'x', pika.BasicProperties(reply_to='my-own-queue'))
    assert get_within(client[0], queue)[1].reply_to == 'my-own-queue'


def test_listens_again_after_cancel(client, collect):
    client[1].cancel()
    collect(client[0], PSEUDO_QUEUE, auto_ack=True)


def test_refuses_acknowledged_replies(channel):
    with channel_refusal(406, 'PRECONDITION_FAILED - reply consumer cannot acknowledge'):
        channel.basic_consume(PSEUDO_QUEUE, print)


def test_refuses_a_second_reply_consumer_on_the_channel(client):
    with channel_refusal(406, 'PRECONDITION_FAILED - reply consumer already set'):
        client[0].basic_consume(PSEUDO_QUEUE, print, auto_ack=True)


def test_refuses_a_request_before_anybody_listens(channel, queue):
    channel.confirm_delivery()
    with channel_refusal(406, 'PRECONDITION_FAILED - fast reply consumer does not exist'):
        channel.basic_publish('', queue, b'x', pika.BasicProperties(reply_to=PSEUDO_QUEUE))


def test_refuses_to_bind_the_pseudo_queue(client):
    with channel_refusal(404, re.compile(f"NOT_FOUND - no queue '{re.escape(PSEUDO_QUEUE)}.*", re.S)):
        client[0].queue_bind(PSEUDO_QUEUE, 'amq.direct', 'key')

"""basic.consume, basic.cancel and basic.get; exclusive, single active and prioritised consumers."""
import re

import pytest

import target
from expectations import channel_refusal, depth, eventually, queue_in


def fill(channel, queue, count, start=0):
    channel.confirm_delivery()
    for number in range(start, start + count):
        channel.basic_publish('', queue, b'%d' % number)


def numbers(*range_arguments):
    return [b'%d' % number for number in range(*range_arguments)]


# -- tags and deliveries ----------------------------------------------------------------------------------------------

def test_names_a_consumer_that_did_not_choose_a_tag(wire, queue):
    first = wire.call(1, 'basic.consume', queue=queue).consumer_tag
    second = wire.call(1, 'basic.consume', queue=queue).consumer_tag
    assert first.startswith('amq.ctag-') and second.startswith('amq.ctag-') and first != second


def test_keeps_the_tag_that_a_consumer_chose(wire, queue):
    assert wire.call(1, 'basic.consume', queue=queue, consumer_tag='mine').consumer_tag == 'mine'
    wire.publish(1, '', queue, b'x')
    delivered = wire.expect_content(1, 'basic.deliver').method
    assert (delivered.consumer_tag, delivered.delivery_tag, delivered.redelivered) == ('mine', 1, False)
    assert (delivered.exchange, delivered.routing_key) == ('', queue)


def test_refuses_a_tag_in_use_on_the_channel_with_530(wire, queue):
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='mine')
    wire.send(1, 'basic.consume', queue=queue, consumer_tag='mine')
    closed = wire.expect(0, 'connection.close')
    assert (closed.reply_code, closed.reply_text) == (530, "NOT_ALLOWED - attempt to reuse consumer tag 'mine'")
    assert (closed.class_id, closed.method_id) == (60, 20)


def test_lets_another_channel_use_the_same_tag(dial, queue):
    wire = dial().open(target.MAIN, channels=2)
    for channel in (1, 2):
        wire.call(channel, 'basic.consume', queue=queue, consumer_tag='mine')


def test_lets_a_tag_be_used_again_after_cancel(wire, queue):
    for _ in range(3):
        wire.call(1, 'basic.consume', queue=queue, consumer_tag='mine')
        wire.call(1, 'basic.cancel', consumer_tag='mine')


def test_answers_the_cancel_of_an_unknown_tag(wire):
    assert wire.call(1, 'basic.cancel', consumer_tag='never-seen').consumer_tag == 'never-seen'


def test_delivers_what_waited_and_then_what_comes_in_the_order_of_publishing(connect, queue, collect):
    publisher, channel = connect().channel(), connect().channel()
    fill(publisher, queue, 50)
    consumer = collect(channel, queue, auto_ack=True)
    fill(publisher, queue, 50, start=50)
    consumer.wait_for(100)
    assert consumer.bodies == numbers(100)
    assert [delivery.tag for delivery in consumer.deliveries] == list(range(1, 101))


def test_numbers_the_deliveries_of_all_consumers_and_gets_of_a_channel_together(channel, name, collect):
    queues = [name(), name(), name()]
    for queue in queues:
        channel.queue_declare(queue)
    consumers = [collect(channel, queue) for queue in queues[:2]]
    for queue in queues:
        fill(channel, queue, 1)
    for consumer in consumers:
        consumer.wait_for(1)
    tags = [consumer.deliveries[0].tag for consumer in consumers] + [channel.basic_get(queues[2])[0].delivery_tag]
    assert sorted(tags) == [1, 2, 3]


def test_keeps_what_was_delivered_after_cancel_for_acknowledgement(channel, queue, collect):
    fill(channel, queue, 1)
    consumer = collect(channel, queue)
    tag = consumer.wait_for(1)[0].tag
    consumer.cancel()
    channel.basic_ack(tag)
    assert depth(channel, queue) == 0


def test_delivers_nothing_more_after_cancel_ok(wire, queue, channel):
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c', no_ack=True)
    wire.call(1, 'basic.cancel', consumer_tag='c')
    fill(channel, queue, 1)
    assert wire.call(1, 'queue.declare', queue=queue, passive=True).message_count == 1


def test_forgets_at_once_what_it_delivers_without_acknowledgement(connect, queue, collect):
    first = connect()
    channel = first.channel()
    fill(channel, queue, 3)
    collect(channel, queue, auto_ack=True).wait_for(3)
    first.close()
    assert depth(connect().channel(), queue) == 0


def test_ignores_no_local_and_delivers_to_the_publishing_connection(wire, queue):
    wire.call(1, 'basic.consume', queue=queue, no_local=True, no_ack=True)
    wire.publish(1, '', queue, b'own')
    assert wire.expect_content(1, 'basic.deliver').body == b'own'


def test_gives_messages_to_consumers_in_turn(channel, queue, collect):
    consumers = [collect(channel, queue) for _ in range(3)]
    for number in range(9):  # One by one, so that each consumer is as ready as the others.
        fill(channel, queue, 1, start=number)
        eventually(lambda: sum(len(consumer.deliveries) for consumer in consumers) > number, pump=channel.connection)
    assert sorted(consumer.bodies for consumer in consumers) == [numbers(0, 9, 3), numbers(1, 9, 3), numbers(2, 9, 3)]


def test_gives_every_message_to_one_consumer_only(connect, queue, collect):
    consumers = [collect(connect().channel(), queue, auto_ack=True) for _ in range(4)]
    fill(connect().channel(), queue, 200)

    def all_delivered():
        for consumer in consumers:
            consumer.channel.connection.process_data_events()
        return sum(len(consumer.deliveries) for consumer in consumers) >= 200

    eventually(all_delivered)
    assert sorted(body for consumer in consumers for body in consumer.bodies) == sorted(numbers(200))


# -- exclusive consumers ----------------------------------------------------------------------------------------------

def test_refuses_a_second_consumer_beside_an_exclusive_one(connect, queue):
    connect().channel().basic_consume(queue, print, exclusive=True)
    with channel_refusal(403, f'ACCESS_REFUSED - {queue_in(queue)} in exclusive use'):
        connect().channel().basic_consume(queue, print)


def test_refuses_an_exclusive_consumer_beside_another(connect, queue):
    connect().channel().basic_consume(queue, print)
    with channel_refusal(403, f'ACCESS_REFUSED - {queue_in(queue)} in exclusive use'):
        connect().channel().basic_consume(queue, print, exclusive=True)


def test_lets_others_consume_when_the_exclusive_consumer_is_gone(connection, queue, collect):
    channel = connection.channel()
    collect(channel, queue, exclusive=True).cancel()
    collect(connection.channel(), queue)


def test_lets_basic_get_read_beside_an_exclusive_consumer_that_is_full(connection, queue, collect):
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)
    fill(channel, queue, 2)
    collect(channel, queue, exclusive=True).wait_for(1)
    assert connection.channel().basic_get(queue)[2] == b'1'


# -- single active consumer -------------------------------------------------------------------------------------------

@pytest.fixture(params=['classic', 'quorum'])
def single_active(request, channel, name):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-queue-type': request.param,
                                                          'x-single-active-consumer': True})
    return queue


def test_gives_everything_to_the_single_active_consumer(connection, single_active, collect):
    channel = connection.channel()
    first, second = collect(channel, single_active, auto_ack=True), collect(channel, single_active, auto_ack=True)
    fill(channel, single_active, 10)
    first.wait_for(10)
    assert (first.bodies, second.bodies) == (numbers(10), [])


@pytest.mark.parametrize('ending', ['cancel', 'channel', 'connection'])
def test_makes_the_next_consumer_active_when_the_active_one_goes(connect, single_active, collect, ending):
    publisher = connect().channel()
    first_connection = connect()
    first = collect(first_connection.channel(), single_active, auto_ack=True)
    second = collect(publisher, single_active, auto_ack=True)
    third = collect(publisher, single_active, auto_ack=True)
    {'cancel': first.cancel, 'channel': first.channel.close, 'connection': first_connection.close}[ending]()
    fill(publisher, single_active, 5)
    second.wait_for(5)
    assert (second.bodies, third.bodies) == (numbers(5), [])


def test_holds_messages_back_while_the_single_active_consumer_is_full(connection, single_active, collect):
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)
    first, second = collect(channel, single_active), collect(channel, single_active)
    fill(channel, single_active, 3)
    first.wait_for(1)
    eventually(lambda: depth(channel, single_active) == 2)
    assert second.settle() == []
    channel.basic_ack(first.deliveries[0].tag)
    first.wait_for(2)
    assert second.settle() == []


def test_gives_a_returned_message_to_the_next_active_consumer(connect, single_active, collect):
    first_connection, channel = connect(), connect().channel()
    first = collect(first_connection.channel(), single_active)
    second = collect(channel, single_active)
    fill(channel, single_active, 2)
    first.wait_for(2)
    first_connection.close()
    second.wait_for(2)
    assert second.bodies == numbers(2)
    assert all(delivery.redelivered for delivery in second.deliveries)


def test_refuses_an_exclusive_consumer_on_a_single_active_consumer_queue(connection, name):
    queue = name()
    channel = connection.channel()
    channel.queue_declare(queue, durable=True, arguments={'x-single-active-consumer': True})
    with channel_refusal(403, f'ACCESS_REFUSED - {queue_in(queue)} in exclusive use'):
        channel.basic_consume(queue, print, exclusive=True)


# -- consumer priority ------------------------------------------------------------------------------------------------

def test_prefers_the_consumer_of_higher_priority_while_it_has_room(connection, queue, collect):
    low, high = connection.channel(), connection.channel()
    for channel in (low, high):
        channel.basic_qos(prefetch_count=3)
    lower = collect(low, queue)
    higher = collect(high, queue, arguments={'x-priority': 10})
    fill(connection.channel(), queue, 5)
    higher.wait_for(3)
    lower.wait_for(2)
    assert (higher.bodies, lower.bodies) == (numbers(3), numbers(3, 5))
    high.basic_ack(0, multiple=True)
    low.basic_ack(0, multiple=True)
    fill(connection.channel(), queue, 1, start=5)
    higher.wait_for(4)
    assert lower.settle() and lower.bodies == numbers(3, 5)


def test_takes_a_negative_consumer_priority_as_less_than_none(connection, queue, collect):
    channel = connection.channel()
    lower, default = collect(channel, queue, arguments={'x-priority': -1}), collect(channel, queue)
    fill(channel, queue, 4)
    default.wait_for(4)
    assert lower.bodies == []


def test_refuses_a_consumer_priority_that_is_no_number(channel, queue):
    with channel_refusal(406, re.compile("PRECONDITION_FAILED - invalid (arg|argument|type) .*x-priority.*", re.S)):
        channel.basic_consume(queue, print, arguments={'x-priority': 'high'})


@pytest.mark.parametrize('queue_type', ['classic', 'quorum'])
def test_refuses_an_offset_that_only_streams_have(channel, name, queue_type):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-queue-type': queue_type})
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid arg 'x-stream-offset' for {queue_in(queue)} "
                              f'of queue type rabbit_{queue_type}_queue'):
        channel.basic_consume(queue, print, arguments={'x-stream-offset': 'first'})


# -- cancellation by the server ---------------------------------------------------------------------------------------

def test_tells_a_consumer_that_its_queue_was_deleted(wire, queue, channel):
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c')
    channel.queue_delete(queue)
    assert wire.expect(1, 'basic.cancel').consumer_tag == 'c'
    wire.call(1, 'basic.qos')  # The channel lives on.


def test_answers_the_deletion_of_a_queue_before_it_tells_the_consumers_of_the_same_channel(wire, queue):
    for tag in ('one', 'two'):
        wire.call(1, 'basic.consume', queue=queue, consumer_tag=tag)
    wire.call(1, 'queue.delete', queue=queue)
    assert {wire.expect(1, 'basic.cancel').consumer_tag for _ in range(2)} == {'one', 'two'}


def test_tells_the_consumers_of_a_channel_that_deletes_their_queue_without_an_answer(wire, queue):
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c')
    wire.send(1, 'queue.delete', queue=queue, no_wait=True)
    assert wire.expect(1, 'basic.cancel').consumer_tag == 'c'


def test_tells_no_consumer_of_a_deletion_that_was_refused(wire, queue):
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c')
    wire.send(1, 'queue.delete', queue=queue, if_unused=True)
    assert wire.expect(1, 'channel.close').reply_code == 406


def test_lets_the_tag_of_a_cancelled_consumer_be_used_again(wire, queue, channel, name):
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c')
    channel.queue_delete(queue)
    wire.expect(1, 'basic.cancel')
    wire.call(1, 'queue.declare', queue=queue, durable=True)
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c')


def test_sends_no_cancel_to_a_client_that_did_not_ask_for_it(dial, queue, channel):
    wire = dial()
    wire.greet()
    wire.log_in(target.MAIN.user, target.MAIN.password, capabilities={})
    wire.expect(0, 'connection.tune')
    wire.tune()
    wire.call(0, 'connection.open', virtual_host=target.VHOST)
    wire.call(1, 'channel.open')
    wire.call(1, 'basic.consume', queue=queue, consumer_tag='c')
    channel.queue_delete(queue)
    wire.call(1, 'basic.qos')  # Any basic.cancel would come before the answer.


def test_drops_acknowledgements_for_a_queue_that_was_deleted(connection, queue, collect):
    channel = connection.channel()
    fill(channel, queue, 1)
    tag = collect(channel, queue).wait_for(1)[0].tag
    connection.channel().queue_delete(queue)
    channel.basic_ack(tag)
    channel.queue_declare(queue, durable=True)


# -- basic.get --------------------------------------------------------------------------------------------------------

def test_answers_get_with_the_number_of_messages_that_remain(wire, queue, channel):
    fill(channel, queue, 2)
    for remaining, body in ((1, b'0'), (0, b'1')):
        wire.send(1, 'basic.get', queue=queue)
        got = wire.expect_content(1, 'basic.get-ok')
        assert (got.body, got.method.message_count, got.method.redelivered) == (body, remaining, False)
    wire.send(1, 'basic.get', queue=queue)
    wire.expect(1, 'basic.get-empty')


def test_skips_in_get_what_others_have_not_acknowledged(connect, queue):
    one, other = connect().channel(), connect().channel()
    fill(one, queue, 2)
    assert one.basic_get(queue)[2] == b'0'
    assert other.basic_get(queue)[2] == b'1'
    assert one.basic_get(queue) == (None, None, None)


def test_refuses_get_on_a_quorum_queue_with_a_single_active_consumer(channel, name):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-queue-type': 'quorum', 'x-single-active-consumer': True})
    channel.basic_consume(queue, print)
    with channel_refusal(405, re.compile(f'RESOURCE_LOCKED - cannot obtain access to locked {queue_in(queue)}.*', re.S)):
        channel.basic_get(queue)

"""basic.qos: how much a consumer may hold, for each consumer, for the channel, and when it is changed meanwhile."""
import pytest

from expectations import connection_refusal, depth, eventually


@pytest.fixture
def full(channel, queue):
    """The test's queue with ten messages."""
    channel.confirm_delivery()
    for number in range(10):
        channel.basic_publish('', queue, b'%d' % number)
    return queue


def left(channel, queue, count):
    """Waits until exactly so many messages are ready: the rest is with consumers."""
    eventually(lambda: depth(channel, queue) == count, pump=channel.connection)


def test_delivers_everything_without_a_limit(channel, full, collect):
    collect(channel, full).wait_for(10)


def test_takes_a_prefetch_of_0_as_no_limit(channel, full, collect):
    channel.basic_qos(prefetch_count=1)
    channel.basic_qos(prefetch_count=0)
    collect(channel, full).wait_for(10)


def test_holds_a_consumer_to_its_prefetch_and_sends_one_more_for_each_acknowledgement(channel, full, collect):
    channel.basic_qos(prefetch_count=3)
    consumer = collect(channel, full)
    consumer.wait_for(3)
    left(channel, full, 7)
    for acknowledged in range(1, 5):
        channel.basic_ack(consumer.deliveries[acknowledged - 1].tag)
        consumer.wait_for(3 + acknowledged)
        left(channel, full, 7 - acknowledged)
    assert len(consumer.settle()) == 7


@pytest.mark.parametrize('settle', ['ack multiple', 'nack', 'reject'])
def test_makes_room_by_settling_in_any_way(channel, full, collect, settle):
    channel.basic_qos(prefetch_count=2)
    consumer = collect(channel, full)
    tags = [delivery.tag for delivery in consumer.wait_for(2)]
    if settle == 'ack multiple':
        channel.basic_ack(tags[1], multiple=True)
    elif settle == 'nack':
        channel.basic_nack(tags[1], multiple=True, requeue=False)
    else:
        for tag in tags:
            channel.basic_reject(tag, requeue=False)
    consumer.wait_for(4)
    left(channel, full, 6)


def test_limits_each_consumer_of_a_channel_by_itself(channel, full, collect):
    channel.basic_qos(prefetch_count=2)
    consumers = [collect(channel, full) for _ in range(3)]
    for consumer in consumers:
        consumer.wait_for(2)
    left(channel, full, 4)


def test_applies_a_new_prefetch_to_later_consumers_only(channel, full, collect):
    channel.basic_qos(prefetch_count=1)
    first = collect(channel, full)
    first.wait_for(1)
    channel.basic_qos(prefetch_count=4)
    second = collect(channel, full)
    second.wait_for(4)
    left(channel, full, 5)
    assert len(first.deliveries) == 1


def test_does_not_count_get_nor_consumers_without_acknowledgement(channel, full, collect):
    channel.basic_qos(prefetch_count=1)
    for _ in range(3):
        assert channel.basic_get(full)[0]
    collect(channel, full, auto_ack=True).wait_for(7)


def test_shares_a_global_limit_among_all_consumers_of_the_channel(channel, full, collect):
    channel.basic_qos(prefetch_count=3, global_qos=True)
    consumers = [collect(channel, full) for _ in range(2)]

    def held():
        return sum(len(consumer.deliveries) for consumer in consumers)

    eventually(lambda: held() == 3, pump=channel.connection)
    left(channel, full, 7)
    channel.basic_ack(max(delivery.tag for consumer in consumers for delivery in consumer.deliveries), multiple=True)
    eventually(lambda: held() == 6, pump=channel.connection)
    left(channel, full, 4)


def test_serves_the_queues_of_a_channel_in_turn_under_a_global_limit(channel, name):
    """None is left behind, however few may be unsettled at once."""
    queues = [f'{name}.{number}' for number in range(3)]
    channel.confirm_delivery()
    for queue in queues:
        channel.queue_declare(queue, auto_delete=True)
        for number in range(40):
            channel.basic_publish('', queue, b'%d' % number)
    channel.basic_qos(prefetch_count=1, global_qos=True)
    came = []
    for queue in queues:
        channel.basic_consume(queue, lambda _, method, *rest: came.append(method), consumer_tag=queue)
    for count in range(1, 40):
        eventually(lambda count=count: len(came) == count, pump=channel.connection)
        channel.basic_ack(came[-1].delivery_tag)
    assert {method.consumer_tag for method in came} == set(queues)


def test_obeys_the_smaller_of_a_global_limit_and_a_consumers_own(channel, full, collect):
    """In this order: in RabbitMQ a prefetch for consumers lifts the global one that was set before."""
    channel.basic_qos(prefetch_count=3)
    channel.basic_qos(prefetch_count=4, global_qos=True)
    first = collect(channel, full)
    first.wait_for(3)
    second = collect(channel, full)
    second.wait_for(1)
    left(channel, full, 6)


def test_sends_more_when_the_global_limit_is_raised_while_consuming(channel, full, collect):
    """What Celery does for every task with an eta."""
    channel.basic_qos(prefetch_count=1, global_qos=True)
    consumer = collect(channel, full)
    consumer.wait_for(1)
    for limit in (2, 4, 7):
        channel.basic_qos(prefetch_count=limit, global_qos=True)
        consumer.wait_for(limit)
        left(channel, full, 10 - limit)


def test_sends_nothing_until_enough_is_settled_when_the_global_limit_is_lowered_while_consuming(channel, full, collect):
    channel.basic_qos(prefetch_count=4, global_qos=True)
    consumer = collect(channel, full)
    consumer.wait_for(4)
    channel.basic_qos(prefetch_count=2, global_qos=True)
    for delivery in list(consumer.deliveries[:2]):
        channel.basic_ack(delivery.tag)
    left(channel, full, 6)
    channel.basic_ack(consumer.deliveries[2].tag)
    consumer.wait_for(5)
    left(channel, full, 5)


def test_lifts_the_global_limit_with_0(channel, full, collect):
    channel.basic_qos(prefetch_count=1, global_qos=True)
    consumer = collect(channel, full)
    consumer.wait_for(1)
    channel.basic_qos(prefetch_count=0, global_qos=True)
    consumer.wait_for(10)


def test_sends_a_full_consumers_share_to_the_others(connection, full, collect):
    one, other = connection.channel(), connection.channel()
    one.basic_qos(prefetch_count=1)
    collect(one, full).wait_for(1)
    collect(other, full).wait_for(9)


def test_refuses_a_limit_in_octets_with_540(channel):
    with connection_refusal(540, 'NOT_IMPLEMENTED - prefetch_size!=0 (4096)'):
        channel.basic_qos(prefetch_size=4096)

"""Queues that understand Celery's tasks (x-ferry-celery), with Celery as it is: Debian's, and its workers.

RabbitMQ has nothing like it.
"""
import json
import secrets
import time
from datetime import datetime, timedelta, timezone

import pika
import pytest

pytest.importorskip('celery')

from celery.exceptions import TaskRevokedError  # noqa: E402

from expectations import channel_refusal, depth, eventually, inequivalent, queue_in  # noqa: E402
from test_celery import PATIENCE_SECONDS, Worker, result, tasks  # noqa: E402
from test_delays import product  # noqa: E402

pytestmark = pytest.mark.skipif('Ferry' not in product(), reason="RabbitMQ does not understand Celery's tasks")

MANY = 10_000
AWARE = {'x-ferry-celery': True}
DEFINED = 'conf-celery-defined'  # In definitions.json.


@pytest.fixture
def queue(name, channel):
    """A queue that an operator declared; Celery declares it plainly when it first uses it."""
    queue = name('celery')
    channel.queue_declare(queue, durable=True, arguments=AWARE)
    return queue


@pytest.fixture(scope='module')
def idle_worker(tmp_path_factory):
    worker = Worker(tmp_path_factory.mktemp('celery') / 'worker.log')
    yield worker
    worker.stop()


@pytest.fixture
def start_worker(idle_worker, queue):
    """Has a worker consume from the queue of the test."""
    def start_worker():
        idle_worker.runs_before = runs_in_all(idle_worker)
        idle_worker.tell('add_consumer', queue)
        return idle_worker

    yield start_worker
    idle_worker.tell('cancel_consumer', queue)


def call(task, queue, *args, **options):
    return task.apply_async(args, queue=queue, **options)


def publish(channel, queue, message):
    """Publishes what Celery has made, faster than Celery does."""
    channel.basic_publish('', queue, json.dumps(message.body), pika.BasicProperties(
        headers=message.headers, content_type='application/json', content_encoding='utf-8', delivery_mode=2,
        **message.properties))


def runs_in_all(worker):
    return sum((worker.ask('stats')['total'] or {}).values())


def runs(worker):
    """How many tasks it has run in this test."""
    return runs_in_all(worker) - worker.runs_before


def resident_kib(process):
    with open(f'/proc/{process.pid}/status') as status:
        return int(next(line.split()[1] for line in status if line.startswith('VmRSS')))


# -- eta --------------------------------------------------------------------------------------------------------------

def test_runs_a_task_at_its_eta_and_once(queue, start_worker):
    worker = start_worker()
    eta = datetime.now(timezone.utc) + timedelta(seconds=3)
    asked = [call(tasks.when, queue, eta=eta) for _ in range(20)]
    held = [worker.ask('scheduled'), worker.ask('reserved')]
    assert held == [[], []] or datetime.now(timezone.utc) > eta
    times = [result(one) for one in asked]
    assert min(times) >= eta.timestamp()
    assert result(call(tasks.echo, queue, 'last')) == 'last'
    assert runs(worker) == 21


def test_runs_other_tasks_meanwhile(queue, start_worker):
    start_worker()
    later = call(tasks.when, queue, countdown=3600)
    assert result(call(tasks.add, queue, 2, 2)) == 4
    assert not later.ready()


def test_holds_ten_thousand_tasks_while_a_worker_keeps_none(channel, queue, start_worker):
    worker = start_worker()
    assert result(call(tasks.echo, queue, 'warm')) == 'warm'
    before = resident_kib(worker.process)
    eta = datetime.now(timezone.utc) + timedelta(hours=1)
    for _ in range(MANY):
        publish(channel, queue, tasks.app.amqp.as_task_v2(secrets.token_hex(16), 'celery_tasks.when', eta=eta))
    assert result(call(tasks.echo, queue, 'behind them all')) == 'behind them all'
    # The worker lets go of its last task after the caller has the result.
    eventually(lambda: worker.ask('scheduled') == worker.ask('reserved') == worker.ask('active') == [],
               within=PATIENCE_SECONDS)
    assert resident_kib(worker.process) - before < 10_000
    assert depth(channel, queue) == 0
    assert channel.queue_purge(queue).method.message_count == MANY


def test_holds_a_retry(queue, start_worker):
    worker = start_worker()
    asked = call(tasks.once_more_after, queue, 2)
    eventually(lambda: runs(worker) == 1, within=PATIENCE_SECONDS)
    assert worker.ask('scheduled') == []
    first, second = result(asked)
    assert second >= first + 2


def test_purges_tasks_that_are_held(channel, queue):
    for _ in range(3):
        call(tasks.when, queue, countdown=3600)
    call(tasks.when, queue)
    eventually(lambda: depth(channel, queue) == 1)
    assert channel.queue_purge(queue).method.message_count == 4
    assert channel.queue_purge(queue).method.message_count == 0


# -- expires ----------------------------------------------------------------------------------------------------------

def test_tells_the_caller_of_a_task_that_expires_while_no_worker_runs(channel, queue):
    asked = call(tasks.when, queue, expires=1)
    with pytest.raises(TaskRevokedError, match='expired'):
        result(asked)
    assert depth(channel, queue) == 0


def test_hands_out_no_task_that_had_expired_when_it_came(queue, start_worker):
    worker = start_worker()
    asked = call(tasks.when, queue, expires=datetime.now(timezone.utc) - timedelta(seconds=1))
    with pytest.raises(TaskRevokedError, match='expired'):
        result(asked)
    assert result(call(tasks.echo, queue, 'next')) == 'next'
    assert runs(worker) == 1


def test_runs_a_task_before_it_expires(queue, start_worker):
    start_worker()
    assert result(call(tasks.add, queue, 1, 2, countdown=1, expires=60)) == 3


# -- revoke -----------------------------------------------------------------------------------------------------------

def revoke(*asked, **options):
    tasks.app.control.revoke([one.id for one in asked], **options)


def test_never_runs_a_task_that_was_revoked_while_no_worker_ran(queue, tmp_path):
    waiting, held, kept = call(tasks.when, queue), call(tasks.when, queue, countdown=2), call(tasks.echo, queue, 'kept')
    revoke(waiting, held)
    for revoked in (waiting, held):
        with pytest.raises(TaskRevokedError, match='revoked'):
            result(revoked)
    worker = Worker(tmp_path / 'worker.log', '-Q', queue, '--without-mingle')  # One that has heard of no revoke.
    try:
        assert result(kept) == 'kept'
        assert runs_in_all(worker) == 1
    finally:
        worker.stop()


def test_never_runs_a_task_that_was_revoked_before_it_came(queue, start_worker):
    worker = start_worker()
    task_id = secrets.token_hex(16)
    tasks.app.control.revoke(task_id)
    with pytest.raises(TaskRevokedError, match='revoked'):
        result(call(tasks.when, queue, task_id=task_id))
    assert result(call(tasks.echo, queue, 'next')) == 'next'
    assert runs(worker) == 1


def test_revokes_with_terminate_what_no_worker_has(queue):
    asked = call(tasks.nap, queue, 60)
    revoke(asked, terminate=True)
    with pytest.raises(TaskRevokedError, match='revoked'):
        result(asked)


def test_leaves_a_command_for_particular_workers_to_them(channel, queue):
    asked = call(tasks.when, queue)
    revoke(asked, destination=['nobody@nowhere'])
    call(tasks.when, queue)
    eventually(lambda: depth(channel, queue) == 2)
    assert not asked.ready()


def test_sends_the_result_that_a_worker_sends(channel, queue, name):
    results = name('results')
    channel.queue_declare(results)
    channel.confirm_delivery()
    channel.basic_publish('', queue, b'[[], {}, {}]', pika.BasicProperties(
        headers={'task': 'celery_tasks.when', 'id': 'an "id"', 'expires': '2020-01-01T00:00:00+00:00'},
        content_type='application/json', content_encoding='utf-8', correlation_id='an "id"', reply_to=results))
    _, properties, body = eventually(lambda: (got := channel.basic_get(results, auto_ack=True))[0] and got)
    assert properties.content_type == 'application/json'
    assert properties.content_encoding == 'utf-8'
    assert properties.correlation_id == 'an "id"'
    assert properties.delivery_mode == 1
    assert body == (b'{"task_id":"an \\"id\\"","status":"REVOKED","result":{"exc_type":"TaskRevokedError",'
                    b'"exc_message":["expired"],"exc_module":"celery.exceptions"},"traceback":null,"children":[]}')


# -- declaring --------------------------------------------------------------------------------------------------------

def test_lets_unchanged_clients_declare_the_queue_plainly(connection, queue):
    connection.channel().queue_declare(queue, durable=True)
    connection.channel().queue_declare(queue, durable=True, arguments=AWARE)
    with channel_refusal(406, inequivalent('x-ferry-celery', queue_in(queue), "'false'", "'true'")):
        connection.channel().queue_declare(queue, durable=True, arguments={'x-ferry-celery': False})


def test_does_not_change_a_queue_that_exists(connection, name):
    plain = name()
    connection.channel().queue_declare(plain, durable=True)
    with channel_refusal(406, inequivalent('x-ferry-celery', queue_in(plain), "the value 'true' of type 'bool'", 'none')):
        connection.channel().queue_declare(plain, durable=True, arguments=AWARE)


def test_refuses_a_value_that_is_no_boolean(connection, name):
    queue = name()
    with channel_refusal(406, f"PRECONDITION_FAILED - invalid arg 'x-ferry-celery' for {queue_in(queue)}: "
                              '{unacceptable_type,longstr}'):
        connection.channel().queue_declare(queue, durable=True, arguments={'x-ferry-celery': 'yes'})


@pytest.mark.parametrize('queue_type', ['classic', 'quorum'])
def test_holds_tasks_in_either_type_of_queue(channel, name, queue_type):
    queue = name()
    channel.queue_declare(queue, durable=True, arguments={'x-queue-type': queue_type, **AWARE})
    begin = time.time()
    channel.basic_publish('', queue, b'', pika.BasicProperties(delivery_mode=2, headers={
        'task': 't', 'id': 'a', 'eta': (datetime.now(timezone.utc) + timedelta(seconds=1)).isoformat()}))
    assert depth(channel, queue) == 0
    eventually(lambda: depth(channel, queue) == 1)
    assert time.time() >= begin + 1


def test_understands_tasks_in_a_queue_that_the_definitions_file_declares(channel):
    channel.queue_purge(DEFINED)
    call(tasks.when, DEFINED, countdown=3600)
    call(tasks.when, DEFINED)
    eventually(lambda: depth(channel, DEFINED) == 1)
    assert channel.queue_purge(DEFINED).method.message_count == 2

"""Celery with real workers: Debian's python3-celery, results over rpc://, remote control and events."""
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

pytest.importorskip('celery')
os.environ['CONFORMANCE_CELERY_QUEUE'] = f'conf-celery-{secrets.token_hex(4)}'

from celery import chain, group  # noqa: E402
from celery.exceptions import TaskRevokedError  # noqa: E402
from kombu import Connection, Queue  # noqa: E402

import celery_tasks as tasks  # noqa: E402
from expectations import eventually  # noqa: E402

HERE = Path(__file__).parent
PATIENCE_SECONDS = 90


class Worker:
    """A worker process of its own with one child process."""

    def __init__(self, log, *options):
        self.name = f'conf-{secrets.token_hex(4)}@conformance'
        self.log = open(log, 'wb')
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'celery', '-A', 'celery_tasks', 'worker', '-E', '-c', '1', '-n', self.name,
             '--loglevel', 'INFO', *options], cwd=HERE, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        eventually(self._answers, within=PATIENCE_SECONDS)

    def _answers(self):
        assert self.process.poll() is None, f'the worker has ended: {Path(self.log.name).read_text()}'
        return self._answered('ping', timeout=0.5)

    def _answered(self, question, *arguments, timeout):
        return getattr(tasks.app.control.inspect([self.name], timeout=timeout, limit=1), question)(*arguments)

    def ask(self, question, *arguments):
        """An inspect command to this worker: its answer. Kombu gives up when what comes is a late answer to an earlier one."""
        return eventually(lambda: self._answered(question, *arguments, timeout=30), within=PATIENCE_SECONDS)[self.name]

    def tell(self, command, *arguments, **options):
        """A control command to this worker, as often as it takes: its answer."""
        (answer,) = eventually(
            lambda: getattr(tasks.app.control, command)(*arguments, destination=[self.name], reply=True, timeout=30, limit=1,
                                                        **options), within=PATIENCE_SECONDS)
        return answer[self.name]

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()


class Monitor(threading.Thread):
    """Collects events on a thread of its own."""

    def __init__(self):
        super().__init__(daemon=True)
        self.events = []
        self.start()

    def run(self):
        with tasks.app.connection() as connection:
            receiver = tasks.app.events.Receiver(connection, handlers={'*': self.events.append})
            receiver.capture(limit=None, timeout=None, wakeup=True)

    def wait_for(self, kind, **fields):
        return eventually(lambda: next((event for event in list(self.events) if event['type'] == kind and all(
            event.get(key) == value for key, value in fields.items())), None), within=PATIENCE_SECONDS)


@pytest.fixture(scope='module')
def worker(tmp_path_factory):
    worker = Worker(tmp_path_factory.mktemp('celery') / 'worker.log')
    yield worker
    worker.stop()
    with Connection(tasks.app.conf.broker_url) as connection:
        channel = connection.default_channel
        for queue in tasks.app.conf.task_queues:  # The second is the caller's own end of the broadcast.
            channel.queue_delete(queue.name)
        channel.exchange_delete(tasks.QUEUE)
        channel.exchange_delete(f'{tasks.QUEUE}-all')


@pytest.fixture(scope='module')
def monitor(worker):
    monitor = Monitor()
    monitor.wait_for('worker-heartbeat', hostname=worker.name)
    return monitor


@pytest.fixture(autouse=True)
def _with_a_worker(worker):
    """Every test here needs one."""


def result(asynchronous):
    return asynchronous.get(timeout=PATIENCE_SECONDS)


# -- results ----------------------------------------------------------------------------------------------------------

def test_returns_the_result_of_a_task():
    assert result(tasks.add.delay(4, 4)) == 8


def test_returns_to_each_caller_its_own_result():
    asked = [tasks.add.delay(number, 1) for number in range(5)]
    assert [result(one) for one in reversed(asked)] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize('value', [None, 'grüße', 3.5, [1, [2, {'three': None}]], {}], ids=repr)
def test_carries_values_there_and_back(value):
    assert result(tasks.echo.delay(value)) == value


def test_carries_a_megabyte_there_and_back():
    value = 'x' * 1_000_000
    assert result(tasks.echo.delay(value)) == value


@pytest.mark.parametrize('compression', ['zlib', 'bzip2'])
def test_carries_compressed_tasks(compression):
    assert result(tasks.echo.apply_async(['x' * 10_000], compression=compression)) == 'x' * 10_000


def test_raises_at_the_caller_what_the_task_raised():
    with pytest.raises(ValueError, match='as asked'):
        result(tasks.fail.delay())


def test_sees_a_task_started_before_it_is_done(monitor):
    asked = tasks.nap.delay(1)
    monitor.wait_for('task-started', uuid=asked.id)
    assert result(asked) == 'rested'


# -- canvas -----------------------------------------------------------------------------------------------------------

def test_passes_results_along_a_chain():
    assert result(chain(tasks.add.s(1, 2), tasks.add.s(3), tasks.add.s(4))()) == 10


def test_collects_the_results_of_a_group_in_order():
    assert result(group(tasks.add.s(number, number) for number in range(10))()) == list(range(0, 20, 2))


def test_calls_back_with_the_result():
    second = tasks.add.s(10)
    second.freeze()
    tasks.add.apply_async((1, 2), link=second)
    assert result(tasks.app.AsyncResult(second.id)) == 13


def test_cuts_work_into_chunks():
    assert result(tasks.add.chunks(zip(range(6), range(6)), 2).group()()) == [[0, 2], [4, 6], [8, 10]]


def test_retries_until_a_task_succeeds():
    assert result(tasks.succeed_at_the_third_attempt.delay()) == 2


# -- time -------------------------------------------------------------------------------------------------------------

def test_runs_no_task_before_its_countdown():
    before = time.time()
    assert result(tasks.when.apply_async(countdown=1)) >= before + 1


def test_runs_no_task_before_its_eta():
    eta = datetime.now(timezone.utc) + timedelta(seconds=1)
    assert result(tasks.when.apply_async(eta=eta)) >= eta.timestamp()


def test_raises_the_prefetch_for_waiting_tasks_so_that_others_still_run():
    """Each task with an eta that a worker holds takes one more place by basic.qos."""
    for countdown in (4, 12):  # The longer one for a machine that takes seconds for a call.
        waiting = [tasks.when.apply_async(countdown=countdown) for _ in range(5)]
        _, ran = result(tasks.stamped.delay('others'))
        if ran < min(result(one) for one in waiting):
            return
    pytest.fail('others run only after those that wait')


def test_runs_no_task_that_has_expired(worker):
    """Celery publishes it with expiration 0: only a worker that can take it at once ever sees it."""
    eventually(lambda: worker.ask('reserved') == worker.ask('active') == [])  # It has acknowledged all before.
    with pytest.raises(TaskRevokedError, match='expired'):
        result(tasks.add.apply_async((1, 1), expires=datetime.now(timezone.utc) - timedelta(seconds=1)))


# -- remote control ---------------------------------------------------------------------------------------------------

def test_answers_inspect_ping(worker):
    assert worker.ask('ping') == {'ok': 'pong'}


def test_answers_inspect_registered(worker):
    assert {'celery_tasks.add', 'celery_tasks.nap'} <= set(worker.ask('registered'))


def test_answers_inspect_stats(worker):
    result(tasks.add.delay(1, 1))
    stats = worker.ask('stats')
    assert stats['total']['celery_tasks.add'] >= 1
    assert stats['broker']['transport'] == 'amqp'


def test_answers_inspect_active_queues(worker):
    assert tasks.QUEUE in [queue['name'] for queue in worker.ask('active_queues')]


def test_answers_inspect_active_and_ends_a_running_task_by_revoke_with_terminate(worker, monitor):
    asked = tasks.nap.delay(60)
    monitor.wait_for('task-started', uuid=asked.id)
    assert [task['id'] for task in worker.ask('active')] == [asked.id]
    tasks.app.control.revoke(asked.id, terminate=True)
    with pytest.raises(TaskRevokedError, match='terminated'):
        result(asked)
    assert result(tasks.add.delay(2, 2)) == 4  # The worker has a child process again.


def test_runs_no_task_that_was_revoked_before_its_time(worker):
    asked = tasks.when.apply_async(countdown=6)
    eventually(lambda: asked.id in [task['request']['id'] for task in worker.ask('scheduled')], every=0.1)
    tasks.app.control.revoke(asked.id)
    with pytest.raises(TaskRevokedError, match='revoked'):
        result(asked)
    assert asked.id in worker.ask('revoked')


def test_obeys_rate_limit_and_time_limit(worker):
    assert worker.tell('rate_limit', 'celery_tasks.echo', '100/s') == {'ok': 'new rate limit set successfully'}
    assert result(group(tasks.echo.s(number) for number in range(5))()) == list(range(5))
    assert worker.tell('rate_limit', 'celery_tasks.echo', '0') == {'ok': 'new rate limit set successfully'}
    assert worker.tell('time_limit', 'celery_tasks.echo', soft=100, hard=200) == {'ok': 'time limits set successfully'}


def test_answers_nothing_from_a_worker_that_was_not_addressed():
    assert tasks.app.control.ping(destination=['nobody@nowhere'], timeout=0.5) == []


# -- queues -----------------------------------------------------------------------------------------------------------

@pytest.fixture
def prioritised(worker):
    """A queue with priorities that the worker does not consume yet."""
    queue = Queue(f'{tasks.QUEUE}-priority-{secrets.token_hex(3)}', routing_key='p', max_priority=10)
    yield queue
    worker.tell('cancel_consumer', queue.name)
    with Connection(tasks.app.conf.broker_url) as connection:
        connection.default_channel.queue_delete(queue.name)
        connection.default_channel.exchange_delete(queue.name)


def test_runs_tasks_of_higher_priority_first(worker, prioritised):
    asked = [tasks.stamped.apply_async([priority], queue=prioritised, priority=priority)
             for priority in (1, 5, 10, 3, 5)]
    worker.tell('add_consumer', prioritised.name, options={'queue_arguments': {'x-max-priority': 10}})
    finished = sorted((result(one) for one in asked), key=lambda label_and_time: label_and_time[1])
    assert [label for label, _ in finished] == [10, 5, 5, 3, 1]


def test_broadcasts_a_task_to_every_worker(tmp_path):
    second = Worker(tmp_path / 'second.log')
    monitor = Monitor()
    try:
        monitor.wait_for('worker-heartbeat', hostname=second.name)
        task_id = secrets.token_hex(8)
        tasks.echo.apply_async(['to all'], queue=f'{tasks.QUEUE}-all', exchange=f'{tasks.QUEUE}-all', task_id=task_id)
        eventually(lambda: sum(event['type'] == 'task-succeeded' and event['uuid'] == task_id
                               for event in list(monitor.events)) == 2, within=PATIENCE_SECONDS)
    finally:
        second.stop()


def test_gives_the_task_of_a_killed_worker_to_another(worker, tmp_path, monitor):
    worker.tell('cancel_consumer', tasks.QUEUE)
    doomed = Worker(tmp_path / 'doomed.log')
    try:
        monitor.wait_for('worker-heartbeat', hostname=doomed.name)
        asked = tasks.nap_once_lost.delay(60)
        monitor.wait_for('task-started', uuid=asked.id, hostname=doomed.name)
        doomed.kill()
    finally:
        doomed.stop()
        worker.tell('add_consumer', tasks.QUEUE)
    assert result(asked) == 'redelivered'


# -- events -----------------------------------------------------------------------------------------------------------

def test_tells_the_life_of_a_task_in_events(worker, monitor):
    asked = tasks.add.delay(20, 22)
    assert result(asked) == 42
    for kind in ('task-sent', 'task-received', 'task-started', 'task-succeeded'):
        monitor.wait_for(kind, uuid=asked.id)
    assert monitor.wait_for('task-succeeded', uuid=asked.id)['result'] == '42'
    assert monitor.wait_for('task-received', uuid=asked.id)['name'] == 'celery_tasks.add'


def test_tells_a_failure_and_a_retry_in_events(monitor):
    failed, retried = tasks.fail.delay(), tasks.succeed_at_the_third_attempt.delay()
    assert 'as asked' in monitor.wait_for('task-failed', uuid=failed.id)['exception']
    monitor.wait_for('task-retried', uuid=retried.id)


def test_hears_the_heartbeat_of_the_worker(worker, monitor):
    monitor.events.clear()
    assert monitor.wait_for('worker-heartbeat', hostname=worker.name)['sw_ident'] == 'py-celery'

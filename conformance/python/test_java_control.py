"""A Java worker at Celery's command line: status, inspect, control and events."""
import json
import os
import subprocess
import sys

import pytest

pytest.importorskip('celery', reason='needs python3-celery')

from expectations import eventually  # noqa: E402
from test_celery import HERE, tasks  # noqa: E402
from test_java_tasks import QUEUE, call, java, java_worker, result  # noqa: E402, F401


def celery(*arguments, check=True):
    """Celery's command line; its output."""
    ran = subprocess.run([sys.executable, '-m', 'celery', '-A', 'celery_tasks', *arguments], cwd=HERE, text=True,
                         capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    assert not check or ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def inspect(worker, *arguments):
    """The answer of a worker to an inspect command."""
    answers = json.loads(celery('inspect', '--json', '-d', worker, '-t', '30', *arguments))
    return answers[worker]


def control(worker, *arguments, check=True):
    """What the command line shows of the answer to a control command."""
    return celery('control', '-d', worker, '-t', '30', *arguments, check=check)


def test_status_shows_the_worker_as_online(java_worker):  # noqa: F811
    lines = celery('status', '-t', '5').splitlines()
    assert any(java_worker in line and 'OK' in line for line in lines)


@pytest.mark.parametrize('question', ['active', 'reserved', 'scheduled', 'revoked'])
def test_inspect_lists_what_the_worker_has(java_worker, question):  # noqa: F811
    assert isinstance(inspect(java_worker, question), list)


def test_inspect_describes_the_worker(java_worker):  # noqa: F811
    assert inspect(java_worker, 'ping') == {'ok': 'pong'}
    assert [queue['name'] for queue in inspect(java_worker, 'active_queues')] == [QUEUE]
    assert inspect(java_worker, 'conf')['accept_content'] == ['json']
    assert 'ferrymq-tasks' in inspect(java_worker, 'report')['ok']
    assert inspect(java_worker, 'clock')['clock'] > 0
    assert 'java.add' in inspect(java_worker, 'registered')


def test_inspect_finds_a_task_by_its_id(java_worker):  # noqa: F811
    asked = call('java.nap', 30)
    eventually(lambda: inspect(java_worker, 'query_task', asked.id)[asked.id][0] == 'active', every=0.1)
    asked.revoke(terminate=True)


def test_a_rate_limit_is_set_and_lifted(java_worker):  # noqa: F811
    assert 'new rate limit set successfully' in control(java_worker, 'rate_limit', 'java.echo', '1/h')
    assert 'java.echo [rate_limit=1/h]' in inspect(java_worker, 'registered')
    first, second = call('java.echo', 1), call('java.echo', 2)
    assert result(first) == 1
    eventually(lambda: [task['id'] for task in inspect(java_worker, 'reserved')] == [second.id], every=0.1)
    assert 'rate limit disabled successfully' in control(java_worker, 'rate_limit', 'java.echo', '0')
    assert result(second) == 2


def test_a_time_limit_is_set(java_worker):  # noqa: F811
    assert 'time limits set successfully' in control(java_worker, 'time_limit', 'java.nap', '0.1', '60')
    with pytest.raises(Exception, match='SoftTimeLimitExceeded'):
        result(call('java.nap', 30))
    (answer,) = tasks.app.control.time_limit('java.nap', reply=True, destination=[java_worker], timeout=30)
    assert answer[java_worker] == {'ok': 'time limits set successfully'}


def test_the_pool_grows_and_shrinks(java_worker):  # noqa: F811
    before = inspect(java_worker, 'stats')['pool']['max-concurrency']
    assert 'pool will grow' in control(java_worker, 'pool_grow', '2')
    assert inspect(java_worker, 'stats')['pool']['max-concurrency'] == before + 2
    assert 'pool will shrink' in control(java_worker, 'pool_shrink', '2')
    assert inspect(java_worker, 'stats')['pool']['max-concurrency'] == before


def test_queues_are_added_and_cancelled(java_worker, name):  # noqa: F811
    other = name('java-more')
    assert f'add consumer {other}' in control(java_worker, 'add_consumer', other)
    asked = tasks.app.send_task('java.add', (1, 2), queue=other)
    assert result(asked) == 3
    assert f'no longer consuming from {other}' in control(java_worker, 'cancel_consumer', other)
    eventually(lambda: [queue['name'] for queue in inspect(java_worker, 'active_queues')] == [QUEUE], every=0.1)


@pytest.mark.parametrize('command, refusal', [
    (['pool_restart'], 'Pool restarts not enabled'),
    (['autoscale', '3', '1'], 'Autoscale not enabled'),
], ids=lambda value: str(value))
def test_what_is_not_allowed_is_refused_in_celerys_words(java_worker, command, refusal):  # noqa: F811
    (answer,) = tasks.app.control.broadcast(command[0], reply=True, destination=[java_worker], timeout=30)
    assert refusal in answer[java_worker]['error']
    assert refusal in control(java_worker, *command, check=False)


def test_events_are_dumped(java_worker):  # noqa: F811
    control(java_worker, 'enable_events')
    dump = subprocess.Popen([sys.executable, '-u', '-m', 'celery', '-A', 'celery_tasks', 'events', '--dump'], cwd=HERE,
                            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                            env={**os.environ, 'PYTHONUNBUFFERED': '1'})
    try:
        seen = ''
        while f'{java_worker} [' not in seen:  # The monitor listens: it shows a heartbeat.
            seen += dump.stdout.readline()
        asked = call('java.add', 20, 22)
        while not ('task received' in seen and 'task succeeded' in seen and asked.id in seen):
            seen += dump.stdout.readline()
        assert 'java.add' in seen and '42' in seen
    finally:
        dump.terminate()
        dump.communicate()
    control(java_worker, 'disable_events')


def test_monitors_see_the_worker_online_with_its_counts(java_worker):  # noqa: F811
    """Flower and others show what Celery's own state of the cluster gathers from events."""
    tasks.app.control.enable_events(destination=[java_worker])
    state = tasks.app.events.State()
    with tasks.app.connection_for_read() as connection:
        receiver = tasks.app.events.Receiver(connection, handlers={'*': state.event})
        capture = receiver.itercapture(limit=None, timeout=120)
        next(capture)  # It is bound: what happens from now on comes.
        asked = call('java.add', 20, 22)
        for _ in capture:  # One step for each event; heartbeats come all the time.
            worker, task = state.workers.get(java_worker), state.tasks.get(asked.id)
            if worker and worker.alive and worker.processed and task and task.state == 'SUCCESS':
                break
    worker, task = state.workers[java_worker], state.tasks[asked.id]
    assert (worker.sw_ident, worker.freq) == ('ferrymq-java', 2)
    assert worker.sw_ver and worker.clock > 0
    assert (task.name, task.result, task.worker.hostname) == ('java.add', '42', java_worker)
    assert 'java.add' in [found.name for _, found in state.tasks_by_worker(java_worker)]


@pytest.mark.parametrize('how', ['by remote control', 'by SIGTERM'])
def test_a_worker_that_is_told_to_stop_ends_its_call_first(how, name):
    queue = name('java-stop')
    process = java('TaskWorker.java', queue, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        worker = process.stdout.readline().split(' ')[0]
        asked = tasks.app.send_task('java.nap', (6,), queue=queue)
        active = tasks.app.control.inspect([worker], timeout=30).active
        eventually(lambda: (active() or {}).get(worker), every=0.1)
        if how == 'by SIGTERM':
            process.terminate()
        else:
            tasks.app.control.shutdown(destination=[worker])
        assert result(asked) == 6
        assert process.wait(timeout=120) == (143 if how == 'by SIGTERM' else 0)
    finally:
        process.kill()
        process.communicate()

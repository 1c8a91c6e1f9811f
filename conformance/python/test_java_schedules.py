"""Schedules that Java keeps: Celery workers run what is due, and each tick fires once whoever dies."""
import datetime
import subprocess

import pytest

pytest.importorskip('celery', reason='needs python3-celery')

from expectations import eventually  # noqa: E402
from test_celery import tasks  # noqa: E402
from test_java_tasks import java, python_worker  # noqa: E402, F401

INTERVAL_MS = 200


@pytest.fixture
def schedule(name):
    """Starts schedulers of a queue of calls: schedule(task, queue)."""
    started = []

    def schedule(task, queue):
        name.given.append(f'ferry.schedules.{queue}')
        process = java('TaskScheduler.java', task, queue, str(INTERVAL_MS), stdin=subprocess.PIPE,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        assert process.stdout.readline() == f'scheduling {task}\n', process.stderr.read()
        return process

    yield schedule
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_python_worker_runs_what_a_java_scheduler_fires(python_worker, schedule):  # noqa: F811
    def done():
        return python_worker.ask('stats')['total'].get('celery_tasks.add', 0)

    before = done()
    schedule('celery_tasks.add', tasks.QUEUE)
    eventually(lambda: done() >= before + 3, every=0.2)


def test_each_tick_fires_once_when_the_active_scheduler_is_killed_again_and_again(channel, queue, schedule):
    schedulers = [schedule('some.task', queue) for _ in range(3)]
    ticks = []

    def collect(count):
        def enough():
            method, properties, _ = channel.basic_get(queue, auto_ack=True)
            while method:
                ticks.append(properties.headers['ferry-tick'])
                method, properties, _ = channel.basic_get(queue, auto_ack=True)
            return len(ticks) >= count
        eventually(enough, within=120, every=0.05)

    for victim in schedulers[:2]:  # The one that was started first is active, then the next one.
        collect(len(ticks) + 5)
        victim.kill()
        victim.wait()
    collect(len(ticks) + 10)
    assert len(ticks) == len(set(ticks))
    moments = sorted(datetime.datetime.fromisoformat(tick.replace('Z', '+00:00')) for tick in ticks)
    steps = {later - earlier for earlier, later in zip(moments, moments[1:])}
    assert steps == {datetime.timedelta(milliseconds=INTERVAL_MS)}

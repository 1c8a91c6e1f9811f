"""Tasks that Java workers run and Celery calls, and the other way round; chains across both."""
import datetime
import decimal
import os
import secrets
import subprocess
import time
from glob import glob
from pathlib import Path

import pytest

pytest.importorskip('celery', reason='needs python3-celery')

from celery import chain, group, signature  # noqa: E402
from celery.exceptions import NotRegistered  # noqa: E402
from kombu import Exchange, Queue  # noqa: E402

from expectations import eventually  # noqa: E402
from test_celery import tasks, Worker as PythonWorker  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[2]
QUEUE = f'conf-java-tasks-{secrets.token_hex(4)}'


# For programs that run for seconds: nothing is compiled twice, no thread collects beside another.
QUICK = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto']


def java(*command, **options):
    """A program of examples/java, run from its source on the jars that the build left."""
    jars = glob(f'{REPOSITORY}/tasks/target/ferrymq-tasks-*.jar') + glob(f'{REPOSITORY}/tasks/target/lib/*.jar')
    home = os.environ.get('JAVA_HOME')
    return subprocess.Popen(
        [f'{home}/bin/java' if home else 'java', *QUICK, '-cp', ':'.join(jars), *command],
        cwd=REPOSITORY / 'examples/java', text=True, **options)


@pytest.fixture(scope='module')
def java_worker(tmp_path_factory):
    log = open(tmp_path_factory.mktemp('java') / 'worker.log', 'w+')
    process = java('TaskWorker.java', QUEUE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout.readline() == f'{QUEUE}@worker is ready\n', Path(log.name).read_text()
    yield f'{QUEUE}@worker'
    process.stdin.close()
    assert process.wait(timeout=120) == 0, Path(log.name).read_text()


@pytest.fixture(scope='module')
def python_worker(tmp_path_factory):
    worker = PythonWorker(tmp_path_factory.mktemp('celery') / 'worker.log')
    yield worker
    worker.stop()


def call(name, *args, **options):
    return tasks.app.send_task(name, args, queue=QUEUE, **options)


def result(asked, timeout=120):
    return asked.get(timeout=timeout)


def test_python_calls_java_and_gets_the_result(java_worker):
    assert result(call('java.add', 4, 4)) == 8


@pytest.mark.parametrize('value', [None, True, 'Grüße', 2 ** 40, 0.5, [1, [2]], {'a': {'b': None}}], ids=repr)
def test_values_come_back_as_they_went(java_worker, value):
    assert result(call('java.echo', value)) == value


def test_a_failure_in_java_is_an_exception_in_python(java_worker):
    with pytest.raises(Exception, match='as asked'):
        result(call('java.fail'))


def test_arguments_come_by_place_and_by_name(java_worker):
    assert result(call('java.greet', 'Ada')) == 'hello Ada'
    assert result(call('java.greet', kwargs={'name': 'Ada', 'greeting': 'hi'})) == 'hi Ada'
    assert result(call('java.greet', 'Ada', kwargs={'times': 2})) == 'hello hello Ada'


@pytest.mark.parametrize('args, kwargs, problem', [
    (('Ada', 'hi', 1, 2), {}, 'takes 3 arguments, and the call gives 4'),
    ((), {'greeting': 'hi'}, "needs argument 'name'"),
    (('Ada',), {'nmae': 'Bob'}, "no argument of the name 'nmae'"),
    (('Ada',), {'name': 'Bob'}, "argument 'name' twice"),
    (('Ada',), {'times': 'often'}, "a wrong argument 'times': 'often' is no int"),
], ids=['too many', 'too few', 'unknown', 'twice', 'wrong type'])
def test_wrong_arguments_are_a_type_error(java_worker, args, kwargs, problem):
    with pytest.raises(TypeError, match=problem):
        result(call('java.greet', *args, kwargs=kwargs))


def test_an_unknown_task_is_told_to_its_caller(java_worker):
    with pytest.raises(NotRegistered, match='java.nothing'):
        result(call('java.nothing'))


def test_a_countdown_is_kept(java_worker):
    begin = time.time()
    assert result(call('java.add', 1, 2, countdown=0.5)) == 3
    assert time.time() >= begin + 0.5


def test_inspect_sees_the_java_worker(java_worker):
    inspect = tasks.app.control.inspect([java_worker], timeout=30)
    assert inspect.ping() == {java_worker: {'ok': 'pong'}}
    assert 'java.add' in inspect.registered()[java_worker]
    assert [queue['name'] for queue in inspect.active_queues()[java_worker]] == [QUEUE]
    assert inspect.stats()[java_worker]['pool']['max-concurrency'] >= 1


def test_revoke_with_terminate_stops_a_running_task(java_worker):
    asked = call('java.nap', 60)
    active = tasks.app.control.inspect([java_worker], timeout=30)
    eventually(lambda: asked.id in [task['id'] for task in active.active()[java_worker]], every=0.1)
    asked.revoke(terminate=True)
    eventually(lambda: asked.id not in [task['id'] for task in active.active()[java_worker]], every=0.1)


def test_a_group_of_java_tasks_gathers_its_results(java_worker):
    asked = group(signature('java.add', (i, i), queue=QUEUE, app=tasks.app) for i in range(10)).apply_async()
    assert asked.get(timeout=120) == [2 * i for i in range(10)]


def test_a_chain_goes_through_both(java_worker, python_worker):
    steps = chain(
        signature('java.add', (1, 2), queue=QUEUE, app=tasks.app),
        tasks.add.s(10).set(queue=tasks.QUEUE),
        signature('java.add', (100,), queue=QUEUE, app=tasks.app),
        tasks.add.s(1000).set(queue=tasks.QUEUE))
    assert result(steps.apply_async()) == 1113


def test_java_calls_python_and_gets_the_results(python_worker):
    caller = java('TaskCaller.java', 'celery_tasks.add', tasks.QUEUE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = caller.communicate(timeout=120)
    assert (caller.returncode, out) == (0, '4 + 4 = 8\n1 + 2 + 10 = 13\n'), err


def test_a_compressed_call_from_python_is_unpacked(java_worker):
    text = 'x' * 100_000
    assert result(tasks.app.send_task('java.echo', (text,), queue=QUEUE, compression='gzip')) == text
    assert result(tasks.app.send_task('java.echo', (text,), queue=QUEUE, compression='zlib')) == text


CALLER = """
import io.ferrymq.tasks.*;
import java.time.Duration;
import java.util.Map;

public class Caller {
    public static void main(String[] arguments) throws Exception {
        try (Tasks tasks = Tasks.open(System.getenv("AMQP_URL"))) {
            Map<?, ?> answer = tasks.task("celery_tasks.delivery", Map.class)
                    .call("x".repeat(100_000)).queue(arguments[0]).priority(7).compressed().send()
                    .get(Duration.ofSeconds(30));
            System.out.println(answer.get("length") + " " + answer.get("priority"));
        }
    }
}
"""


def test_java_sends_compressed_calls_with_a_priority_to_python(python_worker, channel, name, tmp_path):
    queue = name('java-priority')
    channel.queue_declare(queue, durable=True, arguments={'x-max-priority': 10})
    (tmp_path / 'Caller.java').write_text(CALLER)
    caller = java(str(tmp_path / 'Caller.java'), queue, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    eventually(lambda: channel.queue_declare(queue, passive=True).method.message_count == 1)
    method, properties, body = channel.basic_get(queue)
    assert properties.priority == 7
    assert properties.headers['compression'] == 'application/x-gzip'
    assert len(body) < 1_000
    channel.basic_publish('', tasks.QUEUE, body, properties)  # The worker of these tests takes it from its own queue.
    channel.basic_ack(method.delivery_tag)
    out, err = caller.communicate(timeout=120)
    assert (caller.returncode, out) == (0, '100000 7\n'), err


def test_a_java_worker_takes_calls_from_a_queue_with_priorities_the_highest_first(channel, name):
    queue = name('java-priority')
    channel.queue_declare(queue, durable=True, arguments={'x-max-priority': 10})
    # So many of the low ones that they would fill the slots of any machine, if they came first.
    priorities = [1] * os.cpu_count() + [9]
    for priority in priorities:
        tasks.app.send_task('java.nap', (30,), queue=with_priorities(queue), priority=priority)
    eventually(lambda: channel.queue_declare(queue, passive=True).method.message_count == len(priorities))
    process = java('TaskWorker.java', queue, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        worker = process.stdout.readline().split(' ')[0]
        inspect = tasks.app.control.inspect([worker], timeout=30)

        def slots_are_full():
            begun = (inspect.active() or {}).get(worker) or []
            return begun if len(begun) == os.cpu_count() else None
        assert 9 in [task['delivery_info']['priority'] for task in eventually(slots_are_full, every=0.1)]
    finally:
        process.kill()
        process.communicate()


def with_priorities(name):
    """The queue as it is declared, for Celery would declare another."""
    return Queue(name, Exchange(''), name, queue_arguments={'x-max-priority': 10})

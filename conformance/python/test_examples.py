"""Runs every example as a user would, in a process of its own, and reads what it prints."""
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pika
import pytest

import target
from conftest import pika_parameters
from expectations import eventually

EXAMPLES = Path(__file__).parents[2] / 'examples'
ENVIRONMENT = {**os.environ, 'AMQP_URL': target.URL, 'PYTHONUNBUFFERED': '1'}
PATIENCE_SECONDS = 120


def run(command, where='python', patience=PATIENCE_SECONDS, **environment):
    """What the example prints; it has to end by itself and well."""
    done = subprocess.run(command, cwd=EXAMPLES / where, env={**ENVIRONMENT, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=patience)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(script, *arguments, **environment):
    return run([sys.executable, script, *arguments], **environment)


@contextmanager
def running(command, log, until=None, **environment):
    """An example that keeps running beside, waited for until its output matches."""
    with open(log, 'w') as output:
        process = subprocess.Popen(command, cwd=EXAMPLES / 'python', env={**ENVIRONMENT, **environment}, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        if until:
            eventually(lambda: re.search(until, log.read_text()), within=PATIENCE_SECONDS)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(autouse=True)
def tidy():
    """The examples use fixed names, as examples do."""
    delete()
    yield
    delete()


def delete():
    for of, queues in ((target.MAIN, ('hello', 'hello-shell', 'fibonacci', 'asyncio')), (target.OTHER, ('celery',))):
        connection = pika.BlockingConnection(pika_parameters(of))
        channel = connection.channel()
        for queue in queues:
            channel.queue_delete(queue)
        connection.close()


def test_python_hello_world():
    for _ in range(3):
        assert python('send.py') == " [x] Sent 'Hello World!'\n"
    assert python('receive.py', '--count', '3') == (
        ' [*] Waiting for messages. To exit press CTRL+C\n' + ' [x] Received Hello World!\n' * 3)


def test_python_hello_world_with_the_receiver_first(tmp_path):
    log = tmp_path / 'receive.log'
    with running([sys.executable, 'receive.py', '--count', '1'], log, until='Waiting') as receiver:
        python('send.py')
        assert receiver.wait(timeout=PATIENCE_SECONDS) == 0
    assert log.read_text().endswith(' [x] Received Hello World!\n')


def test_python_receiver_ends_well_at_ctrl_c(tmp_path):
    with running([sys.executable, 'receive.py'], tmp_path / 'receive.log', until='Waiting') as receiver:
        receiver.send_signal(signal.SIGINT)
        assert receiver.wait(timeout=PATIENCE_SECONDS) == 0


def test_python_rpc(tmp_path):
    server = [sys.executable, 'rpc_server.py', '--count', '2']
    with running(server, tmp_path / 'server.log', until='Awaiting') as process:
        assert python('rpc_client.py') == ' [.] fibonacci(30) = 832040\n'
        assert python('rpc_client.py', '10') == ' [.] fibonacci(10) = 55\n'
        assert process.wait(timeout=PATIENCE_SECONDS) == 0


def test_python_asyncio():
    pytest.importorskip('aio_pika')
    assert python('asyncio_client.py') == ' [x] Confirmed 5 messages\n' + ''.join(
        f' [x] Received message {number}\n' for number in range(5))


def test_python_celery(tmp_path):
    pytest.importorskip('celery')
    worker = [sys.executable, '-m', 'celery', '-A', 'celery_app', 'worker', '-E', '-c', '2', '-n', 'example@conformance']
    # It asks whoever there is and hears all that happens, so it is not where other tests have workers.
    elsewhere = {'AMQP_URL': target.url(target.OTHER)}
    with running(worker, tmp_path / 'worker.log', **elsewhere):
        assert python('celery_call.py', **elsewhere).splitlines() == [
            "ping: {'example@conformance': {'ok': 'pong'}}", 'add.delay(4, 4): 8', 'chain: 10',
            'group: [0, 2, 4, 6, 8]', 'nap: terminated',
            'events: task-received, task-revoked, task-started, task-succeeded']


@pytest.mark.skipif(not shutil.which('amqp-publish'), reason='amqp-tools are not installed')
def test_shell_hello_world():
    assert run(['./hello.sh'], 'shell') == ' [.] Got Hello World!\n [x] Received first\n [x] Received second\n'


@pytest.mark.skipif(not (shutil.which('node') and (EXAMPLES / 'node' / 'node_modules').exists()),
                    reason='needs node, and npm ci in examples/node')
def test_node_hello_world():
    for _ in range(2):
        assert run(['node', 'send.js'], 'node') == " [x] Sent 'Hello World!'\n"
    assert run(['node', 'receive.js', '2'], 'node') == (
        ' [*] Waiting for messages. To exit press CTRL+C\n' + ' [x] Received Hello World!\n' * 2)

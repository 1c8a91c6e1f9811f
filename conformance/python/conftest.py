"""Connections, names and clean-up for every test; prints which broker is under test."""
import os
import re
import secrets
import signal

import pika
import pytest

import target
from collector import Collector
from wire import Wire

TEST_SECONDS_MAX = int(os.environ.get('TEST_SECONDS_MAX', 180))


def pytest_configure(config):
    """Below nohup or '&' Ctrl-C is ignored, and every process started here would inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Files that start programs come first: on several processes, each takes the next file when it has done one."""
    items.sort(key=lambda item: not re.search('celery|java|examples|external', item.path.name))


def pika_parameters(of=target.MAIN, **changes):
    parameters = pika.ConnectionParameters(
        host=of.host, port=of.port, virtual_host=of.vhost,
        credentials=pika.PlainCredentials(of.user, of.password), socket_timeout=45, blocked_connection_timeout=60)
    for name, value in changes.items():
        setattr(parameters, name, value)
    return parameters


def pytest_report_header(config):
    try:
        wire = Wire(target.MAIN.host, target.MAIN.port)
        properties = wire.greet().server_properties
        wire.close()
        who = '{} {}'.format(properties.get('product'), properties.get('version'))
    except (OSError, AssertionError) as failure:
        who = f'nobody answers: {failure}'
    return f'broker under test: {who} at {target.MAIN.host}:{target.MAIN.port}, vhost {target.VHOST}'


@pytest.fixture(autouse=True)
def deadline():
    """Ends a test that hangs, for instance in a client library that waits for an answer without a limit of its own."""
    def on_alarm(*_):
        pytest.fail(f'not done after {TEST_SECONDS_MAX} s', pytrace=True)

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, TEST_SECONDS_MAX, 5)  # Again and again, for the clean-up may hang too.
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


class Names:
    """Gives out names that no other test has, and remembers them to be deleted."""

    def __init__(self):
        self.given = []

    def __call__(self, hint='q', prefix='conf-'):
        name = f'{prefix}{hint}-{secrets.token_hex(5)}'
        self.given.append(name)
        return name

    def delete_all(self):
        if not self.given:
            return
        connection = pika.BlockingConnection(pika_parameters())
        for name in self.given:
            connection = self._delete(connection, 'queue_delete', name)
            connection = self._delete(connection, 'exchange_delete', name)
        connection.close()

    @staticmethod
    def _delete(connection, operation, name):
        try:
            channel = connection.channel()
            getattr(channel, operation)(name)
            channel.close()
        except pika.exceptions.ChannelClosedByBroker:
            pass  # The next name gets a new channel.
        except pika.exceptions.AMQPConnectionError:
            return pika.BlockingConnection(pika_parameters())
        return connection


@pytest.fixture
def name():
    names = Names()
    yield names
    names.delete_all()


@pytest.fixture
def connect(name):  # `name` is asked for so that connections are gone before their queues are deleted.
    opened = []

    def connect(of=target.MAIN, **changes):
        opened.append(pika.BlockingConnection(pika_parameters(of, **changes)))
        return opened[-1]

    yield connect
    for connection in opened:
        try:
            if connection.is_open:
                connection.close()
        except pika.exceptions.AMQPError:
            pass  # The test has broken it on purpose.


@pytest.fixture
def connection(connect):
    return connect()


@pytest.fixture
def channel(connection):
    return connection.channel()


@pytest.fixture
def queue(name, channel):
    """A durable classic queue of this test's own."""
    queue = name()
    channel.queue_declare(queue, durable=True)
    return queue


@pytest.fixture
def dial(name):
    """Opens sockets that speak AMQP frame by frame; nothing is sent yet."""
    opened = []

    def dial(of=target.MAIN):
        opened.append(Wire(of.host, of.port))
        return opened[-1]

    yield dial
    for wire in opened:
        wire.close()


@pytest.fixture
def wire(dial):
    """A raw connection, opened, with channel 1 open."""
    return dial().open(target.MAIN)


@pytest.fixture
def collect():
    """Starts a consumer that collects its deliveries: collect(channel, queue, **basic_consume arguments)."""
    return Collector

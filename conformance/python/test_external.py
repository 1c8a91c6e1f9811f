"""SASL EXTERNAL: who a client is, its certificate says.

The broker at AMQP_URL need not listen for TLS, so these tests start a FerryMQ of their own, as README.md of the project
says, unless AMQPS_URL and TLS_DIR name a broker and a directory that conformance/certificates.sh has made for it.
"""
import os
import re
import signal
import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pika
import pytest

import target
from expectations import channel_refusal

PROJECT = Path(__file__).parents[2]
USER = 'limited'  # The common name in client.pem.
REFUSED = ('ACCESS_REFUSED - Login was refused using authentication mechanism EXTERNAL. '
           'For details see the broker logfile.')


@pytest.fixture(scope='module')
def tls(tmp_path_factory):
    """(host, port, directory of certificates) of a broker that asks its clients for a certificate."""
    if 'AMQPS_URL' in os.environ:
        where = urlsplit(os.environ['AMQPS_URL'])
        yield where.hostname, where.port, Path(os.environ['TLS_DIR'])
        return
    directory = tmp_path_factory.mktemp('tls')
    subprocess.run([PROJECT / 'conformance' / 'certificates.sh', directory], check=True)
    with open(directory / 'broker.log', 'w') as log:
        broker = subprocess.Popen(
            [PROJECT / 'ferry', 'start', '--data', directory / 'data', '--set', 'amqp.enabled=false',
             '--set', 'amqp.host=127.0.0.1', '--set', 'amqps.port=0', '--set', f'tls.certificate={directory}/server.pem',
             '--set', f'tls.key={directory}/server.key', '--set', f'tls.ca={directory}/ca.pem', '--set', 'tls.verify=request',
             '--set', f'definitions.file={PROJECT}/conformance/definitions.json'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        ready = re.search(r' amqps=\S+:(\d+) ', broker.stdout.readline())
        assert ready, (directory / 'broker.log').read_text()
        yield '127.0.0.1', int(ready[1]), directory
    finally:
        broker.send_signal(signal.SIGTERM)
        assert broker.wait(timeout=120) == 0


@pytest.fixture
def connect_tls(tls):
    """Connects with the certificate in a file of that name, if one is given."""
    host, port, directory = tls
    opened = []

    def connect(certificate=None, credentials=None):
        context = ssl.create_default_context(cafile=directory / 'ca.pem')
        if certificate:
            context.load_cert_chain(directory / f'{certificate}.pem', directory / f'{certificate}.key')
        opened.append(pika.BlockingConnection(pika.ConnectionParameters(
            host=host, port=port, virtual_host=target.VHOST, socket_timeout=45,
            credentials=credentials or pika.credentials.ExternalCredentials(),
            ssl_options=pika.SSLOptions(context, 'localhost'))))
        return opened[-1]

    yield connect
    for connection in opened:
        if connection.is_open:
            connection.close()


def test_lets_a_client_in_as_the_user_that_its_certificate_names(connect_tls):
    channel = connect_tls('client').channel()
    channel.queue_declare(f'{USER}-external', exclusive=True)
    with channel_refusal(403, re.compile('.*' + re.escape(f"refused for user '{USER}'"))):
        channel.queue_declare('other')


def test_refuses_a_certificate_of_nobody_it_knows(connect_tls):
    with pytest.raises(pika.exceptions.ProbableAuthenticationError) as caught:
        connect_tls('stranger/client')
    assert REFUSED in str(caught.value)


def test_refuses_a_client_without_a_certificate(connect_tls):
    # RabbitMQ offers EXTERNAL and refuses it; where it is not offered, the client gives up by itself.
    with pytest.raises((pika.exceptions.ProbableAuthenticationError, pika.exceptions.AuthenticationError)) as caught:
        connect_tls()
    if isinstance(caught.value, pika.exceptions.ProbableAuthenticationError):
        assert REFUSED in str(caught.value)


def test_lets_a_client_in_with_a_password_in_spite_of_its_certificate(connect_tls):
    connection = connect_tls('stranger/client', pika.PlainCredentials(target.LIMITED.user, target.LIMITED.password))
    assert connection.channel().is_open


def test_lets_a_client_in_with_a_password_and_no_certificate(connect_tls):
    connection = connect_tls(credentials=pika.PlainCredentials(target.LIMITED.user, target.LIMITED.password))
    assert connection.channel().is_open


def test_refuses_it_without_a_certificate_though_it_was_not_offered(dial):
    wire = dial()
    assert b'EXTERNAL' not in wire.greet().mechanisms.split(b' ')
    wire.send(0, 'connection.start-ok', client_properties=wire.CLIENT_PROPERTIES, mechanism='EXTERNAL',
              response=b'', locale='en_US')
    # RabbitMQ says "invalid" if it knows the mechanism, and "unknown" without its plug-in.
    closed = wire.expect_refused_connection(503)
    assert not closed or re.fullmatch(
        "COMMAND_INVALID - (invalid|unknown) authentication mechanism 'EXTERNAL'.*", closed.reply_text)

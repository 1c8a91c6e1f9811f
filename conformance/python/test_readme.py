"""The Python program in README.md, run as it is printed."""
import re
import subprocess
import sys
from pathlib import Path

import pika
import pytest

import target
from conftest import pika_parameters

README = Path(__file__).parents[2] / 'README.md'
# It connects to pika's default port, where a reader's broker is; its queue is apart from that of the examples.
RUNNER = """
import sys, pika
pika.connection.Parameters.DEFAULT_PORT = int(sys.argv[1])
pika.connection.Parameters.DEFAULT_VIRTUAL_HOST = sys.argv[2]
exec(compile(sys.stdin.read(), 'README.md', 'exec'))
"""


@pytest.fixture(autouse=True)
def tidy():
    delete()
    yield
    delete()


def delete():
    connection = pika.BlockingConnection(pika_parameters(target.OTHER))
    connection.channel().queue_delete('hello')
    connection.close()


@pytest.mark.skipif(target.MAIN.host not in ('localhost', '127.0.0.1'), reason='the program connects to localhost')
def test_first_program_prints_what_it_sends():
    programs = re.findall(r'```python\n(import pika\n.*?)```', README.read_text(), re.DOTALL)
    assert len(programs) == 1
    done = subprocess.run([sys.executable, '-c', RUNNER, str(target.MAIN.port), target.OTHER_VHOST], input=programs[0],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    assert (done.stdout, done.stderr, done.returncode) == ('Hello World!\n', '', 0)

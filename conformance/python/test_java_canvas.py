"""Calls put together across Java and Celery: chords, maps and chunks, nested in each other."""
import os
import subprocess
from pathlib import Path

import pytest

pytest.importorskip('celery', reason='needs python3-celery')

from test_celery import tasks  # noqa: E402
from test_java_tasks import QUEUE, java, java_worker, python_worker  # noqa: E402, F401

HERE = Path(__file__).parent

pytestmark = pytest.mark.usefixtures('java_worker', 'python_worker')


def called_from_java(what):
    """What the program prints."""
    caller = java(HERE / 'CanvasCaller.java', what, QUEUE, tasks.QUEUE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                  env={'AMQP_URL': 'amqp://guest:guest@localhost/', **os.environ})
    out, err = caller.communicate(timeout=60)
    assert caller.returncode == 0, err
    return out.strip()


# -- chords -----------------------------------------------------------------------------------------------------------

def test_a_chord_has_its_header_and_its_body_in_python():
    assert called_from_java('python-header-and-body') == str([2 * i for i in range(20)])


def test_a_chord_has_its_header_in_both_and_its_body_in_java():
    assert called_from_java('mixed-header-java-body') == '[2, 4, 6]'


def test_chains_in_a_chord_go_through_both():
    assert called_from_java('chains-across-both') == '[12, 24, 36]'


def test_a_python_worker_goes_on_to_a_chord():
    assert called_from_java('after-a-python-step') == '[13, 23]'


def test_a_chord_is_followed_by_another():
    assert called_from_java('twice-in-a-chain') == '[110, 210]'


def test_chords_are_members_of_a_chord():
    assert called_from_java('in-a-chord') == '[[0, 2, 4], [2, 4]]'


def test_a_chord_of_500_members_is_gathered():
    assert called_from_java('many') == str(500 * 499)


def test_a_member_that_fails_in_python_fails_the_chord():
    answer = called_from_java('failing-in-python')
    assert answer.startswith(f'failed: ChordError: Dependency bad-{QUEUE}'), answer


def test_a_failure_inside_a_chain_fails_the_chord():
    assert called_from_java('failing-in-a-chain').startswith('failed: ChordError: Dependency ')


def test_a_member_that_expires_fails_the_chord():
    assert called_from_java('expired-in-java').startswith('failed: ChordError: Dependency ')

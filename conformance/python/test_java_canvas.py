"""Calls put together across Java and Celery: chords, maps and chunks, nested in each other."""
import os
import subprocess
from pathlib import Path

import pytest

pytest.importorskip('celery', reason='needs python3-celery')

from celery import chain, group  # noqa: E402
from celery.canvas import chunks, signature, xmap, xstarmap  # noqa: E402

from test_celery import tasks  # noqa: E402
from test_java_tasks import QUEUE, java, java_worker, python_worker  # noqa: E402, F401

HERE = Path(__file__).parent

pytestmark = pytest.mark.usefixtures('java_worker', 'python_worker')


@pytest.fixture(scope='module')
def called_from_java(tmp_path_factory):
    """Has a program put together and call what has this name: what it prints."""
    log = open(tmp_path_factory.mktemp('canvas') / 'caller.log', 'w+')
    caller = java(HERE / 'CanvasCaller.java', QUEUE, tasks.QUEUE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                  bufsize=1, env={'AMQP_URL': 'amqp://guest:guest@localhost/', **os.environ})

    def called_from_java(what):
        caller.stdin.write(what + '\n')
        answer = caller.stdout.readline()
        assert answer, Path(log.name).read_text()
        return answer.strip()

    yield called_from_java
    caller.stdin.close()
    caller.wait(timeout=120)


# -- chords -----------------------------------------------------------------------------------------------------------

def test_a_chord_has_its_header_and_its_body_in_python(called_from_java):
    assert called_from_java('python-header-and-body') == str([2 * i for i in range(20)])


def test_a_chord_has_its_header_in_both_and_its_body_in_java(called_from_java):
    assert called_from_java('mixed-header-java-body') == '[2, 4, 6]'


def test_chains_in_a_chord_go_through_both(called_from_java):
    assert called_from_java('chains-across-both') == '[12, 24, 36]'


def test_a_python_worker_goes_on_to_a_chord(called_from_java):
    assert called_from_java('after-a-python-step') == '[13, 23]'


def test_a_chord_is_followed_by_another(called_from_java):
    assert called_from_java('twice-in-a-chain') == '[110, 210]'


def test_chords_are_members_of_a_chord(called_from_java):
    assert called_from_java('in-a-chord') == '[[0, 2, 4], [2, 4]]'


def test_a_chord_of_500_members_is_gathered(called_from_java):
    assert called_from_java('many') == str(500 * 499)


def test_a_member_that_fails_in_python_fails_the_chord(called_from_java):
    answer = called_from_java('failing-in-python')
    assert answer.startswith(f'failed: ChordError: Dependency bad-{QUEUE}'), answer


def test_a_failure_inside_a_chain_fails_the_chord(called_from_java):
    assert called_from_java('failing-in-a-chain').startswith('failed: ChordError: Dependency ')


def test_a_member_that_expires_fails_the_chord(called_from_java):
    assert called_from_java('expired-in-java').startswith('failed: ChordError: Dependency ')


# -- many items -------------------------------------------------------------------------------------------------------

def test_java_maps_a_python_task_over_a_list(called_from_java):
    assert called_from_java('mapped-in-python') == '[1, two, [3]]'
    assert called_from_java('starmapped-in-python') == '[3, 7]'


def add(*args, **options):
    return signature('java.add', args, queue=QUEUE, app=tasks.app, **options)


def result(asked):
    return asked.get(timeout=120)


def test_python_maps_a_java_task_over_a_list():
    assert result(xmap(signature('java.echo', app=tasks.app), [1, 'two', None], app=tasks.app)
                  .apply_async(queue=QUEUE)) == [1, 'two', None]
    assert result(xstarmap(add(), [(1, 2), (3, 4)], app=tasks.app).apply_async(queue=QUEUE)) == [3, 7]


def test_python_cuts_work_for_java_into_chunks():
    asked = chunks(add(), [(i, i) for i in range(5)], 2, app=tasks.app).apply_async(queue=QUEUE)
    assert result(asked) == [[0, 2], [4, 6], [8]]


# -- signatures from either side --------------------------------------------------------------------------------------

def test_partial_and_immutable_signatures_of_java_are_understood_in_python(called_from_java):
    assert called_from_java('partial-and-immutable') == '109'


def test_partial_and_immutable_signatures_of_python_are_understood_in_java():
    steps = chain(add(1, 2), add(10), add(4, 5, immutable=True), add(100))
    assert result(steps.apply_async()) == 109


def test_a_chain_of_python_that_ends_with_a_group_goes_on_from_java():
    asked = chain(add(1, 2), group(add(10), tasks.add.s(20).set(queue=tasks.QUEUE))).apply_async()
    assert result(asked) == [13, 23]


def test_a_chain_of_python_that_is_linked_is_called_from_java():
    last = tasks.add.s(1000).set(queue=tasks.QUEUE)
    after = chain(add(10), last)
    final = after.freeze()
    add(1, 2).apply_async(link=after)
    assert final.get(timeout=120) == 1013

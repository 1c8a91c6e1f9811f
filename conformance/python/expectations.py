"""How the tests say what must happen: refusals with their exact texts, and waiting with a deadline."""
import re
import time
from contextlib import contextmanager

import pika.exceptions
import pytest

from target import VHOST

PATIENCE_SECONDS = 45


def matches_any(actual, *alternatives):
    """Whether a text is one of several: equal to a string, or matched whole by a compiled pattern.

    For the places where RabbitMQ 3.10 and 4.x answer differently; a comment there names the version of each.
    """
    return any(one.fullmatch(actual) if isinstance(one, re.Pattern) else one == actual for one in alternatives)


def assert_text(actual, *alternatives):
    assert matches_any(actual, *alternatives), f'{actual!r} is none of {alternatives!r}'


@contextmanager
def channel_refusal(code, *texts):
    """The block ends with the broker closing the channel, with this code and one of these texts."""
    with pytest.raises(pika.exceptions.ChannelClosedByBroker) as caught:
        yield
    print('channel refused:', caught.value)
    assert caught.value.reply_code == code, caught.value
    assert_text(caught.value.reply_text, *texts)


@contextmanager
def connection_refusal(code, *texts):
    """The block ends with the broker closing the whole connection, with this code and one of these texts."""
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker) as caught:
        yield
    assert caught.value.reply_code == code, caught.value
    assert_text(caught.value.reply_text, *texts)


@contextmanager
def refusal_of_either_kind(*codes_and_texts):
    """The broker closes the channel or the connection; each alternative is (code, text)."""
    with pytest.raises((pika.exceptions.ChannelClosedByBroker, pika.exceptions.ConnectionClosedByBroker)) as caught:
        yield
    assert any(caught.value.reply_code == code and matches_any(caught.value.reply_text, text)
               for code, text in codes_and_texts), caught.value


def queue_in(name):
    return f"queue '{name}' in vhost '{VHOST}'"


def exchange_in(name):
    return f"exchange '{name}' in vhost '{VHOST}'"


def inequivalent(argument, resource, received, current):
    """The 406 text for a declare that differs from what exists; values as RabbitMQ words them."""
    return f"PRECONDITION_FAILED - inequivalent arg '{argument}' for {resource}: received {received} but current is {current}"


def eventually(condition, within=PATIENCE_SECONDS, every=0.02, pump=None):
    """The first truthy value of condition(), asked again and again until the deadline.

    With `pump`, a pika connection, that connection does its input and output between the questions.
    """
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f'still not so after {within} s: {condition}')
        if pump is None:
            time.sleep(every)
        else:
            pump.process_data_events(time_limit=every)


def get_within(channel, queue, within=PATIENCE_SECONDS, auto_ack=True):
    """basic.get until a message comes: (method, properties, body)."""
    return eventually(lambda: _got(channel, queue, auto_ack), within)


def _got(channel, queue, auto_ack):
    method, properties, body = channel.basic_get(queue, auto_ack=auto_ack)
    return method and (method, properties, body)


def drain(channel, queue):
    """All bodies that are ready in the queue now, in order."""
    bodies = []
    while True:
        method, _, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return bodies
        bodies.append(body)


def depth(channel, queue):
    return channel.queue_declare(queue, passive=True).method.message_count

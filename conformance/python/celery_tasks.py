"""The Celery application of test_celery.py; its workers import it by name. The queue's name comes from the test."""
import os
import time

from celery import Celery
from kombu import Queue
from kombu.common import Broadcast

QUEUE = os.environ.get('CONFORMANCE_CELERY_QUEUE', 'conf-celery')

app = Celery('celery_tasks', broker=os.environ.get('AMQP_URL', 'amqp://guest@localhost//'), backend='rpc://')
app.conf.update(
    task_default_queue=QUEUE,
    task_queues=[Queue(QUEUE), Broadcast(f'{QUEUE}-all')],
    task_track_started=True,
    task_send_sent_event=True,
    worker_prefetch_multiplier=1,
    broker_transport_options={'confirm_publish': True},
    result_expires=300,
)


@app.task
def add(x, y):
    return x + y


@app.task
def echo(value):
    return value


@app.task
def fail():
    raise ValueError('as asked')


@app.task
def nap(seconds):
    time.sleep(seconds)
    return 'rested'


@app.task(acks_late=True, reject_on_worker_lost=True, bind=True)
def nap_once_lost(self, seconds):
    """Sleeps at its first delivery only."""
    if self.request.delivery_info['redelivered']:
        return 'redelivered'
    time.sleep(seconds)
    return 'not redelivered'


@app.task
def when():
    return time.time()


@app.task
def stamped(label):
    return label, time.time()


@app.task(bind=True)
def once_more_after(self, seconds):
    """Asks to run a second time, and tells when each time was."""
    if self.request.retries == 0:
        self.retry(args=[time.time()], countdown=seconds)
    return seconds, time.time()


@app.task(bind=True, max_retries=3)
def succeed_at_the_third_attempt(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return self.request.retries


@app.task
def total(numbers):
    return sum(numbers)


@app.task(bind=True)
def delivery(self, text):
    """The length of what came, and what the message says of itself."""
    return {'length': len(text), 'priority': self.request.delivery_info['priority']}

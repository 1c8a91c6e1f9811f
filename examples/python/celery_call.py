"""Calls the tasks in celery_app.py. A worker has to be running: celery -A celery_app worker -E"""
import threading

from celery import chain, group
from celery.exceptions import TaskRevokedError

from celery_app import add, app, nap


class Monitor(threading.Thread):
    """Listens on a thread of its own to what the workers tell about themselves and their tasks."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen = set()
        self.something_new = threading.Condition()

    def run(self):
        with app.connection() as connection:
            receiver = app.events.Receiver(connection, handlers={'*': self.remember})
            receiver.capture(limit=None, timeout=None, wakeup=True)

    def remember(self, event):
        with self.something_new:
            self.seen.add((event['type'], event.get('uuid')))
            self.something_new.notify()

    def wait_for(self, kind, task_id=None):
        with self.something_new:
            if not self.something_new.wait_for(lambda: (kind, task_id) in self.seen, timeout=30):
                raise SystemExit(f'no event {kind} within 30 seconds. Is a worker running?')


monitor = Monitor()
monitor.start()
monitor.wait_for('worker-heartbeat')

print('ping:', app.control.inspect(timeout=5, limit=1).ping())
print('add.delay(4, 4):', add.delay(4, 4).get(timeout=30))
print('chain:', chain(add.s(1, 2), add.s(3), add.s(4))().get(timeout=30))
print('group:', group(add.s(i, i) for i in range(5))().get(timeout=30))

long_nap = nap.delay(60)
monitor.wait_for('task-started', long_nap.id)
app.control.revoke(long_nap.id, terminate=True)
try:
    long_nap.get(timeout=30)
except TaskRevokedError as revoked:
    print('nap:', revoked)

monitor.wait_for('task-revoked', long_nap.id)
print('events:', ', '.join(sorted({kind for kind, _ in monitor.seen if kind.startswith('task-')})))

"""The Celery worker that `./ferry bench tasks` measures, and Celery's own client: `bench_tasks.py calls N` makes N calls
one at a time and prints the microseconds of each."""
import os
import sys
import time

from celery import Celery

app = Celery('bench_tasks', broker=os.environ['AMQP_URL'], backend='rpc://')
app.conf.task_default_queue = os.environ['BENCH_QUEUE']


@app.task(name='bench.noop')
def noop():
    return None


@app.task(name='bench.gate', ignore_result=True)
def gate(path):
    """Holds a slot until the file is there, so that a queue can be filled in front of a running worker."""
    while not os.path.exists(path):
        time.sleep(0.002)


def calls(count):
    for _ in range(count):
        began = time.perf_counter()
        noop.delay().get(timeout=60, interval=0.0005)
        print(int((time.perf_counter() - began) * 1e6))


if __name__ == '__main__':
    calls(int(sys.argv[2]))

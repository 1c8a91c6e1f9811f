"""Two Celery tasks. Start a worker with: celery -A celery_app worker -E"""
import os
import time

from celery import Celery

app = Celery('celery_app', broker=os.environ.get('AMQP_URL', 'amqp://guest@localhost//'), backend='rpc://')
app.conf.task_track_started = True


@app.task
def add(x, y):
    return x + y


@app.task
def nap(seconds):
    time.sleep(seconds)
    return f'slept {seconds} s'

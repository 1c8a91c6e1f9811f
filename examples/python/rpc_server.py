"""Answers each request in the queue `fibonacci` with the Fibonacci number that it asks for.

Runs until Ctrl-C or, with --count N, until N requests were answered.
"""
import argparse
import os

import pika

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--count', type=int, default=0, help='stop after so many requests (default: never)')
options = parser.parse_args()

url = os.environ.get('AMQP_URL', 'amqp://guest:guest@localhost:5672/')
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare(queue='fibonacci')

answered = 0


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def on_request(channel, method, properties, body):
    global answered
    channel.basic_publish(
        exchange='',
        routing_key=properties.reply_to,
        properties=pika.BasicProperties(correlation_id=properties.correlation_id),
        body=str(fibonacci(int(body))))
    channel.basic_ack(method.delivery_tag)
    answered += 1
    if answered == options.count:
        channel.stop_consuming()


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue='fibonacci', on_message_callback=on_request)
print(' [*] Awaiting requests', flush=True)
try:
    channel.start_consuming()
except KeyboardInterrupt:
    channel.stop_consuming()
connection.close()

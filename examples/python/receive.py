"""Prints what arrives in the queue `hello`, until Ctrl-C or, with --count N, until N messages were printed."""
import argparse
import os

import pika

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--count', type=int, default=0, help='stop after so many messages (default: never)')
options = parser.parse_args()

url = os.environ.get('AMQP_URL', 'amqp://guest:guest@localhost:5672/')
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare(queue='hello')

printed = 0


def on_message(channel, method, properties, body):
    global printed
    print(f' [x] Received {body.decode()}', flush=True)
    printed += 1
    if printed == options.count:
        channel.stop_consuming()


channel.basic_consume(queue='hello', on_message_callback=on_message, auto_ack=True)
print(' [*] Waiting for messages. To exit press CTRL+C', flush=True)
try:
    channel.start_consuming()
except KeyboardInterrupt:
    channel.stop_consuming()
connection.close()

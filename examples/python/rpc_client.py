"""Asks the server in rpc_server.py for a Fibonacci number: rpc_client.py [N], 30 by default."""
import os
import sys
import uuid

import pika

n = int(sys.argv[1]) if len(sys.argv) > 1 else 30

url = os.environ.get('AMQP_URL', 'amqp://guest:guest@localhost:5672/')
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare(queue='fibonacci')

# The broker names this queue and deletes it together with the connection.
replies = channel.queue_declare(queue='', exclusive=True).method.queue
request_id = str(uuid.uuid4())

channel.basic_publish(
    exchange='',
    routing_key='fibonacci',
    properties=pika.BasicProperties(reply_to=replies, correlation_id=request_id),
    body=str(n))

for method, properties, body in channel.consume(replies, auto_ack=True, inactivity_timeout=30):
    if method is None:
        sys.exit(' [!] No answer within 30 seconds. Is rpc_server.py running?')
    if properties.correlation_id == request_id:
        print(f' [.] fibonacci({n}) = {body.decode()}')
        break

channel.cancel()
connection.close()

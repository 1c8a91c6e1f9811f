"""Fills a broker, for a data directory that tests of later versions open. Arguments: PORT PART FORMAT."""

import sys
import pika

PORT, PART, FORMAT = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
YEAR_2100 = "2100-01-01T00:00:00+00:00"
LONG_MILLIS = 10 * 365 * 86_400_000

connection = pika.BlockingConnection(pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{PORT}/"))
channel = connection.channel()
channel.confirm_delivery()


def publish(exchange, key, body, **properties):
    channel.basic_publish(exchange, key, body, pika.BasicProperties(delivery_mode=2, **properties))


def get(queue):
    method, _, body = channel.basic_get(queue)
    return method, body


def declare_all():
    channel.exchange_declare("topics", "topic", durable=True)
    channel.exchange_declare("fan", "fanout", durable=True, arguments={"alternate-exchange": "topics"})
    channel.queue_declare("plain", durable=True)
    channel.queue_declare("deleted", durable=True)
    channel.queue_declare("prio", durable=True, arguments={"x-max-priority": 5})
    channel.queue_declare("quorum", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_declare("dead", durable=True)
    channel.queue_declare("dies", durable=True, arguments={
        "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"})
    channel.queue_bind("plain", "topics", "a.#")
    channel.queue_bind("prio", "fan")
    channel.queue_bind("quorum", "fan")
    channel.exchange_bind("topics", "fan")


def messages(part):
    for i in range(4):
        publish("", "plain", f"plain {part} {i}".encode(), headers={"n": i}, message_id=f"{part}{i}")
    publish("topics", "a.b.c", f"topic {part}".encode())
    publish("fan", "none", f"fan {part}".encode())
    publish("", "prio", f"urgent {part}".encode(), priority=5)
    publish("", "dies", f"dead {part}".encode())
    publish("", "deleted", b"gone")
    method, _ = get("plain")
    channel.basic_ack(method.delivery_tag)
    method, _ = get("dies")
    channel.basic_reject(method.delivery_tag, requeue=False)
    method, _ = get("quorum")
    channel.basic_nack(method.delivery_tag, requeue=True)
    if FORMAT >= 2:
        channel.exchange_declare("later", "x-delayed-message", durable=True, arguments={"x-delayed-type": "direct"})
        channel.queue_bind("plain", "later", "plain")
        publish("later", "plain", f"delayed {part}".encode(), headers={"x-delay": 4_000_000_000})
        publish("", "plain", f"later {part}".encode(), headers={"x-ferry-delay": LONG_MILLIS})
    if FORMAT >= 3:
        celery(part)
    if FORMAT >= 4 and part == "a":
        channel.queue_declare("damaged", durable=True)
        publish("", "damaged", b"this is to be damaged")


def celery(part):
    channel.exchange_declare("celery.pidbox", "fanout")
    channel.queue_declare("tasks", durable=True, arguments={"x-ferry-celery": True})
    channel.queue_declare("rests", durable=True, arguments={
        "x-queue-type": "quorum", "x-delayed-retry-type": "all", "x-delayed-retry-min": 4_000_000_000})
    for name, header in [("held", {"eta": YEAR_2100}), ("revoked", {}), ("kept", {})]:
        publish("", "tasks", f"{name} {part}".encode(), correlation_id=f"{name}-{part}",
                headers={"task": "module.function", "id": f"{name}-{part}", **header})
    channel.basic_publish("celery.pidbox", "", (
        '{"method": "revoke", "arguments": {"task_id": "revoked-%s"}, "destination": null}' % part).encode(),
        pika.BasicProperties(content_type="application/json"))
    publish("", "rests", f"rests {part}".encode())
    method, _ = get("rests")
    channel.basic_nack(method.delivery_tag, requeue=True)


if PART == "a":
    declare_all()
    messages("a")
elif PART == "b":
    channel.queue_delete("deleted")
    channel.queue_declare("deleted", durable=True)
    messages("b")
else:
    # Its record was damaged meanwhile.
    assert get("damaged")[0] is None
connection.close()

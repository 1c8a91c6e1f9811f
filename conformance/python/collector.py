"""A consumer that remembers what it was given."""
from collections import namedtuple

from expectations import eventually

Delivery = namedtuple('Delivery', 'tag redelivered exchange routing_key properties body consumer_tag')


class Collector:
    """Consumes on a pika channel; deliveries come in whenever the channel's connection does its input and output."""

    def __init__(self, channel, queue, **arguments):
        self.channel, self.queue = channel, queue
        self.deliveries = []
        self.tag = channel.basic_consume(queue, self._remember, **arguments)

    def _remember(self, channel, method, properties, body):
        self.deliveries.append(Delivery(method.delivery_tag, method.redelivered, method.exchange, method.routing_key,
                                        properties, body, method.consumer_tag))

    @property
    def bodies(self):
        return [delivery.body for delivery in self.deliveries]

    def wait_for(self, count):
        """Waits until at least so many deliveries have come, and returns them all."""
        eventually(lambda: len(self.deliveries) >= count, pump=self.channel.connection)
        return self.deliveries

    def settle(self):
        """Reads until the broker has answered a question asked now, so that what it sent before has come in."""
        self.channel.queue_declare(self.queue, passive=True)
        self.channel.connection.process_data_events()
        return self.deliveries

    def cancel(self):
        self.channel.basic_cancel(self.tag)

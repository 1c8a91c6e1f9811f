#!/usr/bin/env python3
"""How long one client waits while another keeps the broker busy.

    bench/probe/probe.py HOST PORT [LOAD ...]        all loads of LOADS if none is named; NAME=N for another size

A process of its own asks basic.qos on a connection of its own every 10 ms; that needs neither disk nor queue, so what it
measures is how long the broker is busy with something else in one go. Meanwhile each load does one long thing. Printed
for each: how long the load took, and the probe's p50, p99 and worst time in milliseconds, with how many answers there
were. `idle` shows what the machine itself does to the probe.
"""
import multiprocessing
import os
import socket
import sys
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'conformance', 'python'))
import wire as w  # noqa: E402

PROBE_SECONDS = 0.01
WAIT_SECONDS = 300
MARK = b'#probe-load#'


class Guest:
    user, password, vhost = 'guest', 'guest', '/'


class Patient(w.Wire):
    """Waits as long as it takes: that is what is measured."""

    def read_bytes(self, count, within=WAIT_SECONDS):
        return super().read_bytes(count, WAIT_SECONDS)


def dial(address):
    client = Patient(*address).open(Guest, channels=1)
    client.socket.settimeout(WAIT_SECONDS)
    return client


def probe(address, stop, results):
    client = dial(address)
    while not stop.is_set():
        start = time.monotonic()
        client.call(1, 'basic.qos', prefetch_count=1)
        results.append(time.monotonic() - start)
        time.sleep(PROBE_SECONDS)


def publish_frames(queue, body=MARK, exchange=''):
    return b''.join([
        w.encode_frame(w.METHOD, 1, w.encode_method('basic.publish', exchange=exchange, routing_key=queue)),
        w.encode_frame(w.HEADER, 1, w.encode_header(len(body), {'delivery_mode': 2})),
        w.encode_frame(w.BODY, 1, body)])


def fill(address, queues, rounds):
    """As many messages for each queue, one for each in turn."""
    client = dial(address)
    batch = b''.join(publish_frames(queue) for queue in queues)
    for _ in range(rounds):
        client.send_bytes(batch)
    client.call(1, 'basic.qos', prefetch_count=1)
    while client.call(1, 'queue.declare', queue=queues[-1], passive=True).message_count < rounds:
        time.sleep(0.1)
    client.close()


def drain(client, count):
    """Reads until so many bodies have come; what lies between is not looked at."""
    seen, tail = client.received.count(MARK), client.received[-len(MARK) + 1:]
    client.received = b''
    while seen < count:
        data = client.socket.recv(1 << 20)
        if not data:
            raise EOFError('the broker has closed the connection')
        data = tail + data
        seen += data.count(MARK)
        tail = data[-len(MARK) + 1:]
    time.sleep(0.2)


def declare(client, name, **arguments):
    client.call(1, 'queue.declare', queue=name, durable=True, arguments=arguments)
    return name


def named(what):
    return f'probe.{what}.{uuid.uuid4().hex[:8]}'


class Load:
    """Prepares, and gives back what is to be done while the probe asks."""

    def __init__(self, address, size):
        self.address, self.size, self.client = address, size, dial(address)

    def consumed(self, queue):
        """Has a consumer take all of a queue and keep it."""
        self.client.call(1, 'basic.consume', queue=queue, consumer_tag='t')
        drain(self.client, self.size)


class Idle(Load):
    def run(self):
        time.sleep(self.size)


class Checkpoint(Load):
    """The broker writes a checkpoint of many durable queues with a message each: one is due a minute after the last."""
    SECONDS = 75

    def __init__(self, address, size):
        super().__init__(address, size)
        base = named('checkpoint')
        self.queues = [f'{base}.{i}' for i in range(size)]
        for at in range(0, size, 1000):
            with self.client.at_once():
                for queue in self.queues[at:at + 1000]:
                    self.client.send(1, 'queue.declare', queue=queue, durable=True, no_wait=True)
            self.client.call(1, 'basic.qos', prefetch_count=1)
        fill(address, self.queues, 1)

    def run(self):
        for _ in range(self.SECONDS):
            self.client.send_bytes(publish_frames(self.queues[0]))
            time.sleep(1)

    def clean(self):
        for queue in self.queues:
            self.client.send(1, 'queue.delete', queue=queue, no_wait=True)


class Backlog(Load):
    """A thousand queues that were filled in turn, each with its messages on the disk, are consumed at once."""
    QUEUES = 1000

    def __init__(self, address, size):
        super().__init__(address, size)
        base = named('backlog')
        self.queues = [declare(self.client, f'{base}.{i}') for i in range(self.QUEUES)]
        fill(address, self.queues, size)

    def run(self):
        for at in range(0, len(self.queues), 100):
            with self.client.at_once():
                for queue in self.queues[at:at + 100]:
                    self.client.send(1, 'basic.consume', queue=queue, consumer_tag=queue, no_ack=True, no_wait=True)
        drain(self.client, self.size * self.QUEUES)

    def clean(self):
        for queue in self.queues:
            self.client.send(1, 'queue.delete', queue=queue, no_wait=True)


class One(Load):
    ARGUMENTS = {}

    def __init__(self, address, size):
        super().__init__(address, size)
        self.queue = declare(self.client, named('one'), **self.ARGUMENTS)
        fill(address, [self.queue] * 1000, size // 1000)
        while self.client.call(1, 'queue.declare', queue=self.queue, passive=True).message_count < size:
            time.sleep(0.1)


class Purge(One):
    def run(self):
        self.client.call(1, 'queue.purge', queue=self.queue)


class Delete(One):
    def run(self):
        self.client.call(1, 'queue.delete', queue=self.queue)


class Kept(One):
    def __init__(self, address, size):
        super().__init__(address, size)
        self.consumed(self.queue)


class ChannelClose(Kept):
    def run(self):
        self.client.call(1, 'channel.close', reply_code=200)


class Gone(Kept):
    def run(self):
        self.client.socket.shutdown(socket.SHUT_RDWR)  # The probe's process has the socket, too.
        other = dial(self.address)
        while other.call(1, 'queue.declare', queue=self.queue, passive=True).message_count < self.size:
            time.sleep(0.02)


class AckAll(Kept):
    def run(self):
        self.client.send(1, 'basic.ack', delivery_tag=0, multiple=True)
        self.client.call(1, 'basic.qos', prefetch_count=1)


class RejectAll(Kept):
    DEAD = named('dead')
    ARGUMENTS = {'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': DEAD}

    def __init__(self, address, size):
        declare(dial(address), self.DEAD)
        super().__init__(address, size)

    def run(self):
        self.client.send(1, 'basic.nack', delivery_tag=0, multiple=True, requeue=False)
        self.client.call(1, 'basic.qos', prefetch_count=1)


class Exclusive(Load):
    """A connection that has many queues to itself ends."""

    def __init__(self, address, size):
        super().__init__(address, size)
        base = named('mine')
        for at in range(0, size, 500):
            with self.client.at_once():
                for i in range(at, min(size, at + 500)):
                    self.client.send(1, 'queue.declare', queue=f'{base}.{i}', exclusive=True, no_wait=True)
            self.client.call(1, 'basic.qos', prefetch_count=1)

    def run(self):
        self.client.send(0, 'connection.close', reply_code=200)
        self.client.expect(0, 'connection.close-ok', within=WAIT_SECONDS)


class Fanout(Load):
    """One message at a time for many durable queues, each with a consumer."""
    MESSAGES = 100

    def __init__(self, address, size):
        super().__init__(address, size)
        self.exchange = named('fan')
        self.client.call(1, 'exchange.declare', exchange=self.exchange, type='fanout', durable=True)
        for i in range(size):
            queue = f'{self.exchange}.{i}'
            self.client.send(1, 'queue.declare', queue=queue, durable=True, no_wait=True)
            self.client.send(1, 'queue.bind', queue=queue, exchange=self.exchange, no_wait=True)
            self.client.send(1, 'basic.consume', queue=queue, consumer_tag=queue, no_ack=True, no_wait=True)
        self.client.call(1, 'basic.qos', prefetch_count=1)

    def run(self):
        publisher = dial(self.address)
        for i in range(self.MESSAGES):
            publisher.send_bytes(publish_frames('', exchange=self.exchange))
            drain(self.client, self.size)
        publisher.close()


class Broadcast(Load):
    """As many connections as queues, and one message at a time for all of them."""
    MESSAGES = 50

    def __init__(self, address, size):
        super().__init__(address, size)
        self.exchange = named('cast')
        self.client.call(1, 'exchange.declare', exchange=self.exchange, type='fanout', durable=False)
        self.consumers = [dial(address) for _ in range(size)]
        for i, consumer in enumerate(self.consumers):
            queue = f'{self.exchange}.{i}'
            consumer.call(1, 'queue.declare', queue=queue, exclusive=True)
            consumer.call(1, 'queue.bind', queue=queue, exchange=self.exchange)
            consumer.call(1, 'basic.consume', queue=queue, consumer_tag='t', no_ack=True)

    def run(self):
        for _ in range(self.MESSAGES):
            self.client.send_bytes(publish_frames('', exchange=self.exchange))
            for consumer in self.consumers:
                for _ in range(3):
                    consumer.read_frame(WAIT_SECONDS)

    def clean(self):
        for consumer in self.consumers:
            consumer.socket.close()


class Bound(Load):
    """A queue has very many bindings with long keys to a topic exchange; the queue goes."""

    def __init__(self, address, size):
        super().__init__(address, size)
        self.exchange, self.queue = named('topic'), named('bound')
        self.client.call(1, 'exchange.declare', exchange=self.exchange, type='topic', durable=True)
        declare(self.client, self.queue)
        for at in range(0, size, 1000):
            with self.client.at_once():
                for i in range(at, min(size, at + 1000)):
                    self.client.send(1, 'queue.bind', queue=self.queue, exchange=self.exchange,
                                     routing_key=f'{i}.' + 'k' * 230, no_wait=True)
            self.client.call(1, 'basic.qos', prefetch_count=1)

    def run(self):
        self.client.call(1, 'queue.delete', queue=self.queue)
        time.sleep(2)

    def clean(self):
        self.client.call(1, 'exchange.delete', exchange=self.exchange)


class BoundExchange(Bound):
    """The same, and the exchange goes."""

    def run(self):
        self.client.call(1, 'exchange.delete', exchange=self.exchange)
        time.sleep(2)

    def clean(self):
        self.client.call(1, 'queue.delete', queue=self.queue)


class AutoDelete(Load):
    """A queue goes, and with it very many exchanges that it was the last use of."""

    def __init__(self, address, size):
        super().__init__(address, size)
        base = named('auto')
        self.queue = declare(self.client, base)
        for at in range(0, size, 1000):
            with self.client.at_once():
                for i in range(at, min(size, at + 1000)):
                    self.client.send(1, 'exchange.declare', exchange=f'{base}.{i}', type='fanout', durable=True,
                                     auto_delete=True, no_wait=True)
                    self.client.send(1, 'queue.bind', queue=self.queue, exchange=f'{base}.{i}', no_wait=True)
            self.client.call(1, 'basic.qos', prefetch_count=1)

    def run(self):
        self.client.call(1, 'queue.delete', queue=self.queue)
        time.sleep(2)


class Transaction(Kept):
    """Very many messages are consumed, and settled in one transaction with as many publishes."""
    END = 'tx.commit'

    def run(self):
        self.client.call(1, 'tx.select')
        to = declare(self.client, named('tx'))
        for _ in range(self.size // 1000):
            self.client.send_bytes(publish_frames(to) * 1000)
        self.client.send(1, 'basic.ack', delivery_tag=0, multiple=True)
        self.client.send(1, self.END)
        self.client.expect(1, self.END + '-ok', within=WAIT_SECONDS)


class Rollback(Transaction):
    END = 'tx.rollback'


class Burst(Load):
    """Four clients publish tiny messages that nobody takes, as fast as the broker reads: so many MiB each."""
    PUBLISHERS = 4

    def run(self):
        frames = publish_frames('nowhere', b'x')
        batch = frames * ((1 << 20) // len(frames))
        workers = [multiprocessing.Process(target=self.publish, args=(batch,)) for _ in range(self.PUBLISHERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def publish(self, batch):
        client = dial(self.address)
        for _ in range(self.size):
            client.send_bytes(batch)
        client.call(1, 'basic.qos', prefetch_count=1)
        client.close()


class Expired(Load):
    """Very many messages expire at once and go to another queue, and a client gets what is behind them."""

    def __init__(self, address, size):
        super().__init__(address, size)
        dead = declare(self.client, named('late'))
        self.queue = declare(self.client, named('expired'), **{
            'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead})
        frames = b''.join([
            w.encode_frame(w.METHOD, 1, w.encode_method('basic.publish', routing_key=self.queue)),
            w.encode_frame(w.HEADER, 1, w.encode_header(len(MARK), {'delivery_mode': 1, 'expiration': '10000'})),
            w.encode_frame(w.BODY, 1, MARK)])
        began = time.monotonic()
        for _ in range(size // 1000):
            self.client.send_bytes(frames * 1000)
        self.client.send_bytes(publish_frames(self.queue))
        self.client.call(1, 'basic.qos', prefetch_count=1)
        time.sleep(max(0.0, 9.3 - (time.monotonic() - began)))

    def run(self):
        for _ in range(50):
            self.client.send(1, 'basic.get', queue=self.queue, no_ack=True)
            if self.client.read_method(WAIT_SECONDS).name == 'basic.get-ok':
                self.client.read_frame(WAIT_SECONDS)
                self.client.read_frame(WAIT_SECONDS)
            time.sleep(0.05)


class Delayed(Load):
    """An exchange goes that holds very many messages until their time."""

    def __init__(self, address, size):
        super().__init__(address, size)
        self.exchange = named('later')
        self.client.call(1, 'exchange.declare', exchange=self.exchange, type='x-delayed-message', durable=True,
                         arguments={'x-delayed-type': 'direct'})
        frames = b''.join([
            w.encode_frame(w.METHOD, 1, w.encode_method('basic.publish', exchange=self.exchange, routing_key='k')),
            w.encode_frame(w.HEADER, 1, w.encode_header(len(MARK), {
                'delivery_mode': 2, 'headers': {'x-delay': 3_600_000}})),
            w.encode_frame(w.BODY, 1, MARK)])
        for _ in range(size // 1000):
            self.client.send_bytes(frames * 1000)
        self.client.call(1, 'basic.qos', prefetch_count=1)

    def run(self):
        self.client.call(1, 'exchange.delete', exchange=self.exchange)
        time.sleep(2)


class Confirms(Load):
    """Very many connections wait for the confirm of a message each."""

    def __init__(self, address, size):
        super().__init__(address, size)
        self.queue = declare(self.client, named('confirms'))
        self.publishers = [dial(address) for _ in range(size)]
        for publisher in self.publishers:
            publisher.call(1, 'confirm.select')

    def run(self):
        frames = publish_frames(self.queue)
        for _ in range(5):
            for publisher in self.publishers:
                publisher.send_bytes(frames)
            for publisher in self.publishers:
                publisher.expect(1, 'basic.ack', within=WAIT_SECONDS)

    def clean(self):
        for publisher in self.publishers:
            publisher.socket.close()
        self.client.call(1, 'queue.delete', queue=self.queue)


LOADS = {
    'idle': (Idle, 3), 'checkpoint': (Checkpoint, 100_000), 'backlog': (Backlog, 1000), 'purge': (Purge, 300_000),
    'delete': (Delete, 300_000),
    'channel-close': (ChannelClose, 300_000), 'connection-gone': (Gone, 300_000), 'ack-all': (AckAll, 300_000),
    'reject-all': (RejectAll, 300_000), 'exclusive': (Exclusive, 40_000), 'fanout': (Fanout, 3000),
    'bindings': (Bound, 60_000), 'exchange-bindings': (BoundExchange, 60_000), 'auto-delete': (AutoDelete, 20_000),
    'commit': (Transaction, 100_000), 'rollback': (Rollback, 100_000), 'burst': (Burst, 60),
    'expired': (Expired, 200_000), 'delayed': (Delayed, 300_000), 'confirms': (Confirms, 2000), 'broadcast': (Broadcast, 1500),
}


def measure(address, name, size):
    load = LOADS[name][0](address, size)
    with multiprocessing.Manager() as manager:
        stop, results = manager.Event(), manager.list()
        own = multiprocessing.Process(target=collect, args=(address, stop, results))
        own.start()
        time.sleep(0.5)
        start = time.monotonic()
        load.run()
        took = time.monotonic() - start
        stop.set()
        own.join()
        times = sorted(results)
    at = lambda part: times[min(len(times) - 1, int(len(times) * part))] * 1000  # noqa: E731
    print(f'{name}={size}: {took:.2f} s; probe p50 {at(.5):.1f}, p99 {at(.99):.1f}, worst {at(1):.1f} ms, '
          f'{len(times)} answers', flush=True)
    if hasattr(load, 'clean'):
        load.clean()
    load.client.socket.close()


def collect(address, stop, results):
    """Keeps its own list, since the shared one is slow."""
    own = []
    probe(address, Patience(stop), own)
    results.extend(own)


class Patience:
    """Looks at a shared event only now and then: each look is a call to another process."""

    def __init__(self, event):
        self.event, self.looks = event, 0

    def is_set(self):
        self.looks += 1
        return self.looks % 10 == 0 and self.event.is_set()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    address = sys.argv[1], int(sys.argv[2])
    for wanted in sys.argv[3:] or LOADS:
        name, _, size = wanted.partition('=')
        measure(address, name, int(size) if size else LOADS[name][1])


if __name__ == '__main__':
    main()

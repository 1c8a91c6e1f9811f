"""Publishes five messages with confirms and consumes them again, on asyncio with aio-pika."""
import asyncio
import os

import aio_pika

MESSAGES = 5


async def main():
    url = os.environ.get('AMQP_URL', 'amqp://guest:guest@localhost:5672/')
    connection = await aio_pika.connect_robust(url)
    async with connection:
        channel = await connection.channel()  # Publisher confirms are on.
        await channel.set_qos(prefetch_count=2)
        queue = await channel.declare_queue('asyncio', auto_delete=True)

        for number in range(MESSAGES):
            message = aio_pika.Message(f'message {number}'.encode())
            await channel.default_exchange.publish(message, routing_key=queue.name)
        print(f' [x] Confirmed {MESSAGES} messages')

        received = 0
        async with queue.iterator() as messages:
            async for message in messages:
                async with message.process():  # Acknowledges at the end of the block.
                    print(f' [x] Received {message.body.decode()}')
                received += 1
                if received == MESSAGES:
                    break


asyncio.run(main())

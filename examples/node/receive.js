// Prints what arrives in the queue `hello`, until Ctrl-C or, with an argument N, until N messages were printed.
import amqp from 'amqplib';

const count = Number(process.argv[2] ?? Infinity);
const connection = await amqp.connect(process.env.AMQP_URL ?? 'amqp://guest:guest@localhost:5672/');
const channel = await connection.createChannel();
await channel.assertQueue('hello', { durable: false });

console.log(' [*] Waiting for messages. To exit press CTRL+C');
let printed = 0;
await channel.consume('hello', async (message) => {
  console.log(` [x] Received ${message.content}`);
  printed += 1;
  if (printed === count) {
    await connection.close();
  }
}, { noAck: true });

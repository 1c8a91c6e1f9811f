// Sends one message to the queue `hello`.
import amqp from 'amqplib';

const connection = await amqp.connect(process.env.AMQP_URL ?? 'amqp://guest:guest@localhost:5672/');
const channel = await connection.createChannel();

await channel.assertQueue('hello', { durable: false });
channel.sendToQueue('hello', Buffer.from('Hello World!'));
console.log(" [x] Sent 'Hello World!'");

await channel.close();
await connection.close();

// Conformance tests with amqplib, the Node.js client. AMQP_URL says where the broker is.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import amqp from 'amqplib';

const url = process.env.AMQP_URL ?? 'amqp://guest:guest@localhost:5672/';
const patienceMillis = { timeout: 120_000 };
const declared = { queues: [], exchanges: [] };
let connection;

before(async () => {
  connection = await amqp.connect(url);
});

after(async () => {
  const channel = await connection.createChannel();
  for (const queue of declared.queues) await channel.deleteQueue(queue);
  for (const exchange of declared.exchanges) await channel.deleteExchange(exchange);
  await connection.close();
});

function name(hint = 'q') {
  return `conf-node-${hint}-${randomBytes(5).toString('hex')}`;
}

async function aQueue(channel, options = {}) {
  const { queue } = await channel.assertQueue(name(), options);
  declared.queues.push(queue);
  return queue;
}

async function anExchange(channel, type, options = {}) {
  const { exchange } = await channel.assertExchange(name('x'), type, options);
  declared.exchanges.push(exchange);
  return exchange;
}

// Consumes until `count` messages have come and resolves with them.
function collect(channel, queue, count, options = { noAck: true }) {
  return new Promise((resolve, reject) => {
    const messages = [];
    channel.consume(queue, (message) => {
      if (message === null) return; // The queue was deleted, at the end of the run.
      messages.push(message);
      if (messages.length === count) resolve(messages);
    }, options).catch(reject);
  });
}

const bodies = (messages) => messages.map((message) => message.content.toString());

// A channel whose refusal is expected: resolves with the error that closes it.
async function refusal(operation) {
  const channel = await connection.createChannel();
  const closed = once(channel, 'error');
  operation(channel)?.catch?.(() => {});
  const [error] = await closed;
  return { code: error.code, text: error.message };
}

test('carries a message and its properties', patienceMillis, async () => {
  const channel = await connection.createChannel();
  const queue = await aQueue(channel);
  channel.sendToQueue(queue, Buffer.from('hello'), {
    contentType: 'text/plain', correlationId: 'c', messageId: 'm', priority: 3, persistent: true, type: 'kind',
    timestamp: 1700000000, appId: 'app', replyTo: 'r', expiration: '60000', headers: { a: 1, b: [true, { c: 'd' }] },
  });
  const [message] = await collect(channel, queue, 1);
  assert.equal(message.content.toString(), 'hello');
  const { contentType, correlationId, messageId, priority, deliveryMode, type, timestamp, headers } = message.properties;
  assert.deepEqual([contentType, correlationId, messageId, priority, deliveryMode, type, timestamp],
    ['text/plain', 'c', 'm', 3, 2, 'kind', 1700000000]);
  assert.deepEqual(headers, { a: 1, b: [true, { c: 'd' }] });
  assert.deepEqual([message.fields.exchange, message.fields.routingKey, message.fields.redelivered], ['', queue, false]);
});

test('confirms every publish on a confirm channel', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const queue = await aQueue(channel);
  let confirmed = 0;
  for (let number = 0; number < 1000; number += 1) {
    channel.sendToQueue(queue, Buffer.from(String(number)), { persistent: true }, (error) => {
      assert.equal(error, null);
      confirmed += 1;
    });
  }
  await channel.waitForConfirms();
  assert.equal(confirmed, 1000);
  assert.equal((await channel.checkQueue(queue)).messageCount, 1000);
});

test('keeps the order of 1000 messages', patienceMillis, async () => {
  const channel = await connection.createChannel();
  const queue = await aQueue(channel);
  for (let number = 0; number < 1000; number += 1) channel.sendToQueue(queue, Buffer.from(String(number)));
  const messages = await collect(channel, queue, 1000);
  assert.deepEqual(bodies(messages), Array.from({ length: 1000 }, (_, number) => String(number)));
});

test('returns a mandatory message that reaches no queue', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const returned = once(channel, 'return');
  channel.publish('', name('nowhere'), Buffer.from('lost'), { mandatory: true });
  const [message] = await returned;
  assert.deepEqual([message.fields.replyCode, message.fields.replyText], [312, 'NO_ROUTE']);
  assert.equal(message.content.toString(), 'lost');
  await channel.waitForConfirms();
});

test('nacks what a full queue refuses', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const queue = await aQueue(channel, { maxLength: 1, arguments: { 'x-overflow': 'reject-publish' } });
  const send = () => new Promise((resolve) => { channel.sendToQueue(queue, Buffer.from('x'), {}, resolve); });
  assert.equal(await send(), null);
  assert.ok(await send() instanceof Error);
});

for (const [type, binding, matching, other] of [
  ['direct', 'a', 'a', 'b'], ['topic', 'a.*.#', 'a.b.c', 'a'], ['fanout', '', 'anything', undefined]]) {
  test(`routes over a ${type} exchange`, patienceMillis, async () => {
    const channel = await connection.createConfirmChannel();
    const exchange = await anExchange(channel, type);
    const queue = await aQueue(channel);
    await channel.bindQueue(queue, exchange, binding);
    channel.publish(exchange, matching, Buffer.from('yes'));
    if (other !== undefined) channel.publish(exchange, other, Buffer.from('no'));
    await channel.waitForConfirms();
    assert.equal((await channel.checkQueue(queue)).messageCount, 1);
    assert.equal((await channel.get(queue, { noAck: true })).content.toString(), 'yes');
  });
}

test('routes over a headers exchange and an exchange behind it', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const entrance = await anExchange(channel, 'fanout');
  const exchange = await anExchange(channel, 'headers');
  const queue = await aQueue(channel);
  await channel.bindExchange(exchange, entrance);
  await channel.bindQueue(queue, exchange, '', { 'x-match': 'any', colour: 'red', size: 5 });
  channel.publish(entrance, '', Buffer.from('1'), { headers: { colour: 'red' } });
  channel.publish(entrance, '', Buffer.from('2'), { headers: { size: 5 } });
  channel.publish(entrance, '', Buffer.from('3'), { headers: { size: 6 } });
  await channel.waitForConfirms();
  assert.deepEqual(bodies(await collect(channel, queue, 2)), ['1', '2']);
});

test('holds a consumer to its prefetch', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const queue = await aQueue(channel);
  for (let number = 0; number < 10; number += 1) channel.sendToQueue(queue, Buffer.from(String(number)));
  await channel.waitForConfirms();
  await channel.prefetch(3);
  const messages = await collect(channel, queue, 3, {});
  assert.equal((await channel.checkQueue(queue)).messageCount, 7);
  channel.ack(messages[2], true);
  await channel.cancel(messages[0].fields.consumerTag);
});

test('redelivers what was returned, marked as redelivered', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const queue = await aQueue(channel);
  channel.sendToQueue(queue, Buffer.from('x'));
  await channel.waitForConfirms();
  const first = await channel.get(queue);
  assert.equal(first.fields.redelivered, false);
  channel.nack(first, false, true);
  const [again] = await collect(channel, queue, 1, {});
  assert.equal(again.fields.redelivered, true);
  channel.ack(again);
});

test('dead-letters what is rejected', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const dead = await aQueue(channel);
  const queue = await aQueue(channel, { deadLetterExchange: '', deadLetterRoutingKey: dead });
  channel.sendToQueue(queue, Buffer.from('x'));
  await channel.waitForConfirms();
  channel.reject(await channel.get(queue), false);
  const [message] = await collect(channel, dead, 1);
  const [death] = message.properties.headers['x-death'];
  assert.deepEqual([death.reason, death.queue, death.count, death['routing-keys']], ['rejected', queue, 1, [queue]]);
});

test('answers over direct reply-to', patienceMillis, async () => {
  const client = await connection.createChannel();
  const server = await connection.createChannel();
  const queue = await aQueue(server);
  await server.consume(queue, (request) => {
    if (request === null) return;
    server.sendToQueue(request.properties.replyTo, Buffer.from(`${request.content}!`), {
      correlationId: request.properties.correlationId });
  }, { noAck: true });
  const answer = collect(client, 'amq.rabbitmq.reply-to', 1);
  client.sendToQueue(queue, Buffer.from('hello'), { replyTo: 'amq.rabbitmq.reply-to', correlationId: '1' });
  const [reply] = await answer;
  assert.deepEqual([reply.content.toString(), reply.properties.correlationId], ['hello!', '1']);
});

test('tells a consumer that its queue was deleted', patienceMillis, async () => {
  const channel = await connection.createChannel();
  const queue = await aQueue(channel);
  const cancelled = new Promise((resolve) => { channel.consume(queue, resolve); });
  await channel.checkQueue(queue);
  await (await connection.createChannel()).deleteQueue(queue);
  assert.equal(await cancelled, null);
});

test('names a queue by itself and deletes it with its connection', patienceMillis, async () => {
  const own = await amqp.connect(url);
  const { queue } = await (await own.createChannel()).assertQueue('', { exclusive: true });
  assert.match(queue, /^amq\.gen-/);
  await own.close();
  const error = await refusal((channel) => channel.checkQueue(queue));
  assert.equal(error.code, 404);
});

test('carries ten megabytes', patienceMillis, async () => {
  const channel = await connection.createChannel();
  const queue = await aQueue(channel);
  const body = randomBytes(10_000_000);
  channel.sendToQueue(queue, body);
  const [message] = await collect(channel, queue, 1);
  assert.ok(message.content.equals(body));
});

test('purges and deletes with counts', patienceMillis, async () => {
  const channel = await connection.createConfirmChannel();
  const queue = await aQueue(channel);
  for (let number = 0; number < 3; number += 1) channel.sendToQueue(queue, Buffer.from('x'));
  await channel.waitForConfirms();
  assert.deepEqual(await channel.purgeQueue(queue), { messageCount: 3 });
  assert.deepEqual(await channel.deleteQueue(queue), { messageCount: 0 });
});

test('refuses what does not exist with 404', patienceMillis, async () => {
  const queue = name('missing');
  const error = await refusal((channel) => channel.checkQueue(queue));
  assert.equal(error.code, 404);
  assert.match(error.text, new RegExp(`NOT_FOUND - no queue '${queue}' in vhost '`));
});

test('refuses another property with 406', patienceMillis, async () => {
  const queue = await aQueue(await connection.createChannel(), { durable: true });
  const error = await refusal((channel) => channel.assertQueue(queue, { durable: false }));
  assert.equal(error.code, 406);
  assert.match(error.text, /inequivalent arg 'durable' for queue .*: received 'false' but current is 'true'/);
});

test('refuses a publish to a missing exchange with 404', patienceMillis, async () => {
  const error = await refusal((channel) => { channel.publish(name('missing'), 'key', Buffer.from('x')); });
  assert.equal(error.code, 404);
});

test('refuses an unknown delivery tag with 406', patienceMillis, async () => {
  const error = await refusal((channel) => { channel.ack({ fields: { deliveryTag: 99 } }); });
  assert.equal(error.code, 406);
  assert.match(error.text, /unknown delivery tag 99/);
});

test('refuses a wrong password with 403', patienceMillis, async () => {
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await assert.rejects(amqp.connect(wrong.href), /403 \(ACCESS[-_]REFUSED\)/);
});

test('keeps a connection alive with heartbeats', patienceMillis, async () => {
  const own = await amqp.connect(`${url}?heartbeat=1`);
  let broken = null;
  own.on('error', (error) => { broken = error; });
  const channel = await own.createChannel();
  const dead = await aQueue(channel);
  const late = await aQueue(channel, { messageTtl: 4000, deadLetterExchange: '', deadLetterRoutingKey: dead });
  channel.sendToQueue(late, Buffer.from('after four seconds'));
  await collect(channel, dead, 1);
  assert.equal(broken, null);
  await own.close();
});

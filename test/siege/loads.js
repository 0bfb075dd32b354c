/**
 * Clients at work for a long time. Each is `start(urls, pauseMs)`, which resolves with: `done`, how often something came
 * to its end; `missing()`, how many of its confirmed messages have not arrived; `wrong`, what else was not as it should
 * be; `stop()`, which sends no more.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from '@stomp/stompjs';
import amqplib from 'amqplib';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';

const KEPT_WRONG = 5;

/** What was confirmed and what arrived; a number for each message, and none of those that are done with. */
class Account {
  done = 0;
  wrong = [];
  #confirmed = new Set();
  #early = new Set();
  #stopped = false;
  #loops = [];
  #tellStop = () => {};
  /** Resolves when no more is to be sent. */
  stopping = new Promise((resolve) => {
    this.#tellStop = resolve;
  });

  /** Whoever sent it knows that it was taken. */
  confirmed(id) {
    if (!this.#early.delete(id)) this.#confirmed.add(id);
  }

  /** It came, for the first time or again. */
  arrived(id) {
    this.done++;
    if (!this.#confirmed.delete(id)) this.#early.add(id);
    // Those that came twice are never confirmed again: as many are kept as can be under way.
    if (this.#early.size > 10_000) this.#early = new Set([...this.#early].slice(-5000));
  }

  missing() {
    return this.#confirmed.size;
  }

  fault(text) {
    if (this.wrong.length < KEPT_WRONG) this.wrong.push(`at ${new Date().toISOString()}: ${text}`);
  }

  /** Does something again and again until it is stopped. */
  repeat(pauseMs, action) {
    const loop = async () => {
      for (let n = 0; !this.#stopped; n++) {
        try {
          await action(n);
        } catch (error) {
          if (!this.#stopped) this.fault(String(error?.stack ?? error));
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    };
    this.#loops.push(loop());
  }

  /** Sends no more; receivers go on. */
  async stop() {
    this.#stopped = true;
    this.#tellStop();
    await Promise.all(this.#loops);
  }
}

function redisAt(url, account) {
  const redis = new Redis(url);
  let stopped = false;
  void account.stopping.then(() => {
    stopped = true;
  });
  // At the end the servers go first.
  redis.on('error', (error) => stopped || account.fault(String(error)));
  return redis;
}

async function amqpAt(url, account) {
  const connection = await amqplib.connect(url);
  connection.on('error', (error) => account.fault(String(error)));
  return connection;
}

/** Ends a connection as a process that dies does; its client is told, or it would go on with its heartbeats. */
function crash(connection) {
  connection.connection.stream.destroy(new Error('the client crashed'));
}

async function amqp({ rabbitmq }, pauseMs) {
  const account = new Account();
  const queue = 'soak';
  const producing = await amqpAt(rabbitmq, account);
  const channel = await producing.createConfirmChannel();
  await channel.assertQueue(queue);
  const consume = async (crashAfter) => {
    const connection = await amqplib.connect(rabbitmq);
    connection.on('error', () => {});
    const consumer = await connection.createChannel();
    await consumer.prefetch(20);
    let taken = 0;
    await consumer.consume(queue, (message) => {
      if (!message) return;
      // One that crashes leaves what it has not acknowledged to the others.
      if (++taken === crashAfter) return crash(connection);
      consumer.ack(message);
      account.arrived(Number(message.content.subarray(0, 12)));
    });
    return connection;
  };
  await consume();
  account.repeat(pauseMs, async (n) => {
    const body = Buffer.from(`${String(n).padStart(12)}${'x'.repeat(n % 2000)}`);
    await new Promise((resolve, reject) =>
      channel.sendToQueue(queue, body, { persistent: true }, (error) => (error ? reject(error) : resolve())),
    );
    account.confirmed(n);
  });
  account.repeat(1000, async () => {
    const connection = await consume(10);
    const crashed = new Promise((resolve) => connection.once('close', resolve));
    await Promise.race([crashed, account.stopping]);
    crash(connection);
  });
  return account;
}

async function topics({ rabbitmq }, pauseMs) {
  const account = new Account();
  const connection = await amqpAt(rabbitmq, account);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('soak.topics', 'topic');
  account.repeat(pauseMs * 5, async (n) => {
    // A queue for each turn, which goes with its consumer.
    const consumer = await connection.createChannel();
    const { queue } = await consumer.assertQueue('', { exclusive: true, autoDelete: true });
    await consumer.bindQueue(queue, 'soak.topics', `a.*.${n}`);
    const came = new Promise((resolve) => consumer.consume(queue, resolve, { noAck: true }));
    await new Promise((resolve, reject) =>
      channel.publish('soak.topics', `a.b.${n}`, Buffer.from('x'), {}, (error) => (error ? reject(error) : resolve())),
    );
    account.confirmed(n);
    await came;
    account.arrived(n);
    await consumer.close();
  });
  return account;
}

async function list({ redis }, pauseMs) {
  const account = new Account();
  const pushing = redisAt(redis, account);
  const popping = redisAt(redis, account);
  account.repeat(pauseMs, async (n) => {
    await pushing.lpush('soak:list', n);
    account.confirmed(n);
    await pushing.set(`soak:key:${n}`, 'x'.repeat(n % 3000), 'PX', 2000);
  });
  void (async () => {
    for (;;) {
      const popped = await popping.brpop('soak:list', 5);
      if (popped) account.arrived(Number(popped[1]));
    }
  })().catch((error) => account.fault(String(error)));
  return account;
}

async function stream({ redis }, pauseMs) {
  const account = new Account();
  const adding = redisAt(redis, account);
  const reading = redisAt(redis, account);
  await adding.xgroup('CREATE', 'soak:stream', 'g', '0', 'MKSTREAM');
  account.repeat(pauseMs, async (n) => {
    await adding.xadd('soak:stream', 'MAXLEN', '~', 10_000, '*', 'n', n);
    account.confirmed(n);
    const sum = await adding.eval("return redis.call('INCRBY', KEYS[1], ARGV[1])", 1, 'soak:sum', 1);
    if (sum !== n + 1) account.fault(`a script counted ${sum} where ${n + 1} was due`);
  });
  void (async () => {
    for (;;) {
      const found = await reading.xreadgroup(
        'GROUP',
        'g',
        'me',
        'COUNT',
        100,
        'BLOCK',
        5000,
        'STREAMS',
        'soak:stream',
        '>',
      );
      for (const [id, [, n]] of found?.[0]?.[1] ?? []) {
        await reading.xack('soak:stream', 'g', id);
        account.arrived(Number(n));
      }
    }
  })().catch((error) => account.fault(String(error)));
  return account;
}

async function subscribers({ redis }, pauseMs) {
  const account = new Account();
  const publishing = redisAt(redis, account);
  account.repeat(pauseMs * 5, async (n) => {
    const subscriber = redisAt(redis, account);
    try {
      await subscriber.psubscribe('soak:ch:*');
      const came = once(subscriber, 'pmessage');
      if ((await publishing.publish(`soak:ch:${n}`, String(n))) !== 1) account.fault('nobody was subscribed');
      account.confirmed(n);
      await came;
      account.arrived(n);
    } finally {
      subscriber.disconnect();
    }
  });
  return account;
}

async function stomp({ stomp: url }, pauseMs) {
  const account = new Account();
  const { username, password, host } = new URL(url);
  const client = new Client({
    webSocketFactory: () => new WebSocket(`ws://${host}/ws`, ['v12.stomp']),
    connectHeaders: { login: username, passcode: password, host: '/' },
    reconnectDelay: 0,
  });
  client.onStompError = ({ headers }) => account.fault(`ERROR: ${headers.message}`);
  client.activate();
  await new Promise((resolve) => {
    client.onConnect = resolve;
  });
  client.subscribe(
    '/queue/soak.stomp',
    (message) => {
      message.ack();
      account.arrived(Number(message.headers.n));
    },
    { ack: 'client-individual' },
  );
  account.repeat(pauseMs, async (n) => {
    const receipt = `r${n}`;
    const taken = new Promise((resolve) => client.watchForReceipt(receipt, resolve));
    client.publish({ destination: '/queue/soak.stomp', headers: { n: String(n), receipt }, body: 'x'.repeat(n % 500) });
    await taken;
    account.confirmed(n);
  });
  return account;
}

async function echo({ ws }, pauseMs) {
  const account = new Account();
  let socket;
  account.repeat(pauseMs, async (n) => {
    if (n % 50 === 0) {
      socket?.close();
      socket = new WebSocket(ws);
      await once(socket, 'open');
    }
    const came = once(socket, 'message');
    const text = `${n} ${'€'.repeat(n % 1000)}`;
    socket.send(text);
    account.confirmed(n);
    if (String((await came)[0]) !== text) account.fault('an echo was another');
    account.arrived(n);
  });
  return account;
}

async function updates({ http }, pauseMs) {
  const account = new Account();
  let last = 0;
  const topic = `${http}/updates/soak`;
  account.repeat(pauseMs, async (n) => {
    const response = await fetch(topic, { method: 'POST', body: String(n) });
    if (response.status !== 201) throw new Error(`POST: ${response.status}`);
    account.confirmed((await response.json()).number);
  });
  void (async () => {
    for (;;) {
      const response = await fetch(`${topic}?after=${last}&wait=5000`);
      if (response.status === 204) continue;
      for (const { number } of await response.json()) {
        account.arrived(number);
        last = number;
      }
    }
  })().catch((error) => account.fault(String(error)));
  return account;
}

/** Clients that talk nonsense, hang up in the midst of it, or come and say nothing. */
async function strangers(urls) {
  const account = new Account();
  const ports = Object.values(urls).map((url) => Number(new URL(url).port));
  account.repeat(50, async (n) => {
    const socket = connect(ports[n % ports.length], '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    if (n % 3 > 0) socket.write(randomBytes(100));
    await Promise.race([once(socket, 'data').catch(() => {}), new Promise((resolve) => setTimeout(resolve, 20))]);
    if (n % 2 === 0) socket.resetAndDestroy();
    else socket.destroy();
    account.done++;
  });
  return account;
}

export const LOADS = [
  { name: 'AMQP, confirmed, with consumers that crash', start: amqp },
  { name: 'AMQP, a queue for each message', start: topics },
  { name: 'Redis list, and keys that expire', start: list },
  { name: 'Redis stream with a group, and scripts', start: stream },
  { name: 'Redis pub/sub, a subscriber for each message', start: subscribers },
  { name: 'STOMP in WebSocket, with receipts', start: stomp },
  { name: 'WebSocket echo', start: echo },
  { name: 'HTTP updates, long polling', start: updates },
  { name: 'strangers', start: strangers },
];

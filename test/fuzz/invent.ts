/** Makes units that are well formed and say anything: what no recorded session says is tried too. */
import { encodeContent, encodeMethod } from '../../src/protocols/amqp/index.ts';
import { type AmqpMethodName, carriesContent, METHODS, type WireType } from '../../src/protocols/amqp/methods.ts';
import { type FieldTable, type FieldValue, Typed } from '../../src/protocols/amqp/table.ts';
import { encodeCommand } from '../../src/protocols/resp/index.ts';
import type { Command } from '../../src/servers/redis/dispatch/command.ts';
import type { Random } from './random.ts';

export const NUMBERS = [
  '0',
  '1',
  '-1',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '1e309',
  '-0',
  '',
];

/** What ends the connection, or is for servers only, comes as rarely as everything else does together. */
const SELDOM = /^connection\.|^channel\.(open|close)|-ok$|^basic\.(return|deliver|get-empty)$/;
const ALL_METHODS = Object.keys(METHODS) as AmqpMethodName[];
const METHODS_OF_CLIENTS = ALL_METHODS.filter((name) => !SELDOM.test(name));
const EXCHANGES = ['', 'amq.topic', 'amq.direct', 'amq.fanout', 'amq.headers', 'e1', 'e2', 'e3'];
const QUEUES = ['q1', 'q2', 'q3', '', 'amq.rabbitmq.reply-to'];
const TYPES = ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash', 'x'];
const TEXTS = ['a', 'a.b', '#', '*.#.*', 'q1', 't', '€', '', ...NUMBERS];
const ARGUMENTS = [
  'x-message-ttl',
  'x-expires',
  'x-max-length',
  'x-max-length-bytes',
  'x-overflow',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-max-priority',
  'x-queue-type',
  'x-queue-mode',
  'x-single-active-consumer',
  'x-delivery-limit',
  'x-stream-offset',
  'x-priority',
  'x-match',
  'alternate-exchange',
  'x-death',
  'CC',
  'BCC',
  'a',
];
const VALUES = ['quorum', 'classic', 'stream', 'reject-publish', 'drop-head', 'all', 'any', 'first', ...TEXTS];

export function amqpFrames(random: Random): Buffer {
  const channel = random.chance(0.95) ? 1 : random.below(4);
  const method = random.of(random.chance(0.98) ? METHODS_OF_CLIENTS : ALL_METHODS);
  const args = Object.fromEntries(
    Object.entries(METHODS[method].fields).map(([name, type]) => [name, argument(name, type, random)]),
  );
  if (!carriesContent(method)) return encodeMethod(channel, method, args);
  const properties = {
    ...(random.chance(0.3) ? { headers: table(random, 3) } : {}),
    ...(random.chance(0.2) ? { expiration: random.of(NUMBERS) } : {}),
    ...(random.chance(0.2) ? { replyTo: random.of(QUEUES) } : {}),
    ...(random.chance(0.2) ? { priority: random.below(256) } : {}),
    ...(random.chance(0.2) ? { deliveryMode: random.below(4) } : {}),
    ...(random.chance(0.1) ? { userId: 'guest' } : {}),
  };
  return encodeContent(channel, method, args, properties, Buffer.alloc(random.below(40), 'x'), 4096);
}

function argument(name: string, type: WireType, random: Random): unknown {
  switch (type) {
    case 'bit':
      return random.chance(0.3);
    case 'octet':
    case 'short':
    case 'long':
      return random.chance(0.9) ? random.below(5) : 255;
    case 'longlong':
      return random.chance(0.9) ? random.below(6) : 2 ** 40;
    case 'table':
      return random.chance(0.5) ? {} : table(random, 3);
    case 'bytes':
      return Buffer.from(random.of(TEXTS));
    case 'longstr':
      return random.of(TEXTS);
    default:
      if (/exchange|source|destination/.test(name)) return random.of(EXCHANGES);
      if (/queue|routingKey/.test(name) && random.chance(0.8)) return random.of(QUEUES);
      return random.of(name === 'type' ? TYPES : TEXTS);
  }
}

function table(random: Random, depth: number): FieldTable {
  const entries: [string, FieldValue][] = [];
  for (let left = 1 + random.below(3); left > 0; left--) entries.push([random.of(ARGUMENTS), value(random, depth)]);
  return Object.fromEntries(entries);
}

function value(random: Random, depth: number): FieldValue {
  switch (random.below(depth > 0 ? 9 : 6)) {
    case 0:
      return random.of(VALUES);
    case 1:
      return random.below(10);
    case 2:
      return random.of([-1, 2 ** 31, 2 ** 40, 1.5, Number.NaN, Number.POSITIVE_INFINITY]);
    case 3:
      return random.of([true, null, Buffer.from([255, 0])]);
    case 4:
      return random.of(EXCHANGES);
    case 5:
      return new Typed(random.of(['byte', 'short', 'unsignedint', 'timestamp'] as const), random.below(100));
    case 6:
      return table(random, depth - 1);
    default:
      return [value(random, depth - 1), value(random, depth - 1)];
  }
}

/** Commands that stop a server or keep everybody waiting on purpose, and whose replies never end. */
const UNWANTED = new Set(['debug', 'shutdown', 'monitor', 'client|pause', 'config|set']);

/** Every command, with the words that call it. */
export function callable(commands: ReadonlyMap<string, Command>): { call: string[]; command: Command }[] {
  return [...commands]
    .flatMap(([name, command]) =>
      command.subcommands === undefined
        ? [{ call: [name], command }]
        : [...command.subcommands].map(([sub, inner]) => ({ call: [name, sub.replace(/^.*\|/, '')], command: inner })),
    )
    .filter(({ call }) => !UNWANTED.has(call[0] ?? '') && !UNWANTED.has(call.join('|')));
}

const RESP_TEXTS = [
  'a',
  'b',
  '1',
  '2',
  '-1',
  '0',
  '0.5',
  '*',
  '(1',
  '[a',
  '+',
  '-',
  '$',
  '>',
  '$1',
  '\xff\x00',
  ...NUMBERS,
];
const OPTIONS = [
  'STREAMS',
  'COUNT',
  'LIMIT',
  'WITHSCORES',
  'NX',
  'XX',
  'EX',
  'PX',
  'GET',
  'BY',
  'MATCH',
  'LEFT',
  'MIN',
];
const SCRIPTS = [
  'return 1',
  "return redis.call('GET', KEYS[1])",
  "return redis.pcall(ARGV[1] or 'x', KEYS[1])",
  'return {1, {2, "a"}, false}',
  'return cjson.decode(ARGV[1])',
  'error({err = "x"})',
];

export function redisCommands(calls: readonly { call: string[]; command: Command }[]): (random: Random) => Buffer {
  return (random) => {
    const { call, command } = random.of(calls);
    const least = Math.abs(command.arity) - call.length;
    const size = command.arity > 0 && random.chance(0.95) ? least : least + random.below(5);
    const args: string[] = [];
    while (args.length < size) args.push(redisArgument(command.group, random));
    return encodeCommand([...call, ...args].map((arg) => Buffer.from(arg, 'latin1')));
  };
}

function redisArgument(group: string, random: Random): string {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return `${group}-${random.below(3)}`;
    case 3:
      return random.of(OPTIONS);
    case 4:
      return random.of(SCRIPTS);
    default:
      return random.of(RESP_TEXTS);
  }
}

const STOMP_COMMANDS = ['SEND', 'SEND', 'SUBSCRIBE', 'UNSUBSCRIBE', 'ACK', 'NACK', 'BEGIN', 'COMMIT', 'ABORT'];
const STOMP_SELDOM = ['DISCONNECT', 'CONNECT', 'STOMP', 'MESSAGE', 'X'];
const STOMP_HEADERS: Readonly<Record<string, readonly string[]>> = {
  destination: [
    '/queue/f',
    '/topic/a.b',
    '/topic/#',
    '/exchange/amq.topic/a',
    '/exchange/e',
    '/amq/queue/f',
    '/temp-queue/x',
    '/reply-queue/x',
    '/x',
    '',
  ],
  id: ['1', '2', 'T_1@@session-x@@1', ''],
  ack: ['auto', 'client', 'client-individual', 'x'],
  'message-id': ['T_1@@x@@1', 'x'],
  transaction: ['t', 'u', ''],
  receipt: ['1', '\\c'],
  'content-length': ['0', '1', '4', ...NUMBERS],
  'prefetch-count': NUMBERS,
  'reply-to': ['/temp-queue/x', '/queue/f', 'x'],
  expiration: NUMBERS,
  persistent: ['true', 'x'],
  'x-message-ttl': NUMBERS,
  'x-queue-type': ['quorum', 'stream', 'x'],
  'auto-delete': ['true'],
  durable: ['true', 'false'],
  selector: ['a = 1'],
};
const STOMP_NAMES = Object.keys(STOMP_HEADERS);

export function stompFrame(random: Random): Buffer {
  const lines = [random.of(random.chance(0.96) ? STOMP_COMMANDS : STOMP_SELDOM)];
  const add = (name: string) => lines.push(`${name}:${random.of(STOMP_HEADERS[name] ?? [])}`);
  if (random.chance(0.9)) add('destination');
  if (random.chance(0.9)) add('id');
  for (let left = random.below(4); left > 0; left--) add(random.of(STOMP_NAMES));
  return Buffer.from(`${lines.join('\n')}\n\n${random.chance(0.5) ? 'body' : ''}\0`);
}

const METHODS_OF_HTTP = ['GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'OPTIONS', 'DELETE', 'PUT', 'PROPFIND'];
const PATHS = [
  '/updates/a',
  '/updates/b',
  '/updates/a/events',
  '/updates/%ff',
  '/updates/',
  '/health',
  '/echo',
  '/',
  '//',
  '*',
  '/../x',
];
const QUERIES = ['', '', '?after=0', '?after=1&wait=1', '?after=-1', '?wait=60001', '?after=9007199254740993', '?x=%'];
const FIELDS = [
  'Connection: close',
  'Connection: Upgrade\r\nUpgrade: h2c',
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Expect: 100-continue',
  'Expect: x',
  'Origin: http://localhost:1',
  'Origin: https://example.org',
  'Last-Event-ID: 1',
  'Last-Event-ID: x',
  'Accept: text/event-stream',
  'X: é',
];

export function httpRequest(random: Random): Buffer {
  const body = random.chance(0.3) ? 'x'.repeat(random.below(30)) : '';
  const lines = [`${random.of(METHODS_OF_HTTP)} ${random.of(PATHS)}${random.of(QUERIES)} HTTP/1.1`, 'Host: localhost'];
  for (let left = random.below(3); left > 0; left--) lines.push(random.of(FIELDS));
  if (body === '') return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  if (random.chance(0.6)) return Buffer.from([...lines, `Content-Length: ${body.length}`, '', body].join('\r\n'));
  const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return Buffer.from([...lines, 'Transfer-Encoding: chunked', '', chunks].join('\r\n'));
}

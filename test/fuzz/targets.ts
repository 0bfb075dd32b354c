/** What is fuzzed: every protocol, read as a tap reads it, and every port of the embedded servers. */
import { duplexPair } from 'node:stream';
import { ProtocolError } from '../../src/core/errors.ts';
import type { Side } from '../../src/core/events.ts';
import type { Service } from '../../src/core/services.ts';
import amqpProtocol, { PROTOCOL_HEADER } from '../../src/protocols/amqp/index.ts';
import httpProtocol from '../../src/protocols/http/index.ts';
import type { Conversation, Handshake, Protocol } from '../../src/protocols/protocol.ts';
import respProtocol, { encodeCommand } from '../../src/protocols/resp/index.ts';
import stompProtocol from '../../src/protocols/stomp/index.ts';
import websocketProtocol from '../../src/protocols/websocket/index.ts';
import { embedServers } from '../../src/servers/embedded.ts';
import { createEngine } from '../../src/servers/redis/create.ts';
import type { PortlessServer } from '../../src/servers/server.ts';
import { amqp, type Grammar, http, resp, stomp, websocket } from './grammar.ts';
import { Mutator } from './mutate.ts';
import type { Random } from './random.ts';
import { recorded } from './sessions.ts';

export interface Target {
  readonly name: string;
  /** Inputs that are tried before others get their turn, and before `check`. */
  readonly batch: number;
  /** Makes an input. */
  input(random: Random): Input;
  /** Tries it; throws where it does what it must not. */
  run(input: Input): void;
  /** Whether everybody else is still served; also makes room for what comes next. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Chunks, and who sent each. */
export type Input = readonly (readonly [from: Side, chunk: Buffer])[];

/** Commands that stop a server, or wait, on purpose. */
const UNWANTED = new Set(['debug', 'shutdown', 'monitor']);
const COMMANDS = [...createEngine().commands.keys()].filter((name) => !UNWANTED.has(name));

const GRAMMARS: Readonly<Record<string, { grammar: Grammar; protocol: Protocol; from: readonly Service[] }>> = {
  amqp: { grammar: amqp, protocol: amqpProtocol, from: ['rabbitmq'] },
  resp: { grammar: resp(COMMANDS), protocol: respProtocol, from: ['redis'] },
  http: { grammar: http, protocol: httpProtocol, from: ['http', 'stomp', 'ws'] },
  stomp: { grammar: stomp, protocol: stompProtocol, from: ['stomp'] },
  websocket: { grammar: websocket(stomp), protocol: websocketProtocol, from: ['stomp', 'ws'] },
};

const PROTOCOLS: Readonly<Record<string, Protocol>> = { websocket: websocketProtocol, stomp: stompProtocol };

/** Reads both sides as a tap does: nothing but a ProtocolError may come of it, and every frame can be described. */
function protocolTarget(name: string, { grammar, protocol, from }: (typeof GRAMMARS)[string]): Target {
  const mutators = (['client', 'server'] as const).map(
    (side) =>
      [
        side,
        new Mutator(
          grammar,
          from.flatMap((service) => recorded(service, side)),
        ),
      ] as const,
  );
  return {
    name: `tap: ${name}`,
    batch: 200,
    input: (random) => {
      const chunks = mutators.flatMap(([side, mutator]) =>
        mutator.input(random).map((chunk) => [side, chunk] as const),
      );
      // Client and server in turn, mixed.
      return chunks
        .map((chunk) => [random.next(), chunk] as const)
        .sort(([a, x], [b, y]) => (x[0] === y[0] ? 0 : a - b))
        .map(([, chunk]) => chunk);
    },
    run(input) {
      const dead = new Set<Side>();
      const conversation = converse(protocol);
      for (const [side, chunk] of input)
        if (!dead.has(side)) tolerate(side, dead, () => conversation.push(side, chunk));
      for (const side of ['client', 'server'] as const)
        if (!dead.has(side)) tolerate(side, dead, () => conversation.end(side));
    },
    check: async () => {},
    close: async () => {},
  };
}

function converse(protocol: Protocol, handshake?: Handshake): Conversation {
  return protocol.converse({
    emit: (frame) => void (PROTOCOLS[frame.protocol] ?? protocol).describe(frame),
    carry: (name, shaken) => {
      const carried = PROTOCOLS[name];
      return carried && converse(carried, shaken);
    },
    ...(handshake ? { handshake } : {}),
  });
}

function tolerate(side: Side, dead: Set<Side>, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    dead.add(side);
  }
}

interface Port {
  readonly service: Service;
  readonly grammar: Grammar;
  /** What a client says that is served, and what shows that it is. */
  readonly greeting: Buffer | string;
  readonly answer: RegExp;
}

const REQUEST = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
const PORTS: Readonly<Record<string, Port>> = {
  rabbitmq: { service: 'rabbitmq', grammar: amqp, greeting: PROTOCOL_HEADER, answer: /RabbitMQ/ },
  redis: {
    service: 'redis',
    grammar: resp(COMMANDS),
    greeting: encodeCommand(['PING']),
    answer: /PONG|NOAUTH|MISCONF|OOM|BUSY/,
  },
  stomp: { service: 'stomp', grammar: stomp, greeting: 'CONNECT\n\n\0', answer: /^CONNECTED/ },
  'stomp in WebSocket': { service: 'stomp', grammar: websocket(stomp), greeting: REQUEST, answer: /^HTTP\/1.1 404/ },
  ws: { service: 'ws', grammar: websocket(http), greeting: REQUEST, answer: /^HTTP\/1.1 426/ },
  http: { service: 'http', grammar: http, greeting: REQUEST, answer: /^HTTP\/1.1 200/ },
};

/** So many inputs share one server; then a new one comes, so that what they left does not slow the next ones down. */
const INPUTS_PER_SERVER = 2000;

/** Each input is a client's connection, up to its end. */
async function portTarget(name: string, { service, grammar, greeting, answer }: Port): Promise<Target> {
  const mutator = new Mutator(grammar, seedsOf(name, service));
  let server: PortlessServer = await open(service);
  let tried = 0;
  return {
    name: `port: ${name}`,
    batch: 50,
    input: (random) => mutator.input(random).map((chunk) => ['client', chunk] as const),
    run(input) {
      tried++;
      const [client, far] = duplexPair();
      client.on('error', () => {}).resume();
      server.accept(service, far);
      for (const [, chunk] of input) client.write(chunk);
      // Some are cut off, some end, and what the server has not read by then, it reads in the next turns.
      setImmediate(() => setImmediate(() => (tried % 2 === 0 ? client.end() : client.destroy())));
      client.once('close', () => far.destroy());
      far.once('close', () => client.destroy());
    },
    async check() {
      await serves(server, service, greeting, answer);
      if (tried < INPUTS_PER_SERVER) return;
      tried = 0;
      await server.close();
      server = await open(service);
    },
    close: () => server.close(),
  };
}

/** STOMP sessions were recorded inside of WebSocket: the frames of plain ones are what was in there. */
function seedsOf(name: string, service: Service): Buffer[] {
  if (name !== 'stomp') return recorded(service, 'client');
  return [
    Buffer.from(
      'CONNECT\naccept-version:1.2\nhost:/\n\n\0SUBSCRIBE\nid:1\ndestination:/queue/f\nack:client\n\n\0SEND\ndestination:/queue/f\nreceipt:1\n\nbody\0BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/a.b\ntransaction:t\n\nx\0COMMIT\ntransaction:t\n\n\0ACK\nid:T_1@@x@@1\n\n\0UNSUBSCRIBE\nid:1\n\n\0DISCONNECT\nreceipt:2\n\n\0',
    ),
  ];
}

/** A server of its own; Redis with limits that one input can't take minutes to reach. */
async function open(service: Service): Promise<PortlessServer> {
  if (service !== 'redis') return embedServers({ services: [service] });
  const engine = createEngine();
  Object.assign(engine.settings, { busyReplyThreshold: 5, protoMaxBulkLen: 1024 ** 2, maxmemory: 64 * 1024 ** 2 });
  return { accept: (_service, stream) => engine.accept(stream), close: async () => engine.close() };
}

async function serves(
  server: PortlessServer,
  service: Service,
  greeting: Buffer | string,
  answer: RegExp,
): Promise<void> {
  const [client, far] = duplexPair();
  server.accept(service, far);
  client.write(greeting);
  let text = '';
  let late: NodeJS.Timeout | undefined;
  const served = new Promise<void>((resolve, reject) => {
    late = setTimeout(
      () => reject(new Error(`a client of ${service} was not served, but told ${JSON.stringify(text)}`)),
      20_000,
    );
    client
      .on('error', () => {})
      .on('data', (part) => {
        text += part;
        if (answer.test(text)) resolve();
      });
  });
  try {
    await served;
  } finally {
    clearTimeout(late);
    client.destroy();
    far.destroy();
  }
}

export async function loadTargets(): Promise<Target[]> {
  const protocols = Object.entries(GRAMMARS).map(([name, spoken]) => protocolTarget(name, spoken));
  const ports = await Promise.all(Object.entries(PORTS).map(([name, port]) => portTarget(name, port)));
  return [...protocols, ...ports];
}

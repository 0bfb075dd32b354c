/** Cuts what a client said into the units of its protocol, and changes a unit so that it is still read as one. */
import { encodeCommand, TextCommandReader } from '../../src/protocols/resp/index.ts';
import type { Command } from '../../src/servers/redis/dispatch/command.ts';
import { amqpFrames, callable, httpRequest, NUMBERS, redisCommands, stompFrame } from './invent.ts';
import type { Random } from './random.ts';

export interface Grammar {
  cut(bytes: Buffer): Buffer[];
  /** Makes a changed unit whole again: lengths, ends, masks. */
  mend(unit: Buffer, random: Random): Buffer;
  /** Makes a unit that nobody recorded. */
  invent(random: Random): Buffer;
  /** Texts that mean something here. */
  readonly words: readonly string[];
}

const HTTP_WORDS = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  '/',
  '//',
  '/ws',
  '/updates/a',
  '/updates/a/events',
  '/echo',
  '?after=',
  '?wait=',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Transfer-Encoding: chunked',
  'Content-Length: ',
  'Origin: null',
  'Host: ',
  '\r\n',
  '%',
];

/** AMQP frames: type, channel, size, payload, end (AMQP 0-9-1 §4.2.3), behind a header of eight bytes. */
export const amqp: Grammar = {
  invent: amqpFrames,
  words: [
    ...NUMBERS,
    'x-message-ttl',
    'x-expires',
    'x-max-length',
    'x-dead-letter-exchange',
    'x-queue-type',
    'quorum',
    'amq.topic',
    'headers',
    '#',
    '*',
    'x-match',
  ],
  cut(bytes) {
    const units = [bytes.subarray(0, 8)];
    for (let at = 8; at + 7 < bytes.length; ) {
      const end = at + 8 + bytes.readUInt32BE(at + 3);
      units.push(bytes.subarray(at, end));
      at = end;
    }
    return units;
  },
  mend(unit, random) {
    if (unit.length < 8 || unit.subarray(0, 4).equals(Buffer.from('AMQP')) || random.chance(0.1)) return unit;
    const whole = Buffer.from(unit);
    whole[0] = random.chance(0.9) ? Math.min(3, Math.max(1, whole[0] ?? 1)) : (whole[0] ?? 0);
    if (random.chance(0.1)) whole.writeUInt16BE(random.below(3), 1);
    whole.writeUInt32BE(whole.length - 8, 3);
    whole[whole.length - 1] = 0xce;
    return whole;
  },
};

/** RESP commands. */
export function resp(commands: ReadonlyMap<string, Command>): Grammar {
  const calls = callable(commands);
  return respOf([...new Set(calls.map(({ call: [name = ''] }) => name))], redisCommands(calls));
}

const respOf = (names: readonly string[], invent: Grammar['invent']): Grammar => ({
  invent,
  words: [
    ...NUMBERS,
    ...names,
    'STREAMS',
    'COUNT',
    'BLOCK',
    'LIMIT',
    'WITHSCORES',
    'EX',
    'PXAT',
    'MATCH',
    '*',
    '(1',
    '[a',
    '-',
    '+',
    '$',
    'return 1',
    "return redis.call('GET', KEYS[1])",
  ],
  cut(bytes) {
    const reader = new TextCommandReader();
    reader.push(bytes);
    const units: Buffer[] = [];
    try {
      for (let args = reader.next(); args !== undefined; args = reader.next()) {
        units.push(encodeCommand(args.map((arg) => Buffer.from(arg, 'latin1'))));
      }
    } catch {
      // Replies are cut where one may begin.
      const parts = bytes.toString('latin1').split(/(?<=\r\n)(?=[-*$+:>%~,_#(=!|])/);
      return parts.map((part) => Buffer.from(part, 'latin1'));
    }
    return units;
  },
  mend(unit, random) {
    if (random.chance(0.2)) return unit;
    const args = unit
      .toString('latin1')
      .split('\r\n')
      .filter((line, at) => at > 0 && !line.startsWith('$'));
    if (random.chance(0.7)) args[0] = random.of(names);
    if (random.chance(0.3)) args.push(random.of(this.words));
    return encodeCommand(args.map((arg) => Buffer.from(arg, 'latin1')));
  },
});

/** STOMP frames, which end with NUL. */
export const stomp: Grammar = {
  invent: stompFrame,
  words: [
    ...NUMBERS,
    'CONNECT',
    'SEND',
    'SUBSCRIBE',
    'ACK',
    'NACK',
    'BEGIN',
    'COMMIT',
    'ABORT',
    'DISCONNECT',
    '\ndestination:/queue/f',
    '\ndestination:/topic/a.b',
    '\ndestination:/exchange/amq.topic/a',
    '\nid:1',
    '\nack:client',
    '\ntransaction:t',
    '\nreceipt:1',
    '\ncontent-length:',
    '\nheart-beat:1,1',
    '\nx-message-ttl:',
    '\nreply-to:/temp-queue/x',
    '\n\n',
    '\\c',
    '€',
  ],
  cut(bytes) {
    const units: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const nul = bytes.indexOf(0, at);
      const end = nul < 0 ? bytes.length : nul + 1;
      units.push(bytes.subarray(at, end));
      at = end;
    }
    return units;
  },
  mend: (unit, random) => (random.chance(0.2) ? unit : Buffer.concat([unit, Buffer.of(0)])),
};

/** HTTP requests, by their empty lines. */
export const http: Grammar = {
  invent: httpRequest,
  words: [...NUMBERS, ...HTTP_WORDS],
  cut(bytes) {
    const heads = bytes.toString('latin1').split(/(?<=\r\n\r\n)/);
    return heads.map((head) => Buffer.from(head, 'latin1'));
  },
  mend: (unit, random) => (random.chance(0.3) ? unit : Buffer.concat([unit, Buffer.from('\r\n\r\n')])),
};

/** An HTTP upgrade, then WebSocket frames (RFC 6455 §5.2) that may carry something. */
export const websocket = (carried: Grammar): Grammar => ({
  words: [...carried.words, ...HTTP_WORDS],
  cut(bytes) {
    const start = bytes.indexOf('\r\n\r\n') + 4;
    const units = [bytes.subarray(0, start)];
    for (let at = start; at + 6 <= bytes.length; ) {
      const short = (bytes[at + 1] ?? 0) & 127;
      const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
      const length = wide === 2 ? bytes.readUInt16BE(at + 2) : wide === 8 ? bytes.readUInt32BE(at + 6) : short;
      const end = at + 2 + wide + 4 + length;
      units.push(bytes.subarray(at, end));
      at = end;
    }
    return units;
  },
  mend(unit, random) {
    if (unit.subarray(0, 4).toString('latin1') === 'GET ' || random.chance(0.2)) return unit;
    // Frames were masked with a key of their own: as payload they are as good as any.
    const payload = carried.mend(random.chance(0.5) ? Buffer.from(random.of(this.words)) : unit.subarray(6), random);
    return wsFrame(payload, random);
  },
  invent: (random) => wsFrame(carried.invent(random), random),
});

/** A frame as a client sends it, masked with zeros, and seldom of another kind. */
function wsFrame(payload: Buffer, random: Random): Buffer {
  const opcode = random.chance(0.95) ? 1 : random.below(16);
  const first = (random.chance(0.95) ? 0x80 : 0) | (random.chance(0.02) ? 0x40 : 0) | opcode;
  const length =
    payload.length < 126
      ? Buffer.of(0x80 | payload.length)
      : Buffer.of(0xfe, payload.length >> 8, payload.length & 255);
  return Buffer.concat([Buffer.of(first), length, Buffer.alloc(4), payload]);
}

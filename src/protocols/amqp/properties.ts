/** The properties of a message, as a content header carries them (AMQP 0-9-1 §4.2.6.1). */
import { itemAt } from '../../core/collections/present.ts';
import { byteAt } from '../byte-at.ts';
import { syntaxError } from './faults.ts';
import type { FieldTable } from './table.ts';
import { decodeTable } from './table-decode.ts';
import { encodeTable } from './table-encode.ts';

/** What a publisher may say about a message. `timestamp` is in seconds since the epoch, a bigint beyond 2^53. */
export interface AmqpProperties {
  contentType?: string;
  contentEncoding?: string;
  headers?: FieldTable;
  /** 1 is transient, 2 is persistent. */
  deliveryMode?: number;
  priority?: number;
  correlationId?: string;
  replyTo?: string;
  /** Milliseconds, as text. */
  expiration?: string;
  messageId?: string;
  timestamp?: number | bigint;
  type?: string;
  userId?: string;
  appId?: string;
  clusterId?: string;
}

type PropertyType = 'shortstr' | 'table' | 'octet' | 'timestamp';

/** In the order of their flags, from bit 15 down. */
const PROPERTIES: readonly (readonly [keyof AmqpProperties, PropertyType])[] = [
  ['contentType', 'shortstr'],
  ['contentEncoding', 'shortstr'],
  ['headers', 'table'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'shortstr'],
  ['replyTo', 'shortstr'],
  ['expiration', 'shortstr'],
  ['messageId', 'shortstr'],
  ['timestamp', 'timestamp'],
  ['type', 'shortstr'],
  ['userId', 'shortstr'],
  ['appId', 'shortstr'],
  ['clusterId', 'shortstr'],
];

const cut = () => syntaxError('4.2.6.1', 'a content header ends before its properties do');

/** Decodes flags and properties, which must fill the bytes between `at` and `end`. As in RabbitMQ two flags mean nothing. */
export function decodeProperties(bytes: Buffer, at: number, end: number): AmqpProperties {
  if (end - at < 2) throw cut();
  const flags = bytes.readUInt16BE(at);
  const properties: { [name: string]: unknown } = {};
  let offset = at + 2;
  for (let index = 0; index < PROPERTIES.length; index += 1) {
    if ((flags & (0x8000 >> index)) === 0) continue;
    const [name, type] = itemAt(PROPERTIES, index);
    const size = sizeAt(type, bytes, offset, end);
    if (size > end - offset) throw cut();
    properties[name] = read(type, bytes, offset, offset + size);
    offset += size;
  }
  if (offset !== end) throw syntaxError('4.2.6.1', 'a content header goes on after its last property');
  return properties;
}

function sizeAt(type: PropertyType, bytes: Buffer, at: number, end: number): number {
  if (type === 'timestamp') return 8;
  if (type === 'octet') return 1;
  if (type === 'shortstr') return at < end ? 1 + byteAt(bytes, at) : 1;
  return end - at < 4 ? 4 : 4 + bytes.readUInt32BE(at);
}

function read(type: PropertyType, bytes: Buffer, at: number, end: number): unknown {
  if (type === 'shortstr') return bytes.toString('utf8', at + 1, end);
  if (type === 'octet') return bytes[at];
  if (type === 'table') return decodeTable(bytes, at, end);
  const seconds = bytes.readBigUInt64BE(at);
  return seconds <= Number.MAX_SAFE_INTEGER ? Number(seconds) : seconds;
}

/** Encodes flags and properties. Throws a RangeError where a value does not fit. */
export function encodeProperties(properties: AmqpProperties): Buffer {
  const parts: Buffer[] = [Buffer.alloc(2)];
  let flags = 0;
  for (const [index, [name, type]] of PROPERTIES.entries()) {
    const value = properties[name];
    if (value === undefined || value === null) continue;
    flags |= 0x8000 >> index;
    parts.push(encodeProperty(name, type, value));
  }
  itemAt(parts, 0).writeUInt16BE(flags);
  return Buffer.concat(parts);
}

function encodeProperty(name: string, type: PropertyType, value: unknown): Buffer {
  if (type === 'table') return encodeTable(value as FieldTable);
  if (type === 'octet') return Buffer.of(value as number);
  if (type === 'timestamp') {
    const seconds = Buffer.alloc(8);
    seconds.writeBigUInt64BE(BigInt(value as number));
    return seconds;
  }
  const text = String(value);
  const length = Buffer.byteLength(text);
  if (length > 255) throw new RangeError(`the property ${name} is longer than 255 bytes`);
  const bytes = Buffer.allocUnsafe(length + 1);
  bytes[0] = length;
  bytes.write(text, 1, 'utf8');
  return bytes;
}

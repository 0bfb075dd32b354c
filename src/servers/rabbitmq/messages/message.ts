/** A message as the broker keeps it: bytes as they came, and what routing and queues have to know of them. */
import type { AmqpProperties } from '../../../protocols/amqp/properties.ts';
import { decodeProperties } from '../../../protocols/amqp/properties.ts';
import type { FieldTable } from '../../../protocols/amqp/table.ts';

/** What a message takes beside its body and properties: objects, and its places in queues. A round measured number. */
const OVERHEAD_BYTES = 350;

export class Message {
  readonly exchange: string;
  readonly routingKey: string;
  /** Flags and properties, encoded: what is delivered is what was sent, byte for byte. */
  readonly properties: Buffer;
  readonly body: Buffer;
  readonly isPersistent: boolean;
  readonly priority: number;
  /** The message's own time to live, in ms. */
  readonly ttlMs: number | undefined;
  /** Keys of the headers CC and BCC. */
  readonly extraKeys: readonly string[] | undefined;
  /** What the broker has seen of its deaths, the latest first, where it keeps a record of its own. */
  readonly deaths: readonly FieldTable[] | undefined;
  /** A client rejected it in a quorum queue: the next one tells that it was delivered before. */
  readonly wasRejected: boolean;

  constructor(
    exchange: string,
    routingKey: string,
    properties: Buffer,
    body: Buffer,
    traits: Traits,
    extraKeys?: readonly string[],
    deaths?: readonly FieldTable[],
    wasRejected = false,
  ) {
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.properties = properties;
    this.body = body;
    this.isPersistent = traits.isPersistent;
    this.priority = traits.priority;
    this.ttlMs = traits.ttlMs;
    this.extraKeys = extraKeys;
    this.deaths = deaths;
    this.wasRejected = wasRejected;
  }

  /** What it takes in memory, as far as that can be known. */
  get sizeBytes(): number {
    return this.body.length + this.properties.length + OVERHEAD_BYTES;
  }

  /** Decoded anew on every call: only routing by headers, dead-lettering and STOMP need it. */
  decode(): AmqpProperties {
    return decodeProperties(this.properties, 0, this.properties.length);
  }

  get headers(): FieldTable {
    const [flags = 0] = this.properties;
    return (flags & 0x20) === 0 ? {} : (this.decode().headers ?? {});
  }
}

/** What a queue has to know of a message's properties. */
export interface Traits {
  readonly isPersistent: boolean;
  readonly priority: number;
  readonly ttlMs: number | undefined;
}

/** A STOMP client that writes what a program says and waits for nothing. */
import type { Frame } from '../../../../src/protocols/protocol.ts';
import { encodeFrame, header, type StompHeader, type StompValue } from '../../../../src/protocols/stomp/index.ts';
import type { StompOp } from './program.ts';
import type { Unit, Wire } from './wire.ts';

interface Held {
  readonly id: string;
  readonly subscription: string;
}

type Headers = { readonly [name: string]: string | undefined };

export class StompClient {
  readonly line: Wire;
  readonly #version: string;
  readonly #held: Held[] = [];
  /** The publishes of the transactions that the server knows, by the numbers of their frames. */
  readonly #transactions = new Map<string, number[]>();
  readonly #manual = new Set<string>();
  /** The receipts that are outstanding. */
  readonly #awaited = new Set<string>();
  #receipts = 0;
  isOpen = false;
  isGone = false;

  constructor(line: Wire, version: string) {
    this.line = line;
    this.#version = version;
  }

  begin(): void {
    this.#say('CONNECT', { 'accept-version': this.#version, host: '/', login: 'guest', passcode: 'guest' });
  }

  hears(frame: Frame): void {
    const value = frame.value as StompValue;
    if (value.command === 'CONNECTED') this.isOpen = true;
    if (value.command === 'RECEIPT') this.#awaited.delete(header(value, 'receipt-id') ?? '');
    // What was refused has no receipt.
    if (value.command === 'ERROR') this.#awaited.clear();
    if (value.command !== 'MESSAGE') return;
    const subscription = header(value, 'subscription') ?? '';
    if (!this.#manual.has(subscription)) return;
    const id = header(value, this.#version === '1.2' ? 'ack' : 'message-id') ?? '';
    this.#held.push({ id, subscription });
  }

  /** Writes an operation; returns whether there was anything to write. `synced`: with a receipt in any case. */
  does(op: StompOp, synced: boolean): boolean {
    const transaction = 'transaction' in op ? op.transaction : undefined;
    const receipt = op.receipt || synced ? `r${++this.#receipts}` : undefined;
    const common = { transaction, receipt };
    switch (op.do) {
      case 'SEND':
        return this.#send(op, common);
      case 'SUBSCRIBE': {
        const { id, destination, ack, prefetch, durable } = op;
        if (ack) this.#manual.add(id);
        else this.#manual.delete(id);
        const more = { ack, 'prefetch-count': text(prefetch), ...durability(durable) };
        return this.#say('SUBSCRIBE', { id, destination, ...more, receipt });
      }
      case 'UNSUBSCRIBE':
        return this.#say('UNSUBSCRIBE', { id: op.id, ...durability(op.durable), receipt });
      case 'ACK':
      case 'NACK':
        return this.#settle(op, common);
      case 'DISCONNECT':
        this.isGone = true;
        return this.#say('DISCONNECT', { receipt });
      default:
        return this.#say(op.do, common, '', () => this.#transact(op.do, op.transaction));
    }
  }

  /** Asks what changes nothing and is answered, so that all before it is known to have been carried out. */
  syncsAll(): void {
    if (!this.isGone) this.does({ do: 'BEGIN', transaction: 'sync' }, true);
  }

  /** Something that it asked, to know how far the server is, is not answered. */
  get isWaiting(): boolean {
    return this.#awaited.size > 0;
  }

  #send(op: Extract<StompOp, { do: 'SEND' }>, common: Headers): boolean {
    const { destination, body, persistent, expiration, replyTo, transaction } = op;
    const headers = {
      ...{ destination, persistent: persistent ? 'true' : undefined, expiration: text(expiration) },
      ...{ 'reply-to': replyTo ? '/temp-queue/t' : undefined, ...common },
    };
    return this.#say('SEND', headers, body, (seq) => {
      if (transaction === undefined) return [seq];
      if (destination.startsWith('/')) this.#transactions.get(transaction)?.push(seq);
      return [];
    });
  }

  #settle(op: Extract<StompOp, { do: 'ACK' | 'NACK' }>, common: Headers): boolean {
    if (this.#held.length === 0) return false;
    const [{ id, subscription } = { id: '', subscription: '' }] = this.#held.splice(op.nth % this.#held.length, 1);
    const named = this.#version === '1.2' ? { id } : { 'message-id': id, subscription };
    return this.#say(op.do, { ...named, requeue: op.requeue === false ? 'false' : undefined, ...common });
  }

  /** The server carries out the beginning or the end of a transaction: the publishes that happen then. */
  #transact(command: 'BEGIN' | 'COMMIT' | 'ABORT', name: string): number[] {
    const publishes = this.#transactions.get(name) ?? [];
    this.#transactions.delete(name);
    if (command === 'BEGIN') this.#transactions.set(name, []);
    return command === 'COMMIT' ? publishes : [];
  }

  #say(command: string, headers: Headers, body = '', publishes: Unit['publishes'] = () => []): boolean {
    // Inside a transaction, a receipt comes with its end, if ever.
    const isDeferred = headers.transaction !== undefined && ['SEND', 'ACK', 'NACK'].includes(command);
    if (headers.receipt !== undefined && !isDeferred) this.#awaited.add(headers.receipt);
    const list = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);
    this.line.write({ bytes: encodeFrame(command, list as StompHeader[], body), channel: 0, publishes });
    return true;
  }
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** A durable subscription outlives its session only if its queue is not deleted with it. */
function durability(durable: boolean | undefined): Headers {
  return durable ? { durable: 'true', 'auto-delete': 'false' } : {};
}

/** A wire through a real tap and real sockets, to a server in this process. */
import net from 'node:net';
import type { Ender } from '../../../../src/core/events.ts';
import type { Frame, Protocol } from '../../../../src/protocols/protocol.ts';
import { openTap, type Tap } from '../../../../src/tap/tap.ts';
import { Pipe } from './pipe.ts';
import type { Unit, Wire, WireEvents } from './wire.ts';

export class TappedLine implements Wire {
  readonly pipe: Pipe;
  readonly #events: WireEvents;
  readonly #units: Unit[] = [];
  /** The numbers of the client's frames that the tap saw and the server has not read. */
  readonly #seqs: number[] = [];
  readonly #heard: Frame[] = [];
  #client!: net.Socket;
  #server!: net.Socket;
  #tap!: Tap;
  #door!: net.Server;
  /** Bytes that have been written and have not arrived. */
  #upBytes = 0;
  #downBytes = 0;
  /** Bytes that the server got and that are no whole unit yet. */
  #rest = Buffer.alloc(0);
  #serverEnded = false;
  isClosed = false;

  private constructor(events: WireEvents) {
    this.#events = events;
    this.pipe = new Pipe({
      said: (bytes) => {
        this.#downBytes += bytes.length;
        this.#server.write(bytes);
      },
      ended: () => {
        this.#serverEnded = true;
        this.#server.end();
      },
    });
  }

  static async open(protocol: Protocol, events: WireEvents): Promise<TappedLine> {
    const line = new TappedLine(events);
    await line.#open(protocol);
    return line;
  }

  async #open(protocol: Protocol): Promise<void> {
    this.#door = net.createServer({ noDelay: true });
    await new Promise<void>((listening) => this.#door.listen(0, '127.0.0.1', listening));
    const { port } = this.#door.address() as net.AddressInfo;
    const accepted = new Promise<net.Socket>((resolve) => this.#door.once('connection', resolve));
    this.#tap = await openTap({ host: '127.0.0.1', port, tls: false }, () => ({
      conversation: protocol.converse({ emit: (frame) => this.#saw(frame) }),
      fault: (_, error) => {
        throw error;
      },
      closed: (by) => {
        this.isClosed = true;
        this.#events.closed(by);
        void this.#close();
      },
    }));
    this.#client = net.connect({ host: '127.0.0.1', port: this.#tap.port, noDelay: true });
    this.#client.on('data', (bytes: Buffer) => {
      this.#downBytes -= bytes.length;
    });
    this.#client.on('error', () => {});
    this.#server = await accepted;
    this.#server.on('data', (bytes: Buffer) => this.#arrived(bytes));
    this.#server.on('error', () => {});
    this.#server.on('close', () => this.pipe.destroy());
  }

  get isBusy(): boolean {
    return !this.isClosed && (this.#upBytes > 0 || this.#downBytes > 0 || this.#serverEnded || this.#heard.length > 0);
  }

  write(unit: Unit): void {
    if (this.isClosed || this.#client.destroyed) return;
    this.#units.push(unit);
    this.#upBytes += unit.bytes.length;
    this.#client.write(unit.bytes);
  }

  /** Sockets move by themselves; this only lets them. */
  async read(): Promise<void> {
    await turn();
  }

  hear(): Frame[] {
    return this.#heard.splice(0);
  }

  async end(by: Ender): Promise<void> {
    if (by === 'cut') this.#tap.cut();
    else this.#client.destroy();
    while (!this.isClosed || !this.pipe.destroyed) await turn();
  }

  /** Real servers notice by themselves. */
  async notice(): Promise<void> {}

  /** Gives back what it is made of. */
  async #close(): Promise<void> {
    this.#server.destroy();
    this.#door.close();
    await this.#tap.close();
  }

  #saw(frame: Frame): void {
    const seq = this.#events.saw(frame);
    if (frame.from === 'client') this.#seqs.push(seq);
    else this.#heard.push(frame);
  }

  /** Units arrive in any pieces, and are given to the server one by one. */
  #arrived(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let [unit] = this.#units; unit && this.#rest.length >= unit.bytes.length; [unit] = this.#units) {
      this.#rest = this.#rest.subarray(unit.bytes.length);
      this.#upBytes -= unit.bytes.length;
      this.#units.shift();
      const { bytes: whole } = unit;
      this.#events.reads(unit, this.#seqs.shift() as number, () => this.pipe.give(whole));
    }
  }
}

/** Lets what is ready happen. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A bare client for tests: sends commands, reads replies as bytes, over a socket or a duplex in process. */
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { encodeCommand, encodeValue, RespReader, type RespValue } from '../../../src/protocols/resp/index.ts';
import type { Engine } from '../../../src/servers/redis/dispatch/engine.ts';

/** Two ends of a connection in process. */
export function duplexPair(): [Duplex, Duplex] {
  let left: Duplex;
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk);
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const right = make(() => left);
  left = make(() => right);
  return [left, right];
}

export class TestClient {
  readonly duplex: Duplex;
  readonly #reader = new RespReader();
  readonly #values: RespValue[] = [];
  readonly #waiting: ((value: RespValue) => void)[] = [];
  closed = false;

  constructor(duplex: Duplex) {
    this.duplex = duplex;
    duplex.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk);
      for (let value = this.#reader.next(); value !== undefined; value = this.#reader.next()) {
        const next = this.#waiting.shift();
        if (next) next(value);
        else this.#values.push(value);
      }
    });
    duplex.on('error', () => {});
    duplex.on('end', () => {
      this.closed = true;
    });
    duplex.on('close', () => {
      this.closed = true;
    });
  }

  static async tcp(port: number): Promise<TestClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new TestClient(socket);
  }

  static of(engine: Engine): TestClient {
    const [client, server] = duplexPair();
    engine.accept(server);
    return new TestClient(client);
  }

  send(...args: (string | Buffer | number)[]): void {
    this.duplex.write(encodeCommand(args));
  }

  /** The next value that comes. */
  next(): Promise<RespValue> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Values that have come and that nobody has asked for. */
  get pending(): readonly RespValue[] {
    return this.#values;
  }

  /** Sends a command and answers its reply. */
  call(...args: (string | Buffer | number)[]): Promise<RespValue> {
    this.send(...args);
    return this.next();
  }

  /** Sends a command and answers its reply as the bytes on the wire. */
  async bytes(...args: (string | Buffer | number)[]): Promise<string> {
    return encodeValue(await this.call(...args)).toString('latin1');
  }

  close(): void {
    this.duplex.destroy();
  }
}

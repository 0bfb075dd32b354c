/**
 * A program on a real redis-server, through real taps. The truth is what its MONITOR shows: the commands in the order in
 * which it carried them out, repeated on an embedded server whose witness tells what becomes of each element.
 */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeCommand, splitInline } from '../../../../src/protocols/resp/index.ts';
import { openTap, type Tap } from '../../../../src/tap/tap.ts';
import { eventually } from '../../../helpers/eventually.ts';
import { bytesOf, Run, type Words } from './wires.ts';

/** How long everything has to be quiet to count as settled: whoever still waits then is blocked. */
const QUIET_MS = 30;

export class RealRun {
  /** Sees the frames, and is where the truth is repeated. */
  readonly run: Run;
  readonly #sockets: net.Socket[] = [];
  readonly #taps: Tap[] = [];
  readonly #monitor: net.Socket | undefined;
  /** Asks the real server to say something that its MONITOR shows. */
  readonly #marker: net.Socket | undefined;
  readonly #server: net.Server | undefined;
  readonly #words: Words[][] = [];
  #lines = '';
  #lastSeen = 0;
  #marks = 0;

  /** On a real server, which listens at this port. */
  static async open(port: number, connections: number): Promise<RealRun> {
    const run = await Run.open(connections);
    const [monitor, marker] = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')];
    const real = new RealRun(run, { monitor, marker });
    await Promise.all([once(monitor, 'connect'), once(marker, 'connect')]);
    marker.resume();
    monitor.write('FLUSHALL\r\nMONITOR\r\n');
    await eventually(() => {
      if (!real.#lines.includes('+OK\r\n+OK')) throw new Error('MONITOR is not on yet');
    });
    await real.#connect(port);
    return real;
  }

  /** On the embedded server, by sockets. */
  static async openEmbedded(connections: number): Promise<RealRun> {
    const run = await Run.open(connections, false);
    const server = net.createServer((socket) => run.engine.accept(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const real = new RealRun(run, { server });
    await real.#connect((server.address() as net.AddressInfo).port);
    return real;
  }

  async #connect(port: number): Promise<void> {
    const { run } = this;
    for (const client of run.clients) {
      const tap = await openTap({ host: '127.0.0.1', port, tls: false }, () => ({
        conversation: {
          push: (from, chunk) => {
            this.#lastSeen = performance.now();
            run.pass(client, from, chunk);
          },
          end: () => {},
        },
        fault: () => {},
        closed: () => {},
      }));
      const socket = net.connect(tap.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('data', () => {});
      this.#taps.push(tap);
      this.#sockets.push(socket);
      this.#words.push([]);
      // One after the other, so that the server's numbers are in their order.
      socket.write(encodeCommand(['CLIENT', 'SETNAME', `c${client.id}`]));
      run.expect(client, ['CLIENT', 'SETNAME', `c${client.id}`]);
      this.#words.at(-1)!.push(['CLIENT', 'SETNAME', `c${client.id}`]);
      await this.settle();
    }
  }

  private constructor(
    run: Run,
    { monitor, marker, server }: { monitor?: net.Socket; marker?: net.Socket; server?: net.Server },
  ) {
    this.run = run;
    this.#monitor = monitor;
    this.#marker = marker;
    this.#server = server;
    monitor?.on('data', (chunk) => {
      this.#lines += chunk.toString('latin1');
    });
  }

  send(client: number, commands: readonly Words[]): void {
    for (const words of commands) {
      this.run.expect(this.run.clients[client]!, words);
      this.#words[client]!.push(words);
    }
    this.#sockets[client]!.write(Buffer.concat(commands.map(bytesOf)));
  }

  /** Waits until nothing has come for a while in which the server was heard, so that it had its turn. */
  async settle(): Promise<void> {
    let heard: number;
    do {
      this.#lastSeen = performance.now();
      while (performance.now() - this.#lastSeen < QUIET_MS) await sleep(5);
      heard = this.#lastSeen;
      await this.#caughtUp();
    } while (this.#lastSeen !== heard);
  }

  /** Resolves when MONITOR has shown all that the server carried out by now. */
  async #caughtUp(): Promise<void> {
    if (!this.#marker) return;
    const mark = `mark-${++this.#marks}.`;
    this.#marker.write(encodeCommand(['ECHO', mark]));
    await eventually(() => {
      if (!this.#lines.includes(mark)) throw new Error(`MONITOR has not shown ${mark} yet`);
    });
  }

  /** Repeats what the server carried out on the embedded one. */
  async repeat(): Promise<void> {
    if (!this.#monitor) return;
    await this.#caughtUp();
    const addresses = new Map<string, number>();
    const next = this.#words.map(() => 0);
    for (const line of this.#lines.split('\r\n')) {
      const found = /^\+[\d.]+ \[\d+ ([^\]]+)\] (.*)$/.exec(line);
      if (!found) continue;
      const shown = splitInline(Buffer.from(found[2]!, 'latin1'), 0, found[2]!.length) ?? [];
      const words = shown.map((word) => word.toString('latin1'));
      if (words[0]?.toUpperCase() === 'CLIENT') addresses.set(found[1]!, Number(words[2]!.slice(1)) - 1);
      const client = addresses.get(found[1]!);
      if (client === undefined) continue;
      // What the server refused is not shown; here it is refused again.
      const all = this.#words[client]!;
      let at = next[client]!;
      while (at < all.length && all[at]!.join(' ').toLowerCase() !== words.join(' ').toLowerCase()) at++;
      if (at === all.length) continue;
      await this.run.repeat(this.run.clients[client]!, all.slice(next[client], at + 1));
      next[client] = at + 1;
    }
    for (const [client, all] of this.#words.entries())
      await this.run.repeat(this.run.clients[client]!, all.slice(next[client]));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#monitor?.destroy();
    this.#marker?.destroy();
    this.#server?.close();
    await Promise.all(this.#taps.map((tap) => tap.close()));
  }
}

/** The two servers that contracts are played on, each new for every script. */
import { createEngine } from '../../../../src/servers/redis/create.ts';
import type { RedisRelease } from '../../../../src/servers/redis/releases.ts';
import { eventually } from '../../../helpers/eventually.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { TestClient } from '../client.ts';
import { startReal } from '../real.ts';

/** A client that has had no reply for so long, in milliseconds, gets none. */
const PATIENCE_MS = 1500;

export interface Side {
  connect(): Promise<TestClient>;
  /** Waits until a client has a reply. False when none comes. */
  answered(client: TestClient): Promise<boolean>;
  /** Sends what a client will block on, and waits until the server has taken it. */
  block(client: TestClient, send: () => void): Promise<void>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Everything that was written has arrived, been carried out and been answered. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An engine in this process, whose time passes when everybody waits. */
export async function embeddedSide(release: RedisRelease): Promise<Side> {
  const clock = new ManualClock();
  const engine = createEngine({ clock, release });
  const clients: TestClient[] = [];
  return {
    async connect() {
      const client = TestClient.of(engine);
      clients.push(client);
      return client;
    },
    async answered(client) {
      for (let waited = 0; waited <= PATIENCE_MS; waited += 10) {
        await settled();
        if (client.pending.length > 0) return true;
        clock.advance(10);
      }
      return false;
    },
    async block(_, send) {
      send();
      await settled();
    },
    async pass(ms) {
      await settled();
      clock.advance(ms);
      await settled();
    },
    async close() {
      for (const client of clients) client.close();
      engine.close();
    },
  };
}

/** A private real server. */
export async function realSide(release: RedisRelease): Promise<Side> {
  const server = await startReal(release);
  const observer = await TestClient.tcp(server.port);
  const clients: TestClient[] = [observer];
  const blocked = async (): Promise<number> =>
    Number(/blocked_clients:(\d+)/.exec(await observer.bytes('INFO', 'clients'))?.[1]);
  return {
    async connect() {
      const client = await TestClient.tcp(server.port);
      clients.push(client);
      return client;
    },
    async answered(client) {
      const deadline = performance.now() + PATIENCE_MS;
      while (client.pending.length === 0 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      // A server that is still busy with the command answers nobody else, either.
      if (client.pending.length === 0) for (let turn = 0; turn < 2; turn++) await observer.call('PING');
      return client.pending.length > 0;
    },
    async block(_, send) {
      const before = await blocked();
      send();
      await eventually(async () => {
        if ((await blocked()) !== before + 1) throw new Error('the client does not block');
      });
    },
    async pass(ms) {
      await new Promise((resolve) => setTimeout(resolve, ms));
    },
    async close() {
      for (const client of clients) client.close();
      await server.stop();
    },
  };
}

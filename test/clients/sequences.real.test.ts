/** What client libraries are answered, from the handshake on, is what a real server of the newest release answers. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import rabbitmq from '../../src/servers/rabbitmq/index.ts';
import { RELEASES } from '../../src/servers/rabbitmq/releases.ts';
import redis from '../../src/servers/redis/index.ts';
import { releaseFor } from '../../src/servers/redis/releases.ts';
import { unavailable as noRabbitmq, startReal as startRabbitmq } from '../helpers/real-rabbitmq.ts';
import { absence, titled } from '../helpers/servers.ts';
import { unavailable as noRedis, startReal as startRedis } from '../servers/redis/real.ts';
import { SEQUENCES, type Sequence } from './sequences.ts';
import { transcript } from './transcript.ts';

interface Running {
  readonly url: string;
  close(): Promise<unknown>;
}

const RABBITMQ = RELEASES[0]!;
const SIDES = {
  rabbitmq: {
    why: await noRabbitmq(RABBITMQ),
    async real(): Promise<Running> {
      const server = await startRabbitmq(RABBITMQ);
      return { url: server.amqp, close: () => server.close() };
    },
    async embedded(): Promise<Running> {
      const server = await rabbitmq.start({ services: ['rabbitmq'] });
      return { url: server.urls.rabbitmq!, close: () => server.close() };
    },
  },
  redis: {
    why: noRedis(releaseFor(undefined)),
    async real(): Promise<Running> {
      const server = await startRedis();
      return { url: `redis://127.0.0.1:${server.port}`, close: () => server.stop() };
    },
    async embedded(): Promise<Running> {
      const server = await redis.start({ services: ['redis'] });
      return { url: server.urls.redis!, close: () => server.close() };
    },
  },
};

/** What is another one each time: names and numbers that are made up, and times. INFO is longer on a real one. */
const OWN: readonly [RegExp, string][] = [
  [/amq\.(gen|ctag)-[\w-]{22}/g, 'amq.$1-*'],
  [/amq\.rabbitmq\.reply-to\.[\w+/=.]+/g, 'reply-to'],
  [/ctag1\.[0-9a-f]{32}|bunny-[\d-]+/g, 'tag'],
  [/"id"( =>|,) :\d+/g, '"id"$1 :*'],
  [/"(idle|inactive)"( =>|,) :\d+/g, '"$1"$2 :*'],
  // The seconds at which a client of ours published.
  [/"timestamp":\d{10}/g, '"timestamp":*'],
  [/"modules" => \[.*?\]\}\]/g, '"modules" => []'],
  [/"# Server.*/g, 'INFO'],
];
const tidy = (line: string) => OWN.reduce((text, [own, shown]) => text.replace(own, shown), line);

function isThere([command, ...args]: NonNullable<Sequence['needs']>): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

for (const [service, sequences] of Object.entries(SEQUENCES)) {
  const { why, real, embedded } = SIDES[service as keyof typeof SIDES];
  describe.skipIf(why)(titled(`clients of ${service}`, why), () => {
    let sides: { real: Running; embedded: Running };
    beforeAll(async () => {
      sides = { real: await real(), embedded: await embedded() };
    });
    afterAll(async () => {
      await Promise.all(Object.values(sides ?? {}).map((side) => side.close()));
    });
    for (const { client, needs, work } of sequences) {
      const lacks = needs && !isThere(needs) ? absence(`${client} is not installed here`) : undefined;
      it.skipIf(lacks)(titled(client, lacks), async () => {
        const told = async ({ url }: Running) => (await transcript(url, work)).map((lines) => lines.map(tidy));
        const [expected, got] = [await told(sides.real), await told(sides.embedded)];
        expect(expected.flat().length).toBeGreaterThan(10);
        expect(got).toEqual(expected);
      });
    }
  });
}

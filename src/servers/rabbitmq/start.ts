/** Starts the embedded RabbitMQ: one broker with a front for each service that is asked for. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Service } from '../../core/services.ts';
import { systemClock } from '../../core/time/clock.ts';
import { authorityOf } from '../../core/urls.ts';
import { containedClock } from '../contain.ts';
import { type Listening, listen } from '../listen.ts';
import type { PortlessServer, RunningServer, ServerOptions } from '../server.ts';
import { Broker } from './broker/broker.ts';
import type { Front, OpenFront } from './broker/front.ts';
import { fullUser, GUEST } from './broker/users.ts';
import { releaseOfBoth } from './releases.ts';
import { hangUp } from './transport/hang-up.ts';

/** Publishers wait when messages take so much of the memory that there is, as with RabbitMQ. */
const MEMORY_SHARE = 0.4;

/** Who is let in from elsewhere, where there is a password. */
const USER = 'msgplay';

interface Offer {
  /** Loaded when it is asked for. */
  readonly load: (allowOrigins?: readonly string[]) => Promise<OpenFront>;
  /** `login` is a user and its password. */
  readonly url: (login: string, authority: string) => string;
}

const OFFERS: readonly (readonly [Service, Offer])[] = [
  [
    'rabbitmq',
    {
      load: async () => {
        const { AmqpFront } = await import('./amqp/front.ts');
        return (broker) => new AmqpFront(broker);
      },
      url: (login, authority) => `amqp://${login}@${authority}`,
    },
  ],
  [
    'stomp',
    {
      load: async (allowOrigins) => {
        const { StompFront } = await import('./stomp/front.ts');
        return (broker) => new StompFront(broker, allowOrigins);
      },
      url: (login, authority) => `ws://${login}@${authority}/ws`,
    },
  ],
];

type Asked = Pick<ServerOptions, 'clock' | 'password' | 'versions'>;

function createBroker({ clock = systemClock, password, versions }: Asked): Broker {
  return new Broker({
    release: releaseOfBoth(versions),
    clock: containedClock(clock, 'RabbitMQ'),
    random: randomBytes,
    users: password === undefined ? [GUEST] : [GUEST, fullUser(USER, password)],
    vhosts: ['/'],
    memoryMax: MEMORY_SHARE * Math.min(totalmem(), 2 * getHeapStatistics().heap_size_limit),
  });
}

export async function start(options: ServerOptions): Promise<RunningServer> {
  const broker = createBroker(options);
  const { password } = options;
  const login = password === undefined ? 'guest:guest' : `${USER}:${encodeURIComponent(password)}`;
  const ports: Partial<Record<Service, number>> = { ...options.ports };
  const urls: Partial<Record<Service, string>> = {};
  let opened: { readonly front: Front; readonly listening: Listening<Server> }[] = [];

  const open = async () => {
    try {
      for (const [service, { load, url }] of OFFERS) {
        if (!options.services.includes(service)) continue;
        const front = (await load(options.allowOrigins))(broker);
        const create = () => createServer({ noDelay: true }, (socket) => front.accept(socket));
        const listening = await listen(service, create, ports[service], options);
        opened.push({ front, listening });
        ports[service] = listening.port;
        urls[service] = url(login, authorityOf(listening.host, listening.port));
      }
    } catch (error) {
      await close();
      throw error;
    }
  };
  const close = async () => {
    const closing = opened;
    opened = [];
    await Promise.all(
      closing.map(async ({ front, listening }) => {
        front.shutDown();
        await Promise.all([listening.close(), hangUp(front.streams)]);
      }),
    );
  };

  await open();
  return {
    urls,
    close,
    async restart() {
      await close();
      broker.restart();
      await open();
    },
  };
}

export async function embed(options: Pick<ServerOptions, 'clock' | 'versions'>): Promise<PortlessServer> {
  const broker = createBroker(options);
  const fronts = new Map(
    await Promise.all(OFFERS.map(async ([service, { load }]) => [service, (await load())(broker)] as const)),
  );
  return {
    accept(service, stream) {
      const front = fronts.get(service);
      if (!front) throw new TypeError(`RabbitMQ does not offer ${service}`);
      front.accept(stream);
    },
    async close() {
      for (const front of fronts.values()) front.shutDown();
      await Promise.all([...fronts.values()].map(({ streams }) => hangUp(streams)));
    },
  };
}

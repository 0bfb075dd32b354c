/** Starts the embedded RabbitMQ. */
import { randomBytes } from 'node:crypto';
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { systemClock } from '../../core/clock.ts';
import type { Service } from '../../core/services.ts';
import type { RunningServer, ServerOptions } from '../server.ts';
import { Broker } from './broker/broker.ts';
import type { Front, OpenFront } from './broker/front.ts';
import { GUEST } from './broker/users.ts';

/** Publishers wait when messages take so much of the memory that there is, as with RabbitMQ. */
const MEMORY_SHARE = 0.4;

/** Loaded when they are asked for. */
const FRONTS: Partial<Record<Service, () => Promise<OpenFront>>> = {
  rabbitmq: async () => (await import('./amqp/front.ts')).startAmqp,
  stomp: async () => (await import('./stomp/front.ts')).startStomp,
};

/** Starts one broker with the fronts that are asked for. */
export async function start(options: ServerOptions): Promise<RunningServer> {
  const broker = new Broker({
    clock: options.clock ?? systemClock,
    random: randomBytes,
    users: [GUEST],
    vhosts: ['/'],
    memoryMax: MEMORY_SHARE * Math.min(totalmem(), 2 * getHeapStatistics().heap_size_limit),
  });
  const ports: Partial<Record<Service, number>> = { ...options.ports };
  const urls: Partial<Record<Service, string>> = {};
  let fronts: Front[] = [];

  const open = async () => {
    try {
      for (const service of options.services) {
        const openFront = await FRONTS[service]?.();
        if (!openFront) continue;
        const front = await openFront(broker, ports[service] ?? 0, options.hosts);
        fronts.push(front);
        ports[service] = front.port;
        urls[service] = front.url;
      }
    } catch (error) {
      await close();
      throw error;
    }
  };
  const close = async () => {
    const open = fronts;
    fronts = [];
    await Promise.all(open.map((front) => front.close()));
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

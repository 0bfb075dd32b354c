/** Empties embedded servers between two tests, by what any client may ask of them. */
import type { Service } from '../core/services.ts';

/** `url` is asked for a way that the story sees: it has to know what is gone. */
export async function wipe(
  services: ReadonlySet<Service>,
  queues: ReadonlySet<string>,
  url: (service: Service) => Promise<string>,
): Promise<void> {
  const redis = services.has('redis') ? flush(await url('redis')) : undefined;
  const broker = services.has('rabbitmq') && queues.size > 0 ? purge(await url('rabbitmq'), queues) : undefined;
  await Promise.all([redis, broker]);
}

async function flush(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, { lazyConnect: true, enableReadyCheck: false });
  try {
    await client.connect();
    await client.flushall();
  } finally {
    client.disconnect();
  }
}

async function purge(url: string, queues: ReadonlySet<string>): Promise<void> {
  const { connect } = await import('amqplib');
  const connection = await connect(url);
  connection.on('error', () => {});
  try {
    for (const queue of queues) {
      const channel = await connection.createChannel();
      channel.on('error', () => {});
      // It may be gone meanwhile, or belong to one connection alone; streams can't be purged.
      await channel.purgeQueue(queue).then(
        () => channel.close(),
        () => {},
      );
    }
  } finally {
    await connection.close();
  }
}

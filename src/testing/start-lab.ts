import type { Service } from '../core/services.ts';
import type { TestLab } from './lab.ts';
import type { LabOptions } from './options.ts';

/**
 * Starts servers inside this process, each behind taps that read what passes. It takes milliseconds and needs nothing
 * installed; a lab shares nothing with another one, and does not keep the process alive. Where MSGPLAY_RABBITMQ_URL,
 * MSGPLAY_REDIS_URL and so on name real servers, the lab uses those, under names of its own (`lab.name`).
 *
 * Rejects with a UsageError for options that can't be meant, and with a BackendError where a server can't be had.
 *
 * @example
 * await using lab = await startLab({ services: ['rabbitmq'] });
 * const app = await startApp({ amqpUrl: lab.urls.rabbitmq });
 * await app.placeOrder({ id: 1 });
 * await lab.story.message({ queue: 'mail', body: { id: 1 } }).wasAcked({ by: 'mailer' });
 * await lab.story.nothingUnacked();
 */
export async function startLab<Needs extends Service = Service>(
  options: LabOptions<Needs> = {},
): Promise<TestLab<Needs>> {
  const { start } = await import('./start.ts');
  return start(options);
}

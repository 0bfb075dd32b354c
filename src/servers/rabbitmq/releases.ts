/** The releases of RabbitMQ that this server can follow; the default one first. */
import { BackendError } from '../../core/errors.ts';
import type { Service } from '../../core/services.ts';
import { type Release, releaseOf } from '../releases.ts';

export const RELEASES: readonly Release[] = [
  { name: '4.0', version: '4.0.5' },
  { name: '3.10', version: '3.10.8' },
];

/** The release that is asked for, or the default one. Throws a BackendError where there is none like it. */
export function releaseFor(asked: string | undefined): Release {
  return releaseOf('RabbitMQ', RELEASES, asked);
}

/** The release of a broker to which AMQP and STOMP lead. Throws a BackendError where two are asked for. */
export function releaseOfBoth({ rabbitmq, stomp }: Partial<Record<Service, string>> = {}): Release {
  const [one, other] = [releaseFor(rabbitmq ?? stomp), releaseFor(stomp ?? rabbitmq)];
  if (one === other) return one;
  throw new BackendError(`AMQP and STOMP lead to one embedded RabbitMQ, which can't be ${rabbitmq} and ${stomp}`, {
    hint: 'ask for the same version twice, or for one',
  });
}

/** The real RabbitMQs that tests compare with: private ones from the programs on this machine, which end with the tests. */
import local from '../../src/backends/local.ts';
import type { Release } from '../../src/servers/releases.ts';
import { type Absence, releaseAbsence } from './servers.ts';

export interface RealRabbitmq {
  readonly amqp: string;
  readonly stomp: string;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Why a release is not here, if it is not. */
export async function unavailable({ name }: Release): Promise<Absence> {
  const probe = await local.probe('stomp', {}, { stomp: name });
  return probe.available ? undefined : releaseAbsence(probe.why);
}

export async function startReal({ name }: Release): Promise<RealRabbitmq> {
  const started = await local.start({
    services: ['rabbitmq', 'stomp'],
    urls: {},
    ports: {},
    versions: { rabbitmq: name },
    progress: () => {},
    signal: new AbortController().signal,
  });
  const endpoint = (service: string) => started.endpoints.find((one) => one.service === service)!;
  return {
    amqp: endpoint('rabbitmq').url,
    stomp: endpoint('stomp').url,
    restart: endpoint('rabbitmq').restart!,
    close: () => started.close(),
  };
}

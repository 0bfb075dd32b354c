/**
 * The real RabbitMQ that tests compare with: the one that MSGPLAY_TEST_RABBITMQ_URL and MSGPLAY_TEST_STOMP_URL name, or
 * a private one from the programs on this machine, which ends with the tests.
 */
import local from '../../src/backends/local.ts';
import { absence } from './servers.ts';

export interface RealRabbitmq {
  readonly amqp: string;
  readonly stomp: string;
  restart?(): Promise<void>;
  close(): Promise<void>;
}

/** Why there is none here, if there is none. */
export async function unavailable(): Promise<string | undefined> {
  if (process.env.MSGPLAY_TEST_RABBITMQ_URL) return undefined;
  const probe = await local.probe('stomp', {});
  return probe.available ? undefined : absence(probe.why);
}

export async function startReal(): Promise<RealRabbitmq> {
  const { MSGPLAY_TEST_RABBITMQ_URL: amqp, MSGPLAY_TEST_STOMP_URL: stomp } = process.env;
  if (amqp) return { amqp, stomp: stomp ?? '', close: async () => {} };
  const started = await local.start({
    services: ['rabbitmq', 'stomp'],
    urls: {},
    ports: {},
    progress: () => {},
    signal: new AbortController().signal,
  });
  const endpoint = (service: string) => started.endpoints.find((one) => one.service === service)!;
  const restart = endpoint('rabbitmq').restart;
  return {
    amqp: endpoint('rabbitmq').url,
    stomp: endpoint('stomp').url,
    ...(restart && { restart }),
    close: () => started.close(),
  };
}

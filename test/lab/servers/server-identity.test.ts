/** Whether AMQP and STOMP speak with one broker: only then one delivers what came by the other. */
import { expect, test } from 'vitest';
import type { Endpoint } from '../../../src/backends/backend.ts';
import type { Service } from '../../../src/core/services.ts';
import { serverOf } from '../../../src/lab/servers/server-identity.ts';

const AMQP = 'amqp://guest:guest@mq.example:5672';
const STOMP = 'ws://mq.example:15674/ws';

function identities(amqp: string, stomp: string, version: string, shared = true): string[] {
  const endpoint = (service: Service, url: string, told: string): [Service, Endpoint] => [
    service,
    { service, url, backend: shared ? 'url' : 'local', version: told, shared },
  ];
  const endpoints = new Map([endpoint('rabbitmq', amqp, '3.10.8'), endpoint('stomp', stomp, version)]);
  return (['rabbitmq', 'stomp'] as const).map((service) => serverOf(service, endpoints).name);
}

test.each([
  ['a run starts one for both', AMQP, STOMP, '3.10.8', false, true],
  ['one host, one version', AMQP, STOMP, 'RabbitMQ/3.10.8', true, true],
  ['one host, one version, the virtual host written out', `${AMQP}/%2F`, STOMP, 'RabbitMQ/3.10.8', true, true],
  ['another virtual host', `${AMQP}/mine`, STOMP, 'RabbitMQ/3.10.8', true, false],
  ['another host', AMQP, 'ws://other.example:15674/ws', 'RabbitMQ/3.10.8', true, false],
  ['another version', AMQP, STOMP, 'RabbitMQ/4.1.0', true, false],
  ['no RabbitMQ', AMQP, STOMP, 'ActiveMQ/6.0', true, false],
])('%s', (_, amqp, stomp, version, shared, same) => {
  const [one, other] = identities(amqp, stomp, version, shared);
  expect(one === other).toBe(same);
});

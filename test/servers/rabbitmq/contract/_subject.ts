/** Who plays the scripts: the embedded RabbitMQ, or a real one. */
import { PROTOCOL_HEADER } from '../../../../src/protocols/amqp/index.ts';
import rabbitmq from '../../../../src/servers/rabbitmq/index.ts';
import type { Release } from '../../../../src/servers/releases.ts';
import { AmqpPeer } from '../../../helpers/amqp-peer.ts';
import { startReal } from '../../../helpers/real-rabbitmq.ts';

export interface Subject {
  readonly amqp: string;
  readonly stomp: string;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function embedded({ name }: Release): Promise<Subject> {
  const server = await rabbitmq.start({ services: ['rabbitmq', 'stomp'], versions: { rabbitmq: name } });
  return {
    amqp: server.urls.rabbitmq!,
    stomp: server.urls.stomp!,
    restart: async () => server.restart!(),
    close: () => server.close(),
  };
}

export const real: (release: Release) => Promise<Subject> = startReal;

/** What a server calls itself, and its version. */
export async function nameOf({ amqp }: Subject): Promise<string> {
  const peer = await AmqpPeer.dial(amqp);
  peer.write(PROTOCOL_HEADER);
  const { args } = await peer.answer(0);
  peer.close();
  const { product, version } = args.serverProperties as { product: string; version: string };
  return `${product} ${version}`;
}

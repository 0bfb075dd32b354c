/** Who plays the scripts: the embedded RabbitMQ, or a real one. */
import { PROTOCOL_HEADER } from '../../../../src/protocols/amqp/index.ts';
import rabbitmq from '../../../../src/servers/rabbitmq/index.ts';
import { AmqpPeer } from '../../../helpers/amqp-peer.ts';
import { startReal } from '../../../helpers/real-rabbitmq.ts';

export interface Subject {
  readonly amqp: string;
  readonly stomp: string;
  /** Undefined where it is not ours to restart. */
  readonly restart: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

export async function embedded(): Promise<Subject> {
  const server = await rabbitmq.start({ services: ['rabbitmq', 'stomp'] });
  return {
    amqp: server.urls.rabbitmq!,
    stomp: server.urls.stomp!,
    restart: async () => server.restart!(),
    close: () => server.close(),
  };
}

export async function real(): Promise<Subject> {
  const server = await startReal();
  return { amqp: server.amqp, stomp: server.stomp, restart: server.restart, close: () => server.close() };
}

/** What a server calls itself, and its version. */
export async function nameOf({ amqp }: Subject): Promise<string> {
  const peer = await AmqpPeer.dial(amqp);
  peer.write(PROTOCOL_HEADER);
  const { args } = await peer.answer(0);
  peer.close();
  const { product, version } = args.serverProperties as { product: string; version: string };
  return `${product} ${version}`;
}

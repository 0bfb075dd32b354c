import { NestFactory } from '@nestjs/core';
import { type ClientProxy, ClientProxyFactory, type RmqOptions, Transport } from '@nestjs/microservices';
import { PricesModule } from './prices';

/** Both sides, by the name that their connections have. */
function options(name: string): RmqOptions {
  return {
    transport: Transport.RMQ,
    options: {
      urls: [process.env.AMQP_URL ?? 'amqp://127.0.0.1'],
      queue: 'prices',
      queueOptions: { durable: true },
      socketOptions: { connectionOptions: { clientProperties: { connection_name: name } } },
    },
  };
}

export async function startService() {
  const service = await NestFactory.createMicroservice(PricesModule, { ...options('prices'), logger: false });
  await service.listen();
  return service;
}

export function startGateway(): ClientProxy {
  return ClientProxyFactory.create(options('gateway'));
}

import type { INestMicroservice } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import type { TestLab } from 'msgplay/test';
import { firstValueFrom } from 'rxjs';
import { Prices } from '../src/prices';
import { startGateway, startService } from '../src/start';

declare const lab: TestLab;
let service: INestMicroservice;
let gateway: ClientProxy;

beforeAll(async () => {
  service = await startService();
  gateway = startGateway();
  await gateway.connect();
});
afterAll(async () => {
  await gateway.close();
  await service.close();
});

test('a request is answered', async () => {
  expect(await firstValueFrom(gateway.send('price', 'tea'))).toBe(3);
  await lab.story.message({ queue: 'prices', body: { pattern: 'price', data: 'tea' } }).wasDelivered({ to: 'prices' });
  await lab.story.nothingUnroutable();
});

test('what went wrong comes back to whoever asked', async () => {
  await expect(firstValueFrom(gateway.send('price', 'gold'))).rejects.toMatchObject({ message: 'no price for gold' });
});

test('an event reaches the service', async () => {
  await firstValueFrom(gateway.emit('sold', 'tea'));
  await lab.story.message({ body: { pattern: 'sold', data: 'tea' } }).wasDelivered({ to: 'prices' });
  // It was on the wire a moment before the service reads it.
  const { sold } = service.get(Prices);
  for (let turn = 0; turn < 500 && sold.length === 0; turn++) await new Promise((next) => setTimeout(next, 5));
  expect(sold).toEqual(['tea']);
});

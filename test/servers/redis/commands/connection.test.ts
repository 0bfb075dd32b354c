import { afterEach, expect, it } from 'vitest';
import { createEngine } from '../../../../src/servers/redis/create.ts';
import { TestClient } from '../client.ts';

const engine = createEngine();
const client = TestClient.of(engine);
afterEach(() => engine.close());

it('CLIENT SETINFO takes what clients tell of themselves', async () => {
  expect(await client.bytes('CLIENT', 'SETINFO', 'LIB-NAME', 'redis')).toBe('+OK\r\n');
  expect(await client.bytes('CLIENT', 'SETINFO', 'LIB-VER', '5.0')).toBe('+OK\r\n');
  expect(await client.bytes('CLIENT', 'SETINFO', 'COLOUR', 'red')).toMatch(/^-ERR /);
  expect(await client.bytes('CLIENT', 'SETINFO', 'LIB-NAME')).toMatch(/^-ERR wrong number of arguments/);
});

/** Strings as long as can be, which take both Redis much time: the embedded one answers as a real one does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, type Servers, startServersOf, titled } from '../../helpers/servers.ts';
import { TestClient } from './client.ts';

const whys = { embedded: undefined, local: await missing('local', ['redis']) };

describe.for(Object.entries(whys))('512 MB of bits on %s', ([backend, why]) => {
  describe.skipIf(why !== undefined)(titled('a Redis', why), () => {
    let servers: Servers;
    let client: TestClient;
    beforeAll(async () => {
      servers = await startServersOf(backend, 'redis');
      client = await TestClient.tcp(Number(new URL(servers.urls.redis!).port));
    });
    afterAll(async () => {
      await client?.bytes('FLUSHALL');
      client?.close();
      await servers?.close();
    });

    it.each<[string, string]>([
      ['SETBIT bits 4294967295 1', ':0'],
      ['STRLEN bits', ':536870912'],
      ['GETBIT bits 4294967295', ':1'],
      ['GETBIT bits 4294967294', ':0'],
      ['SETBIT bits 2147483653 1', ':0'],
      ['BITPOS bits 1', ':2147483653'],
      ['BITPOS bits 1 268435457', ':4294967295'],
      ['BITPOS bits 0 -1', ':4294967288'],
      ['BITPOS bits 1 2147483654 4294967294 BIT', ':-1'],
      ['BITCOUNT bits', ':2'],
      ['BITCOUNT bits 2147483653 4294967294 BIT', ':1'],
      ['BITCOUNT bits 2147483654 4294967294 BIT', ':0'],
      ['GETRANGE bits 536870911 536870911', '$1\r\n\x01'],
      ['BITOP NOT bits bits', ':536870912'],
      ['BITCOUNT bits', ':4294967294'],
      ['BITPOS bits 0', ':2147483653'],
      ['BITPOS bits 0 268435457', ':4294967295'],
      ['SET few \u0007\u00ff\u0001\u00f0\u0000\u00ff', '+OK'],
      ['BITOP AND few bits few', ':536870912'],
      ['BITCOUNT few', ':33'],
      ['BITOP XOR few bits few', ':536870912'],
      ['BITCOUNT few', ':4294967261'],
      ['APPEND bits x', '-ERR string exceeds maximum allowed size (proto-max-bulk-len)'],
      ['SETBIT bits 4294967296 1', '-ERR bit offset is not an integer or out of range'],
      ['DEL bits few', ':2'],
    ])('%s', async (line, reply) => {
      expect(await client.bytes(...line.split(' '))).toBe(`${reply}\r\n`);
    });

    it('strings that are changed in place and added to stay what they are', async () => {
      expect(await client.bytes('SETRANGE', 'a', '536870900', 'abc')).toBe(':536870903\r\n');
      expect(await client.bytes('APPEND', 'a', 'defghijkl')).toBe(':536870912\r\n');
      expect(await client.bytes('GETRANGE', 'a', '-13', '-1')).toBe('$13\r\n\0abcdefghijkl\r\n');
      expect(await client.bytes('APPEND', 'a', 'm')).toMatch(/^-ERR string exceeds maximum allowed size/);
      expect(await client.bytes('STRLEN', 'a')).toBe(':536870912\r\n');
      expect(await client.bytes('PING')).toBe('+PONG\r\n');
    });
  });
});

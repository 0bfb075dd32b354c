/** Scripts whose values would fill the heap, in a process that has little of one. */
import { expect, it } from 'vitest';
import { start } from '../../../helpers/cli.ts';
import { TestClient } from '../client.ts';

it.each([
  ['numbers in a table', 'local t = {} while true do t[#t + 1] = 1 end'],
  ['tables in a table, behind pcall', 'local t = {} while true do pcall(function() t[#t + 1] = {} end) end'],
  ['coroutines', 'local t = {} while true do t[#t + 1] = coroutine.create(function() end) end'],
  ['what JSON holds', "return #cjson.decode('[' .. ('[],'):rep(2^22) .. '1]')"],
  ['what MessagePack holds', "return #cmsgpack.unpack('\\221\\1\\0\\0\\0' .. ('\\144'):rep(2^24))"],
  ['one table many times, as JSON', 'local t = {} for i = 1, 10 do t = {t, t, t, t, t} end return #cjson.encode(t)'],
])('%s: the script ends, and the server goes on', async (_, script) => {
  const up = start(['up', 'redis', '--json'], { NODE_OPTIONS: '--max-old-space-size=200' });
  await up.says(/"redis"/);
  const port = Number(new URL(JSON.parse(up.stdout()).redis.url).port);
  const client = await TestClient.tcp(port);
  // However slow this machine is, it is memory that ends the script.
  await client.call('CONFIG', 'SET', 'busy-reply-threshold', '600000');
  client.send('EVAL', script, '0');
  expect(await client.bytes()).toMatch(/^-ERR .*not enough memory/);
  expect(await client.bytes('EVAL', 'return 1', '0')).toBe(':1\r\n');
  client.close();
});

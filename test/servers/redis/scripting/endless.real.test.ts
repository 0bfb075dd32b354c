/** Scripts that never end, or want everything: others are told, SCRIPT KILL is obeyed, and nothing is stopped for good. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import redis from '../../../../src/servers/redis/index.ts';
import type { RunningServer } from '../../../../src/servers/server.ts';
import { eventually } from '../../../helpers/eventually.ts';
import { TestClient } from '../client.ts';

let server: RunningServer;
let slow: TestClient;
let other: TestClient;

beforeAll(async () => {
  server = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
});
afterAll(() => server.close());
beforeEach(async () => {
  const port = Number(new URL(server.urls.redis!).port);
  [slow, other] = [await TestClient.tcp(port), await TestClient.tcp(port)];
  await other.call('CONFIG', 'SET', 'busy-reply-threshold', '50');
  return async () => {
    expect(await other.bytes('PING')).toBe('+PONG\r\n');
    slow.close();
    other.close();
  };
});

const isBusy = () => eventually(async () => expect(await other.bytes('GET', 'a')).toMatch(/^-BUSY/));

describe('is killed', () => {
  it.each<[string, string]>([
    ['a loop', 'while true do end'],
    ['a loop in the function of gsub', "string.gsub('a', 'a', function() while true do end end)"],
    ['gsub again and again', "while true do ('abc'):gsub('.', function(c) return c .. c end) end"],
    ['what is formatted without end', "while true do string.format('%99d', 1) end"],
    ['a loop in the comparator of sort', 'table.sort({1, 2, 3}, function() while true do end end)'],
    [
      'an endless sort',
      'local t = {} for i = 1, 1000 do t[i] = i % 7 end while true do table.sort(t, function(a, b) return a < b end) end',
    ],
    ['pcall in a loop', 'while true do pcall(error) end'],
    ['a loop in pcall in a loop', 'while true do pcall(function() while true do end end) end'],
    ['xpcall in a loop', 'while true do xpcall(function() while true do end end, function() return 1 end) end'],
    ['a loop in its handler', 'xpcall(function() while true do end end, function() while true do end end)'],
    [
      'handlers in a loop',
      'while true do xpcall(function() while true do end end, function() while true do pcall(error) end end) end',
    ],
    ['calls in a loop', "while true do pcall(redis.call, 'PING') end"],
    ['a coroutine', 'while true do coroutine.resume(coroutine.create(function() while true do end end)) end'],
    ['a coroutine in pcall in a loop', 'while true do pcall(coroutine.wrap(function() while true do end end)) end'],
    ['coroutines in each other', 'local w = coroutine.wrap w(function() w(function() while true do end end)() end)()'],
    ['endless coroutines', 'while true do coroutine.wrap(function() coroutine.yield(1) end)() end'],
    ['a metamethod', 'local t = setmetatable({}, { __index = function() while true do end end }) return t.x'],
    ['an iterator', 'for i in function() return 1 end do end'],
    [
      'tables moved up',
      'local t = {} for i = 1, 1000 do t[i] = i end while true do table.insert(t, 1, 1) table.remove(t, 1) end',
    ],
  ])('%s', async (_, script) => {
    slow.send('EVAL', script, '0');
    await isBusy();
    expect(await other.bytes('SCRIPT', 'KILL')).toBe('+OK\r\n');
    expect(await slow.bytes()).toMatch(
      /^-ERR .*Script killed by user with SCRIPT KILL\.\.\. script: \w{40}, on @user_script:1\.\r\n$/,
    );
    expect(await other.bytes('GET', 'a')).toBe('$-1\r\n');
    expect(await slow.bytes('EVAL', 'return 1', '0')).toBe(':1\r\n');
  });
});

describe('ends by itself', () => {
  it.each<[string, string]>([
    ['a pattern that tries everything', "return ('a'):rep(5000):find('.-.-.-.-.-.-b')"],
    ['such a pattern in pcall in a loop', "while true do pcall(string.find, ('a'):rep(5000), '.-.-.-.-.-.-b') end"],
    ['a loop in the handler of an error', 'xpcall(error, function() while true do end end)'],
    [
      'handlers of errors of handlers',
      'while true do xpcall(error, function() xpcall(error, function() while true do end end) end) end',
    ],
    [
      'a handler where memory is full',
      "xpcall(function() local s = 'x' while true do s = s .. s end end, function() while true do end end)",
    ],
    ['a search that starts again and again', "return ('a'):rep(2^24):find(('a'):rep(2^12) .. 'b', 1, true)"],
    ['a long class of characters', "return ('a'):rep(2^20):find('[' .. ('b'):rep(2^16) .. ']')"],
    ['a string that is too long', "return string.rep('x', 2^29)"],
    ['a string that doubles', "local s = 'x' while true do s = s .. s end"],
    ['strings without end', "local t = {} while true do t[#t + 1] = string.rep('x', 1e8) end"],
    [
      'a loop where nobody can be let in',
      'table.concat(setmetatable({}, { __index = function() while true do end end, __len = function() return 9 end }))',
    ],
  ])('%s', async (_, script) => {
    slow.send('EVAL', script, '0');
    expect(await slow.bytes()).toMatch(/^-ERR .*(not enough memory|can not be interrupted)/);
  });
});

describe('in a transaction', () => {
  const loop = 'while true do end';

  it('is killed, and what is queued behind it is carried out', async () => {
    slow.send('MULTI');
    slow.send('SET', 'before', '1');
    slow.send('EVAL', loop, '0');
    slow.send('EVAL', loop, '0');
    slow.send('SET', 'behind', '1');
    slow.send('EXEC');
    for (const answer of ['+OK', '+QUEUED', '+QUEUED', '+QUEUED', '+QUEUED'])
      expect(await slow.bytes()).toBe(`${answer}\r\n`);
    await isBusy();
    await eventually(async () => {
      await other.bytes('SCRIPT', 'KILL'); // of one, and then of the other
      expect(slow.pending).toHaveLength(1);
    });
    expect(await slow.bytes()).toMatch(
      /^\*4\r\n\+OK\r\n-ERR [^\r]*SCRIPT KILL[^\r]*\r\n-ERR [^\r]*SCRIPT KILL[^\r]*\r\n\+OK\r\n$/,
    );
    expect(await other.bytes('DEL', 'before', 'behind')).toBe(':2\r\n');
    expect(await slow.bytes('PING')).toBe('+PONG\r\n');
  });

  it('is not killed after a write, which nobody sees before it ends', async () => {
    const waiting = await TestClient.tcp(Number(new URL(server.urls.redis!).port));
    waiting.send('BLPOP', 'list', '0');
    await eventually(async () => expect(await other.bytes('INFO', 'clients')).toContain('blocked_clients:1'));
    slow.send('MULTI');
    slow.send('EVAL', "redis.call('RPUSH', 'list', 1) while true do end", '0');
    slow.send('EXEC');
    await isBusy();
    expect(await other.bytes('SCRIPT', 'KILL')).toMatch(/^-UNKILLABLE/);
    other.send('SHUTDOWN', 'NOSAVE');
    await eventually(() => expect(waiting.closed).toBe(true));
    expect(waiting.pending).toEqual([]);
    other = await TestClient.tcp(Number(new URL(server.urls.redis!).port));
  });

  it('goes on without its client', async () => {
    slow.send('MULTI');
    slow.send('EVAL', loop, '0');
    slow.send('SET', 'behind', '1');
    slow.send('EXEC');
    await isBusy();
    slow.close();
    expect(await other.bytes('SCRIPT', 'KILL')).toBe('+OK\r\n');
    await eventually(async () => expect(await other.bytes('GETDEL', 'behind')).toBe('$1\r\n1\r\n'));
  });
});

it('is not killed after a write, but ends with the server', async () => {
  slow.send('EVAL', "redis.call('SET', 'written', 1) while true do pcall(error) end", '0');
  await isBusy();
  expect(await other.bytes('SCRIPT', 'KILL')).toMatch(/^-UNKILLABLE/);
  expect(await other.bytes('GET', 'a')).toMatch(/^-BUSY/);
  other.send('SHUTDOWN', 'NOSAVE');
  await eventually(() => expect([slow.closed, other.closed]).toEqual([true, true]));
  other = await TestClient.tcp(Number(new URL(server.urls.redis!).port));
  await eventually(async () => expect(await other.bytes('DBSIZE')).toBe(':0\r\n'));
});

it('says who stops it where no script runs', async () => {
  expect(await other.bytes('SHUTDOWN', 'NOSAVE')).toMatch(/^-ERR SHUTDOWN/);
});

it('does not matter to its server that its client is gone', async () => {
  slow.send('EVAL', 'while true do end', '0');
  await isBusy();
  slow.close();
  expect(await other.bytes('SCRIPT', 'KILL')).toBe('+OK\r\n');
  await eventually(async () => expect(await other.bytes('GET', 'a')).toBe('$-1\r\n'));
});

it('is closed in the midst of one', async () => {
  const own = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
  const port = Number(new URL(own.urls.redis!).port);
  const [client, admin] = [await TestClient.tcp(port), await TestClient.tcp(port)];
  await admin.call('CONFIG', 'SET', 'busy-reply-threshold', '10');
  client.send('EVAL', "redis.call('SET', 'a', 1) while true do end", '0');
  await eventually(async () => expect(await admin.bytes('GET', 'a')).toMatch(/^-BUSY/));
  await own.close();
});

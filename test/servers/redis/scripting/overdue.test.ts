/** Scripts that take long, or whose reply has no end: on the embedded Redis, and by `npm run test:real` on a real one. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../helpers/eventually.ts';
import { missing, OWN_BACKEND, type Servers, startServers, titled } from '../../../helpers/servers.ts';
import { TestClient } from '../client.ts';
import { SECONDS } from './_time.ts';

const why = await missing(OWN_BACKEND, ['redis']);
let servers: Servers;
let port: number;
let slow: TestClient;
let other: TestClient;
let hears: TestClient;

beforeAll(async () => {
  if (why !== undefined) return;
  servers = await startServers('redis');
  port = Number(new URL(servers.urls.redis!).port);
});
afterAll(() => servers?.close());
beforeEach(async () => {
  [slow, other, hears] = [await TestClient.tcp(port), await TestClient.tcp(port), await TestClient.tcp(port)];
  await other.call('CONFIG', 'SET', 'busy-reply-threshold', '50', 'notify-keyspace-events', 'Kx');
  await other.call('FLUSHALL');
  return async () => {
    await eventually(async () => expect(await other.bytes('PING')).toBe('+PONG\r\n'));
    for (const client of [slow, other, hears]) client.close();
  };
});

/** Takes most of a second, and longer where others are busy, too. */
const LATER = `${SECONDS}
  local begun = seconds()
  repeat until seconds() - begun > 0.8 `;
const isBusy = () => eventually(async () => expect(await other.bytes('GET', 'a')).toMatch(/^-BUSY/));

describe.skipIf(why !== undefined)(titled('while a script is overdue', why), () => {
  it('no key expires, whoever looks; afterwards all do whose time is over', async () => {
    await hears.call('SUBSCRIBE', '__keyspace@0__:k');
    await slow.call('SET', 'k', 'x', 'PX', '300');
    const script = `redis.call('SET', 'n', 'x', 'PX', '200') ${LATER}
      redis.call('APPEND', 'k', 'y')
      return {redis.call('GET', 'k'), redis.call('EXISTS', 'n')}`;
    const reply = slow.bytes('EVAL', script, '0');
    await isBusy();
    expect(await reply).toBe('*2\r\n$2\r\nxy\r\n:1\r\n');
    expect(await hears.next()).toMatchObject({ items: [{}, {}, { bytes: Buffer.from('expired') }] });
    expect(await other.bytes('EXISTS', 'k', 'n')).toBe(':0\r\n');
  });

  it('in a transaction, too', async () => {
    await slow.call('SET', 'k', 'x', 'PX', '300');
    await slow.call('MULTI');
    await slow.call('SET', 'a', '1', 'PX', '200');
    await slow.call('EVAL', `${LATER} return redis.call('EXISTS', 'a', 'k')`, '0');
    await slow.call('EXISTS', 'a', 'k');
    await slow.call('SET', 'b', '1', 'PX', '50');
    await slow.call('EVAL', `${LATER} return redis.call('EXISTS', 'b')`, '0');
    await slow.call('EXISTS', 'b');
    const reply = slow.bytes('EXEC');
    await isBusy();
    // From 7.2 on time stands still until the end of EXEC, before that until the end of each script.
    expect(await reply).toMatch(/^\*6\r\n\+OK\r\n:2\r\n:[02]\r\n\+OK\r\n:1\r\n:[01]\r\n$/);
    expect(await other.bytes('EXISTS', 'a', 'b', 'k')).toBe(':0\r\n');
  });
});

/** What comes for a script until nothing more can. */
async function replyOf(script: string, isWhole: (reply: string) => boolean): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let reply = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    reply += text;
  });
  socket.write(`*3\r\n$4\r\nEVAL\r\n$${script.length}\r\n${script}\r\n$1\r\n0\r\n`);
  await eventually(() => expect(isWhole(reply), reply.slice(-100)).toBe(true));
  socket.destroy();
  return reply;
}

describe.skipIf(why !== undefined)(titled('a reply in a reply', why), () => {
  const ENDS = '-ERR reached lua stack limit\r\n';

  it.each([
    ['a table', 'local t = {} t[1] = t return t', '*1\r\n', 7995, 1],
    ['a map', 'redis.setresp(3) local t = {} t.map = {a = t} return t', '*2\r\n$1\r\na\r\n', 2664, 2],
    ['a set', 'redis.setresp(3) local t = {} t.set = {} t.set[t] = 1 return t', '*1\r\n', 2665, 1],
  ])('ends where the stack does: %s', async (_what, script, each, times, ends) => {
    const reply = await replyOf(script, (text) => text.endsWith(ENDS));
    expect(reply.startsWith(each.repeat(times))).toBe(true);
    expect(reply.slice(each.length * times).replace('*2\r\n', '')).toBe(ENDS.repeat(ends));
  });
});

describe.skipIf(why !== undefined)(titled('a script', why), () => {
  it.each([
    ["rawset(_G, 'redis', nil)", /^-ERR Attempt to modify a readonly table script: /],
    ["rawset(redis, 'call', nil)", /^-ERR Attempt to modify a readonly table script: /],
    ["return {pcall(rawset, string, 'rep', 1)}", /^\*2\r\n\$-1\r\n\$34\r\nAttempt to modify a readonly table\r\n$/],
    ['return rawset({}, 1, 2)[1]', /^:2\r\n$/],
    ["return type(collectgarbage('count'))", /^\$6\r\nnumber\r\n$/],
    [
      "return {collectgarbage(), collectgarbage('step'), collectgarbage('setpause', 100)}",
      /^\*3\r\n:0\r\n\$-1\r\n:200\r\n$/,
    ],
    ['error()', /^-ERR nil script: /],
    ['error(true)', /^-ERR true script: /],
    ["return #{struct.unpack(string.rep('s', 7997), string.rep('\\0', 7997))}", /^:7998\r\n$/],
    [
      "return #{struct.unpack(string.rep('s', 7998), string.rep('\\0', 7998))}",
      /^-ERR .*: stack overflow \(too many results\) script: /,
    ],
    ["return #{struct.unpack(string.rep('b', 9999), string.rep('\\0', 9999))}", /stack overflow \(too many results\)/],
    ["return #{cmsgpack.unpack(string.rep('\\1', 7999))}", /^:7999\r\n$/],
    [
      "return #{cmsgpack.unpack(string.rep('\\1', 8000))}",
      /^-ERR .*: stack overflow \(too many return values at once; use unpack_one or unpack_limit instead\.\) script: /,
    ],
    ["return #{cmsgpack.unpack(string.rep('\\145', 1500)..'\\1')}", /^:1\r\n$/],
    [
      "return #{cmsgpack.unpack(string.rep('\\145', 100000)..'\\1')}",
      /^-ERR .*: stack overflow \(in function mp_decode_to_lua_array\) script: /,
    ],
    ["return #{cmsgpack.unpack('\\1'..string.rep('\\145', 3999)..'\\1')}", /stack overflow \(too many return values/],
    ["return #{cmsgpack.unpack(string.rep('\\129\\1', 1500)..'\\1')}", /^:1\r\n$/],
    ["return #{cmsgpack.unpack(string.rep('\\129\\1', 4000)..'\\1')}", /stack overflow \(too many return values/],
  ])('%s', async (script, reply) => {
    expect(await slow.bytes('EVAL', script, '0')).toMatch(reply);
  });
});

// A real one writes until its memory is full.
it.skipIf(OWN_BACKEND !== 'embedded')(
  'a reply that has no end costs its client the connection, and nobody else',
  async () => {
    const doubled = 'local t = {1} for i = 1, 40 do t = {t, t} end return t';
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    const closed = once(socket.resume(), 'close');
    socket.write(`*3\r\n$4\r\nEVAL\r\n$${doubled.length}\r\n${doubled}\r\n$1\r\n0\r\n`);
    await closed;
    expect(await other.bytes('PING')).toBe('+PONG\r\n');
  },
);

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/core/errors.ts';
import type { Side } from '../../../src/protocols/protocol.ts';
import resp, { encodeCommand, type RespFrame } from '../../../src/protocols/resp/index.ts';
import { cutAt, cuts } from './arbitraries.ts';

type Line = readonly [Side, string | readonly string[]];

const bytesOf = (line: Line[1]): Buffer => (typeof line === 'string' ? Buffer.from(line) : encodeCommand(line));

function frames(lines: readonly Line[], split = (chunk: Buffer): Buffer[] => [chunk]): RespFrame[] {
  const emitted: RespFrame[] = [];
  const conversation = resp.converse({ emit: (frame) => emitted.push(frame as RespFrame) });
  for (const [side, line] of lines) for (const chunk of split(bytesOf(line))) conversation.push(side, chunk);
  conversation.end('client');
  conversation.end('server');
  return emitted;
}

/** What a frame is and which command it belongs to, in a line. */
function told(frame: RespFrame): string {
  const { value } = frame;
  const { summary } = resp.describe(frame);
  const answers = value.kind === 'command' ? '' : ` <${value.command?.name ?? ''}>`;
  return `${frame.phase} ${frame.name} ${summary}${answers}`;
}

function tell(lines: readonly Line[]): string[] {
  const whole = frames(lines).map(told);
  expect(frames(lines, (chunk) => [...chunk].map((byte) => Buffer.from([byte]))).map(told)).toEqual(whole);
  return whole;
}

const array = (...items: (string | number)[]): string =>
  `*${items.length}\r\n${items.map((item) => (typeof item === 'number' ? `:${item}\r\n` : `$${item.length}\r\n${item}\r\n`)).join('')}`;

describe('RESP conversation', () => {
  it('pairs pipelined replies and knows the handshake', () => {
    const lines: Line[] = [
      ['client', ['hello', '3']],
      ['client', ['client', 'setinfo', 'lib-name', 'x']],
      ['client', ['set', 'a', 'b c']],
      ['client', ['INFO']],
      ['server', '%1\r\n+proto\r\n:3\r\n-ERR unknown subcommand\r\n'],
      ['server', '+OK\r\n$1\r\nx\r\n'],
      ['client', ['QUIT']],
      ['server', '+OK\r\n'],
    ];
    expect(tell(lines)).toEqual([
      'opening HELLO 3',
      'opening CLIENT SETINFO lib-name x',
      'open SET a "b c"',
      'open INFO ',
      'opening reply -> {proto: (integer) 3} <HELLO>',
      'opening reply -> (error) ERR unknown subcommand <CLIENT SETINFO>',
      'open reply -> OK <SET>',
      'open reply -> "x" <INFO>',
      'closing QUIT ',
      'closing reply -> OK <QUIT>',
    ]);
  });

  it('gives a reply the very object of its command', () => {
    const [command, reply] = frames([
      ['client', ['GET', 'a']],
      ['server', '$-1\r\n'],
    ]);
    expect(reply?.value.kind === 'reply' && reply.value.command).toBe(command?.value);
  });

  it('tells pushes from replies in RESP2', () => {
    const lines: Line[] = [
      ['client', ['SUBSCRIBE', 'a', 'b']],
      ['client', ['PSUBSCRIBE', 'c*']],
      ['client', ['PING']],
      ['server', array('subscribe', 'a', 1)],
      ['server', array('message', 'a', 'hello')],
      ['server', array('subscribe', 'b', 2) + array('psubscribe', 'c*', 3) + array('pmessage', 'c*', 'cd', 'x')],
      ['server', array('pong', '')],
      ['client', ['UNSUBSCRIBE']],
      ['client', ['PUNSUBSCRIBE']],
      ['client', ['GET', 'k']],
      ['server', array('unsubscribe', 'a', 2) + array('unsubscribe', 'b', 1) + array('punsubscribe', 'c*', 0)],
      ['server', '$1\r\nv\r\n'],
    ];
    expect(tell(lines).filter((line) => line.includes('<'))).toEqual([
      'open subscribe a 1 <SUBSCRIBE>',
      'open message a hello <>',
      'open subscribe b 2 <SUBSCRIBE>',
      'open psubscribe c* 3 <PSUBSCRIBE>',
      'open pmessage c* cd x <>',
      'open reply -> ["pong", ""] <PING>',
      'open unsubscribe a 2 <UNSUBSCRIBE>',
      'open unsubscribe b 1 <UNSUBSCRIBE>',
      'open punsubscribe c* 0 <PUNSUBSCRIBE>',
      'open reply -> "v" <GET>',
    ]);
  });

  it('tells pushes from replies in RESP3', () => {
    const push = (...items: (string | number)[]): string => `>${array(...items).slice(1)}`;
    const lines: Line[] = [
      ['client', ['SUBSCRIBE', 'a']],
      ['client', ['GET', 'k']],
      ['server', push('invalidate', 'k') + push('subscribe', 'a', 1) + push('message', 'a', 'x')],
      ['server', array('message', 'a', 'not a push')],
      ['client', ['UNSUBSCRIBE']],
      ['server', push('unsubscribe', 'a', 0)],
    ];
    expect(tell(lines).filter((line) => line.includes('<'))).toEqual([
      'open invalidate k <>',
      'open subscribe a 1 <SUBSCRIBE>',
      'open message a x <>',
      'open reply -> ["message", "a", "not a push"] <GET>',
      'open unsubscribe a 0 <UNSUBSCRIBE>',
    ]);
  });

  it('follows transactions, MONITOR and CLIENT REPLY', () => {
    const lines: Line[] = [
      ['client', ['MULTI']],
      ['client', ['INCR', 'n']],
      ['client', ['EXEC']],
      ['server', '+OK\r\n+QUEUED\r\n*1\r\n:1\r\n'],
      ['client', ['CLIENT', 'REPLY', 'SKIP']],
      ['client', ['SET', 'a', '1']],
      ['client', ['GET', 'a']],
      ['server', '$1\r\n1\r\n'],
      ['client', ['CLIENT', 'REPLY', 'OFF']],
      ['client', ['SET', 'a', '2']],
      ['client', ['CLIENT', 'REPLY', 'ON']],
      ['server', '+OK\r\n'],
      ['client', ['MONITOR']],
      ['server', '+OK\r\n+1700000000.000000 [0 127.0.0.1:5] "get" "a"\r\n'],
      ['client', ['PING']],
      ['server', '+PONG\r\n'],
    ];
    expect(tell(lines).filter((line) => line.includes('<'))).toEqual([
      'open reply -> OK <MULTI>',
      'open reply -> QUEUED <INCR>',
      'open reply -> [(integer) 1] <EXEC>',
      'open reply -> "1" <GET>',
      'open reply -> OK <CLIENT REPLY>',
      'open reply -> OK <MONITOR>',
      'open monitor 1700000000.000000 [0 127.0.0.1:5] "get" "a" <>',
      'open reply -> PONG <PING>',
    ]);
  });

  it('expects no reply to MONITOR from who monitors, but where it is queued', () => {
    const lines: Line[] = [
      ['client', ['MONITOR']],
      ['client', ['MONITOR']],
      ['client', ['MULTI']],
      ['client', ['MONITOR']],
      ['client', ['PING']],
      ['client', ['EXEC']],
      ['client', ['MONITOR']],
      ['client', ['ECHO', 'x']],
      // As Redis 7.0 answers these.
      ['server', '+OK\r\n+OK\r\n+1.0 [0 127.0.0.1:5] "MULTI"\r\n+QUEUED\r\n+QUEUED\r\n'],
      ['server', "*2\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n+PONG\r\n"],
      ['server', '+1.0 [0 127.0.0.1:5] "PING"\r\n+1.0 [0 127.0.0.1:5] "EXEC"\r\n$1\r\nx\r\n'],
    ];
    expect(tell(lines).flatMap((line) => /<(.+)>$/.exec(line)?.[1] ?? [])).toEqual([
      'MONITOR',
      'MULTI',
      'MONITOR',
      'PING',
      'EXEC',
      'ECHO',
    ]);
  });

  it('knows pushes that come though no replies are wanted', () => {
    const lines: Line[] = [
      ['client', ['CLIENT', 'REPLY', 'OFF']],
      ['client', ['SUBSCRIBE', 'a', 'b']],
      ['client', ['PING']],
      ['server', array('subscribe', 'a', 1) + array('subscribe', 'b', 2) + array('message', 'a', 'x')],
      ['client', ['UNSUBSCRIBE']],
      ['server', array('unsubscribe', 'a', 1) + array('unsubscribe', 'b', 0)],
      ['client', ['MULTI']],
      ['client', ['SUBSCRIBE', 'c']],
      ['client', ['EXEC']],
      ['server', array('subscribe', 'c', 1)],
      // A client that is subscribed may not say that in RESP2, and is not told so, either.
      ['client', ['CLIENT', 'REPLY', 'ON']],
      ['client', ['UNSUBSCRIBE']],
      ['server', array('unsubscribe', 'c', 0)],
      ['client', ['CLIENT', 'REPLY', 'ON']],
      ['server', '+OK\r\n'],
      ['client', ['RESET']],
      ['server', '+RESET\r\n'],
      ['client', ['CLIENT', 'REPLY', 'SKIP']],
      ['client', ['PSUBSCRIBE', 'p']],
      ['client', ['PING']],
      ['server', array('psubscribe', 'p', 1) + array('pong', '')],
    ];
    expect(tell(lines).filter((line) => line.includes('<'))).toEqual([
      'open subscribe a 1 <SUBSCRIBE>',
      'open subscribe b 2 <SUBSCRIBE>',
      'open message a x <>',
      'open unsubscribe a 1 <UNSUBSCRIBE>',
      'open unsubscribe b 0 <UNSUBSCRIBE>',
      'open subscribe c 1 <>',
      'open unsubscribe c 0 <UNSUBSCRIBE>',
      'open reply -> OK <CLIENT REPLY>',
      'open reply -> RESET <RESET>',
      'open psubscribe p 1 <PSUBSCRIBE>',
      'open reply -> ["pong", ""] <PING>',
    ]);
  });

  it('takes no answers away where CLIENT REPLY is refused, as it is to who is subscribed in RESP2', () => {
    const error = (name: string): string => `-ERR Can't execute '${name}': only (P|S)SUBSCRIBE are allowed\r\n`;
    const lines: Line[] = [
      ['client', ['SUBSCRIBE', 'a']],
      ['client', ['CLIENT', 'REPLY', 'SKIP']],
      ['client', ['ECHO', 'y']],
      ['client', ['UNSUBSCRIBE', 'a']],
      ['client', ['ECHO', 'x']],
      ['server', array('subscribe', 'a', 1) + error('client|reply') + error('echo')],
      ['server', `${array('unsubscribe', 'a', 0)}$1\r\nx\r\n`],
    ];
    expect(tell(lines).flatMap((line) => /<(.*)>$/.exec(line)?.[1] ?? [])).toEqual([
      'SUBSCRIBE',
      'CLIENT REPLY',
      'ECHO',
      'UNSUBSCRIBE',
      'ECHO',
    ]);
  });

  it('tells no secret', () => {
    const lines: Line[] = [
      ['client', ['AUTH', 'hunter2']],
      ['client', ['HELLO', '3', 'AUTH', 'me', 'hunter2', 'SETNAME', 'n']],
      ['client', ['config', 'set', 'maxmemory', '1', 'requirepass', 'hunter2']],
      ['client', ['ACL', 'SETUSER', 'bob', 'on', '>hunter2', '~*']],
      ['client', ['MIGRATE', 'h', '1', '', '0', '5', 'AUTH2', 'u', 'hunter2', 'KEYS', 'a']],
      ['client', ['CONFIG', 'GET', '*']],
      ['server', '+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n'],
      ['server', array('requirepass', 'hunter2', 'port', '1')],
    ];
    const all = frames(lines).map((frame) => JSON.stringify(resp.describe(frame)));
    expect(all.join('\n')).not.toContain('hunter2');
    expect(all.at(-1)).toContain('port');
  });

  it('bounds what waits for a reply', () => {
    const emitted: RespFrame[] = [];
    const conversation = resp.converse({ emit: (frame) => emitted.push(frame as RespFrame) });
    const chunk = Buffer.concat(Array.from({ length: 1000 }, () => encodeCommand(['GET', 'a'])));
    for (let i = 0; i < 80; i++) conversation.push('client', chunk);
    emitted.length = 0;
    for (let i = 0; i < 80; i++) conversation.push('server', Buffer.from('$-1\r\n'.repeat(1000)));
    expect(emitted.length).toBe(80_000);
    expect(emitted[0]?.value).toMatchObject({ command: { name: 'GET' } });
    expect(emitted.at(-1)?.value).toMatchObject({ command: undefined });
    conversation.push('client', encodeCommand(['PING']));
    conversation.push('server', Buffer.from('+PONG\r\n'));
    expect(emitted.at(-1)?.value).toMatchObject({ command: { name: 'PING' } });
  });

  it('cuts long bodies and says so', () => {
    const [frame] = frames([['client', ['PUBLISH', 'c', 'x'.repeat(200_000)]]], (chunk) =>
      cutAt(chunk, [50_000, 100_000]),
    );
    expect(frame?.sizeBytes).toBeGreaterThan(200_000);
    expect(frame?.raw.length).toBe(64 * 1024);
    expect(frame?.value).toMatchObject({ cut: true, argCount: 2 });
    expect(resp.describe(frame!).summary.length).toBeLessThan(250);
  });

  it('never does worse than a ProtocolError, and describes whatever it emits', () => {
    const alphabet = fc.constantFrom(...Buffer.from('*$+-:%~>|_#,(!=0123456789\r\n\r\n\r\nsubscribe'));
    const noise = fc.array(alphabet, { maxLength: 300 });
    fc.assert(
      fc.property(noise, noise, cuts, (client, server, places) => {
        const conversation = resp.converse({ emit: (frame) => JSON.stringify(resp.describe(frame)) });
        for (const [side, bytes] of [
          ['client', client],
          ['server', server],
        ] as const) {
          try {
            for (const chunk of cutAt(Buffer.from(bytes), places)) conversation.push(side, chunk);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('tells the confirmations inside a transaction from its replies', () => {
    const queued = '+OK\r\n+QUEUED\r\n+QUEUED\r\n';
    const sent: Line[] = [
      ['client', ['MULTI']],
      ['client', ['SUBSCRIBE', 'a', 'b']],
      ['client', ['PING']],
      ['client', ['EXEC']],
      ['client', ['PING', 'after']],
    ];
    const confirmed = (mark: string): string =>
      ['a', 'b'].map((name, index) => array('subscribe', name, index + 1).replace('*', mark)).join('');
    for (const mark of ['*', '>']) {
      expect(
        tell([...sent, ['server', `${queued}*2\r\n${confirmed(mark)}+PONG\r\n${array('pong', 'after')}`]]).slice(8),
      ).toEqual([
        'open subscribe a 1 <SUBSCRIBE>',
        'open subscribe b 2 <SUBSCRIBE>',
        expect.stringMatching(/^open reply -> \[.*PONG\] <EXEC>$/),
        'open reply -> ["pong", "after"] <PING>',
      ]);
    }
  });

  it('tells the messages inside a transaction from its replies', () => {
    const lines: Line[] = [
      ['client', ['HELLO', '3']],
      ['client', ['SUBSCRIBE', 'c']],
      ['server', `%1\r\n+proto\r\n:3\r\n>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n`],
      ['client', ['MULTI']],
      ['client', ['PUBLISH', 'c', 'x']],
      ['client', ['PING']],
      ['client', ['EXEC']],
      ['client', ['ECHO', 'one']],
      [
        'server',
        '+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n:1\r\n+PONG\r\n$3\r\none\r\n',
      ],
    ];
    expect(tell(lines).slice(-3)).toEqual([
      'open message c x <>',
      'open reply -> [(integer) 1, PONG] <EXEC>',
      'open reply -> "one" <ECHO>',
    ]);
  });

  it('tells which commands of a transaction its reply counts and does not answer', () => {
    const lines: Line[] = [
      ['client', ['MULTI']],
      ['client', ['PING', 'a']],
      ['client', ['CLIENT', 'REPLY', 'SKIP']],
      ['client', ['PING', 'b']],
      ['client', ['CLIENT', 'REPLY', 'OFF']],
      ['client', ['PING', 'c']],
      ['client', ['EXEC']],
      ['client', ['ECHO', 'silent']],
      ['client', ['CLIENT', 'REPLY', 'ON']],
      ['server', `+OK\r\n${'+QUEUED\r\n'.repeat(5)}*5\r\n$1\r\na\r\n$1\r\nb\r\n`],
      ['server', '+OK\r\n'],
    ];
    expect(tell(lines).slice(-2)).toEqual([
      'open reply -> ["a", "b", … (5 in all)] <EXEC>',
      'open reply -> OK <CLIENT REPLY>',
    ]);
    const exec = frames(lines).at(-2)?.value;
    expect(exec).toMatchObject({ unanswered: [1, 3, 4] });
  });

  it('digests what it cuts', () => {
    const body = 'x'.repeat(100_000);
    const [command, reply] = frames([
      ['client', ['RPUSH', 'l', 'short', body, body]],
      ['server', `$${body.length}\r\n${body}\r\n`],
    ]).map(({ value }) => value);
    if (command?.kind !== 'command' || reply?.kind !== 'reply' || reply.reply.type !== 'bulk')
      throw new Error('no such frames');
    const digest = createHash('sha1').update(body).digest('base64');
    expect(command.cutArgs).toEqual(
      new Map([
        [2, { length: body.length, digest }],
        [3, { length: body.length, digest }],
      ]),
    );
    expect(reply.reply.digest).toBe(digest);
  });

  it('shows the attributes of a value', () => {
    const emitted = frames([
      ['client', ['GET', 'a']],
      ['server', '|1\r\n+ttl\r\n:3600\r\n$1\r\nx\r\n'],
    ]);
    expect(resp.describe(emitted[1]!)).toMatchObject({
      summary: '-> |{ttl: (integer) 3600} "x"',
      fields: { type: 'bulk', reply: 'x', attributes: { ttl: 3600 } },
    });
  });
});

/** Frames that hold a secret say so, and neither their summary nor their fields tell it. */
import { expect, test } from 'vitest';
import amqp, { encodeContent, encodeMethod, PROTOCOL_HEADER } from '../../src/protocols/amqp/index.ts';
import http from '../../src/protocols/http/index.ts';
import type { Protocol, Side } from '../../src/protocols/protocol.ts';
import resp, { encodeCommand } from '../../src/protocols/resp/index.ts';
import stomp, { encodeFrame } from '../../src/protocols/stomp/index.ts';
import { bytewise, converse } from '../helpers/converse.ts';

const command = (...words: string[]): [Side, Buffer] => ['client', encodeCommand(words)];
const get = (...lines: string[]): [Side, Buffer] => [
  'client',
  Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`),
];

const HOLDING: [string, Protocol, [Side, Buffer][]][] = [
  [
    'AMQP PLAIN',
    amqp,
    [
      ['client', PROTOCOL_HEADER],
      ['client', encodeMethod(0, 'connection.start-ok', { response: Buffer.from('\0me\0hush') })],
    ],
  ],
  [
    'AMQP secure-ok',
    amqp,
    [
      ['client', PROTOCOL_HEADER],
      ['client', encodeMethod(0, 'connection.secure-ok', { response: Buffer.from('hush') })],
    ],
  ],
  [
    'AMQP update-secret',
    amqp,
    [
      ['client', PROTOCOL_HEADER],
      ['client', encodeMethod(0, 'connection.update-secret', { newSecret: Buffer.from('hush') })],
    ],
  ],
  ['AUTH', resp, [command('AUTH', 'hush')]],
  ['AUTH with a user', resp, [command('auth', 'me', 'hush')]],
  ['HELLO', resp, [command('HELLO', '3', 'AUTH', 'me', 'hush', 'SETNAME', 'x')]],
  ['CONFIG SET', resp, [command('config', 'set', 'maxmemory', '0', 'requirepass', 'hush')]],
  ['ACL SETUSER', resp, [command('ACL', 'SETUSER', 'me', 'on', '>hush')]],
  ['MIGRATE', resp, [command('MIGRATE', 'h', '1', 'k', '0', '9', 'AUTH', 'hush')]],
  [
    'CONFIG GET',
    resp,
    [command('CONFIG', 'GET', 'requirepass'), ['server', Buffer.from('*2\r\n$11\r\nrequirepass\r\n$4\r\nhush\r\n')]],
  ],
  ['ACL GENPASS', resp, [command('ACL', 'GENPASS'), ['server', Buffer.from('$4\r\nhush\r\n')]]],
  [
    'STOMP CONNECT',
    stomp,
    [
      [
        'client',
        encodeFrame('CONNECT', [
          ['login', 'me'],
          ['passcode', 'hush'],
        ]),
      ],
    ],
  ],
  ['STOMP STOMP', stomp, [['client', encodeFrame('STOMP', [['passcode', 'hush']])]]],
  ['Authorization', http, [get('authorization: Bearer hush')]],
  ['Cookie', http, [get('Cookie: id=hush')]],
  ...[
    'X-Auth-Token',
    'x-api-key',
    'Api-Key',
    'X-Amz-Security-Token',
    'X-Session-Id',
    'X-Hub-Signature-256',
    'Private-Token',
  ].map((name): (typeof HOLDING)[number] => [name, http, [get(`${name}: hush`)]]),
  ['a bearer token among subprotocols', http, [get('Sec-WebSocket-Protocol: v12.stomp, bearer, hush')]],
  [
    'a subprotocol that the server agrees to',
    http,
    [get(), ['server', Buffer.from('HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Protocol: hush\r\n\r\n')]],
  ],
  ['a target with a token', http, [['client', Buffer.from('GET /?token=hush HTTP/1.1\r\nHost: x\r\n\r\n')]]],
  ['Set-Cookie', http, [get(), ['server', Buffer.from('HTTP/1.1 204 No Content\r\nSet-Cookie: id=hush\r\n\r\n')]]],
];

test.each(HOLDING)('%s', (_what, protocol, steps) => {
  for (const script of [steps, bytewise(steps)]) {
    const frame = converse(protocol, script).at(-1)!;
    const { summary, fields, secret } = protocol.describe(frame);
    expect(secret).toBe(true);
    expect(`${frame.name} ${summary} ${JSON.stringify(fields)}`).not.toContain('hush');
  }
});

const HARMLESS: [string, Protocol, [Side, Buffer][]][] = [
  [
    'a publish',
    amqp,
    [
      ['client', PROTOCOL_HEADER],
      ['client', encodeContent(1, 'basic.publish', { routingKey: 'a' }, {}, Buffer.from('hush'))],
    ],
  ],
  ['SET', resp, [command('SET', 'password', 'hush')]],
  [
    'CONFIG GET of something else',
    resp,
    [command('CONFIG', 'GET', 'maxmemory'), ['server', Buffer.from('*2\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n')]],
  ],
  ['a CONNECT without a passcode', stomp, [['client', encodeFrame('CONNECT', [['host', '/']])]]],
  ['a plain request', http, [get('Accept: */*')]],
  ['a WebSocket key', http, [get('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')]],
  ['a challenge', http, [get('WWW-Authenticate: Basic realm="x"')]],
  ['the subprotocols of STOMP', http, [get('Sec-WebSocket-Protocol: v10.stomp, v12.stomp')]],
];

test.each(HARMLESS)('%s holds none', (_what, protocol, steps) => {
  expect(protocol.describe(converse(protocol, steps).at(-1)!).secret ?? false).toBe(false);
});

/** How fast the codecs read: traffic as it would be on the wire, in chunks of 100 frames, into frames that nobody looks at. */
import amqp, { encodeContent, PROTOCOL_HEADER } from '../../.bench/src/protocols/amqp/index.js';
import http from '../../.bench/src/protocols/http/index.js';
import resp, { encodeCommand } from '../../.bench/src/protocols/resp/index.js';
import stomp, { encodeFrame as encodeStomp } from '../../.bench/src/protocols/stomp/index.js';
import websocket, { encodeFrame } from '../../.bench/src/protocols/websocket/index.js';

const UNITS = 20_000;
const UNITS_PER_CHUNK = 100;
const ROUNDS = 15;
const body = Buffer.alloc(100, 'x');
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

const TRAFFIC = [
  ['AMQP basic.publish, 100 bytes', amqp, () => publish()],
  ['RESP SET, 100 bytes', resp, () => encodeCommand(['SET', 'key:000000000001', body])],
  ['STOMP SEND, 100 bytes', stomp, () => encodeStomp('SEND', [['destination', '/queue/a']], body, '1.2')],
  [
    'WebSocket text, 100 bytes, masked',
    websocket,
    () => encodeFrame({ name: 'text', payload: body, maskKey: Buffer.from('abcd') }),
  ],
  [
    'HTTP GET',
    http,
    () => Buffer.from('GET /updates/prices?after=7 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: */*\r\n\r\n'),
  ],
];

function publish() {
  const args = { ticket: 0, exchange: 'orders', routingKey: 'order.placed', mandatory: false, immediate: false };
  return Buffer.concat([encodeContent(1, 'basic.publish', args, { deliveryMode: 2 }, body, 131072)].flat());
}

/** What has to come first, or in answer, for the conversation to go on. */
const GREETING = new Map([[amqp, PROTOCOL_HEADER]]);
const ANSWERS = new Map([[http, Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')]]);

const times = (count, bytes) => Buffer.concat(Array.from({ length: count }, () => bytes));

export default async function bench() {
  console.log('codecs, reading');
  for (const [title, protocol, encode] of TRAFFIC) {
    const one = encode();
    const chunk = times(UNITS_PER_CHUNK, one);
    const answer = ANSWERS.has(protocol) ? times(UNITS_PER_CHUNK, ANSWERS.get(protocol)) : undefined;
    const rates = [];
    for (let round = -3; round < ROUNDS; round++) {
      let frames = 0;
      const conversation = protocol.converse({ emit: ({ from }) => (frames += from === 'client' ? 1 : 0) });
      if (GREETING.has(protocol)) conversation.push('client', GREETING.get(protocol));
      frames = 0;
      const started = performance.now();
      for (let sent = 0; sent < UNITS; sent += UNITS_PER_CHUNK) {
        conversation.push('client', chunk);
        if (answer) conversation.push('server', answer);
      }
      const seconds = (performance.now() - started) / 1000;
      if (frames !== UNITS) throw new Error(`${title}: ${frames} frames instead of ${UNITS}`);
      if (round >= 0) rates.push(UNITS / seconds);
    }
    const rate = median(rates);
    const megabytes = (rate * one.length) / 1e6;
    console.log(`  ${title.padEnd(36)} ${(rate / 1e6).toFixed(2)} million/s, ${megabytes.toFixed(0)} MB/s`);
  }
}

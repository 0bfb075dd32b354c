/** Frames that break the rules: what they look like, where they stand, and what they say of their content. */
import { FRAME } from '../../../../src/protocols/amqp/encode.ts';
import { PROTOCOL_HEADER } from '../../../../src/protocols/amqp/index.ts';
import { type Line, type Script, script } from './_script.ts';

interface Raw {
  readonly type?: number;
  readonly channel?: number;
  /** In hexadecimal. */
  readonly payload?: string;
  /** Another length than the payload's. */
  readonly size?: number;
  readonly end?: number;
}

/** A frame, however wrong. */
function raw({ type = FRAME.method, channel = 1, payload = '', size, end = 0xce }: Raw): Buffer {
  const content = Buffer.from(payload, 'hex');
  const head = Buffer.alloc(7);
  head.writeUInt8(type);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(size ?? content.length, 3);
  return Buffer.concat([head, content, Buffer.from([end])]);
}

/** A content header's payload. */
function header({ classId = 60, weight = 0, size = 1, properties = '0000' } = {}): string {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(classId);
  head.writeUInt16BE(weight, 2);
  head.writeUInt32BE(size, 8);
  return head.toString('hex') + properties;
}

const QOS = '003c000a00000000000000';

/** What comes of frames behind each other; where nothing does, what a method behind them is answered. */
async function answered(line: Line, ...frames: readonly Raw[]) {
  line.peer.write(Buffer.concat(frames.map(raw)));
  line.send('basic.qos');
  const { method, args } = await line.peer.answer(1);
  return { method, ...args };
}

const wrong = (title: string, ...frames: readonly Raw[]): Script =>
  script(title, async (bench) => answered(await bench.open(), ...frames));

/** Behind a publish. */
const wrongContent = (title: string, ...frames: readonly Raw[]): Script =>
  script(title, async (bench) => {
    const line = await bench.open();
    line.send('basic.publish', { routingKey: bench.name('none') });
    return answered(line, ...frames);
  });

const TYPES = {
  'a method': FRAME.method,
  'a header': FRAME.header,
  'a body': FRAME.body,
  'a heartbeat': FRAME.heartbeat,
};

export const framing: readonly Script[] = [
  ...Object.entries(TYPES).map(([what, type]) => wrong(`${what} with a wrong end`, { type, payload: QOS, end: 0xcd })),
  wrong('a short frame with a wrong end', { payload: '61', end: 0 }),
  wrong('a wrong end on channel 0', { channel: 0, payload: '000a0033', end: 0 }),
  wrong('a wrong end on a channel that is not open', { channel: 9, payload: QOS, end: 0 }),
  wrong('a frame that is longer than it says', { payload: QOS, size: 8 }),
  wrong('a frame of an unknown type, with a payload', { type: 5, payload: '616263' }),
  wrong('a frame of an unknown type on channel 0', { type: 9, channel: 0, payload: '616263' }),
  wrong('a frame of an unknown type on a channel that is not open', { type: 0, channel: 9 }),
  wrong('a method without a number', { payload: '003c' }),
  wrong('a method of no class', { payload: 'ffff0001' }),
  wrong('a method of no number', { payload: '003cffff' }),
  wrong('a method of no class on channel 0', { channel: 0, payload: 'ffff0001' }),
  wrong('a method with arguments that are cut off', { payload: QOS.slice(0, -6) }),
  wrong('a method with more than its arguments', { payload: `${QOS}616263` }),
  wrong('a header that is cut off', { type: FRAME.header, payload: '003c0000' }),
  wrong('a header without a method', { type: FRAME.header, payload: header() }),
  wrong('a header on channel 0', { type: FRAME.header, channel: 0, payload: header() }),
  wrong('a body on channel 0', { type: FRAME.body, channel: 0, payload: '61' }),
  wrong('an empty body without a method', { type: FRAME.body }),
  wrong('a header on a channel that is not open', { type: FRAME.header, channel: 9, payload: header() }),
  wrong('a body on a channel that is not open', { type: FRAME.body, channel: 9, payload: '61' }),
  wrong('a heartbeat', { type: FRAME.heartbeat, channel: 0 }),
  wrong('a heartbeat with a payload', { type: FRAME.heartbeat, channel: 0, payload: '61' }),
  wrong('a heartbeat on a channel', { type: FRAME.heartbeat, channel: 1 }),
  wrong('a heartbeat on a channel that is not open', { type: FRAME.heartbeat, channel: 9 }),
  wrongContent('a header of another class', { type: FRAME.header, payload: header({ classId: 50 }) }),
  wrongContent('a header with a weight', { type: FRAME.header, payload: header({ weight: 1 }) }),
  wrongContent('a header of another class with a weight', {
    type: FRAME.header,
    payload: header({ classId: 50, weight: 1 }),
  }),
  wrongContent('a header that is cut off, behind a publish', { type: FRAME.header, payload: '003c0000' }),
  wrongContent('two headers', ...[1, 2].map(() => ({ type: FRAME.header, payload: header() }))),
  wrongContent('a body in place of a header', { type: FRAME.body, payload: '61' }),
  wrongContent('a heartbeat in place of a header', { type: FRAME.heartbeat, channel: 1 }),
  wrongContent('a heartbeat on channel 0 in place of a header', { type: FRAME.heartbeat, channel: 0 }),
  wrongContent(
    'a body that is longer than announced',
    { type: FRAME.header, payload: header({ size: 2 }) },
    { type: FRAME.body, payload: '61' },
    { type: FRAME.body, payload: '6161' },
  ),
  wrongContent(
    'empty bodies on the way',
    { type: FRAME.header, payload: header({ size: 1 }) },
    { type: FRAME.body },
    { type: FRAME.body },
    { type: FRAME.body, payload: '61' },
  ),
  wrongContent('a header without properties’ flags', {
    type: FRAME.header,
    payload: header({ size: 0, properties: '' }),
  }),
  wrongContent('properties that are cut off', {
    type: FRAME.header,
    payload: header({ size: 0, properties: '8000ff' }),
  }),
  wrongContent('properties that are no text', {
    type: FRAME.header,
    payload: header({ size: 0, properties: '800002ffff' }),
  }),
  wrongContent('more than the properties', {
    type: FRAME.header,
    payload: header({ size: 0, properties: '0000616263' }),
  }),
  wrongContent('flags that no property stands for', {
    type: FRAME.header,
    payload: header({ size: 0, properties: '0003' }),
  }),
  wrongContent('headers of an unknown type', {
    type: FRAME.header,
    payload: header({ size: 0, properties: '2000000000030161' + '3f' }),
  }),
  wrongContent('a header that is larger than a frame', {
    type: FRAME.header,
    payload: header({ size: 0 }),
    size: 131_073,
  }),
  script('a protocol header in the midst', async (bench) => {
    const line = await bench.open();
    line.peer.write(PROTOCOL_HEADER);
    return line.peer.answer(1);
  }),
  script('another protocol in the midst', async (bench) => {
    const line = await bench.open();
    line.peer.write(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    return line.peer.answer(1);
  }),
  ...Object.entries({
    'a heartbeat': { type: FRAME.heartbeat, channel: 0 },
    'a body': { type: FRAME.body, payload: '61' },
    'a body on channel 0': { type: FRAME.body, channel: 0, payload: '61' },
    'an unknown frame': { type: 5 },
    'a method of a channel': { payload: QOS },
  }).map(([what, frame]) =>
    script(`${what} before the login`, async (bench) => {
      const peer = await bench.dial();
      peer.write(PROTOCOL_HEADER);
      await peer.answer(0);
      peer.write(raw(frame));
      const login = {
        mechanism: 'PLAIN',
        response: Buffer.from('\0guest\0guest'),
        locale: 'en_US',
        clientProperties: {},
      };
      return (await peer.call(0, 'connection.start-ok', login)).method;
    }),
  ),
  ...[131_064, 131_065, 131_072, 131_073].map((size) =>
    script(`a body frame of ${size} bytes`, async (bench) => {
      const line = await bench.open();
      line.send('basic.publish', { routingKey: bench.name('none') });
      return answered(
        line,
        { type: FRAME.header, payload: header({ size }) },
        { type: FRAME.body, payload: '61'.repeat(size) },
      );
    }),
  ),
  wrong('a method of 131073 bytes', { payload: 'ffff', size: 131_073 }),
  wrong('a heartbeat of 131073 bytes', { type: FRAME.heartbeat, channel: 0, size: 131_073 }),
  wrong('an unknown frame of 131073 bytes', { type: 5, channel: 3, size: 131_073 }),
  ...[15, 16, 17].flatMap((length) =>
    ['61', '0d', '7f', '22', '5c'].map((octet) =>
      wrong(`an unknown frame of ${length} octets ${octet}`, { type: 200, payload: octet.repeat(length) }),
    ),
  ),
  ...[9, 12, 13, 15, 16].flatMap((length) =>
    [7, 205].map((end) =>
      wrong(`a frame of ${length} octets that ends with ${end}`, { payload: '7f'.repeat(length), end }),
    ),
  ),
  ...[
    ['an unknown type of value', '000000033f3f3f'],
    ['a value that is cut off', '00000003016149'],
    ['a name that is cut off', '00000001ff'],
    ['a table that is cut off', '000000ff'],
  ].map(([what, table]) => wrong(`arguments with ${what}`, { payload: `0032000a0000016100${table}` })),
  wrong('arguments that are cut off in a name', { payload: '0032000a0000ff' }),
];

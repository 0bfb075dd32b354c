/** What every reporter promises, whatever events it gets. */
import { readdirSync, readFileSync } from 'node:fs';
import stringWidth from 'fast-string-width';
import { describe, expect, test } from 'vitest';
import { loadAll } from '../../src/core/catalogue.ts';
import type { Account, EventBody, Stage, Stats, TraceEvent } from '../../src/core/events.ts';
import type { Statement } from '../../src/core/statements/index.ts';
import { LAYERS, type Layer, type Look, type Reporter } from '../../src/reporters/reporter.ts';
import { readable } from '../helpers/html.ts';

const reporters = await loadAll<Reporter>(new URL('../../src/reporters/', import.meta.url), ['reporter']);
const RECORDED = new URL('../golden/recorded/', import.meta.url);
const recordings = readdirSync(RECORDED).map((file) => readFileSync(new URL(file, RECORDED), 'utf8'));

const STAGES: Stage[] = [
  'published',
  'routed',
  'unroutable',
  'returned',
  'confirmed',
  'queued',
  'delivered',
  'acked',
  'nacked',
  'requeued',
  'redelivered',
  'rejected',
  'dead-lettered',
  'expired',
  'dropped',
  'discarded',
  'requested',
  'responded',
  'pushed',
  'sent',
  'received',
];

/** What made a trace. */
const MADE = { format: 1, date: '2026-11-26T00:00:00.000Z', versions: { msgplay: '0.1.0', node: '20.0.0' } } as const;

const NOTHING: Account = { published: 0, reached: 0, waiting: [], ended: [], unknown: [], foreign: 0 };
const ACCOUNT: Account = {
  published: 50,
  reached: 1,
  waiting: Array.from({ length: 9 }, (_, index) => ({ place: `list ${index}`, count: index + 1 })),
  ended: [{ count: 2, stage: 'dropped', reason: { code: 'UNROUTABLE_NO_QUEUE', values: { queue: 'q' } } }],
  unknown: [{ count: 2, reason: { code: 'OUT_OF_SIGHT_QUEUE', values: { queue: '' } } }],
  foreign: 3,
};

/** Every type of event, with and without what may be left out. */
function everything(peers: readonly string[]): TraceEvent[] {
  const [first = 'me', other = 'you'] = peers;
  const at = { peer: first, service: 'redis' } as const;
  const frame = {
    type: 'frame',
    protocol: 'resp',
    ...at,
    connection: 1,
    from: 'client',
    name: 'GET',
    sizeBytes: 300,
  } as const;
  const stats: Stats = { stages: {}, account: NOTHING, accounts: {}, commands: 0, frames: 0, bytes: 0 };
  const end = { type: 'run-end', durationMs: 12_345.6, stats } as const;
  const why: Statement = {
    code: 'UNROUTABLE_NO_MATCH',
    values: { exchange: 'x', type: 'topic', key: 'so '.repeat(80), bindings: ['a', 'b'.repeat(50)] },
  };
  const bodies: EventBody[] = [
    {
      type: 'run-start',
      ...MADE,
      scenario: 's',
      title: 't',
      about: '',
      options: {},
      seed: 1,
      prefix: '',
      backends: {},
    },
    ...peers.map((peer) => ({ type: 'peer', peer, service: 'redis' }) as const),
    { type: 'step', text: `step ${'long '.repeat(60)}` },
    { type: 'note', text: 'of nobody' },
    {
      type: 'note',
      text: `of somebody ${'long '.repeat(60)}`,
      peer: first,
      service: 'redis',
      phase: 'open',
      frames: [1],
    },
    { type: 'note', statement: why, peer: first, service: 'redis', phase: 'open', frames: [1], debug: true },
    { type: 'note', statement: why, peer: first, service: 'redis', phase: 'open', frames: [1] },
    { type: 'note', statement: { code: 'CONNECTION_LOST', values: { by: 'RabbitMQ' } }, peer: first, service: 'redis' },
    { type: 'note', text: 'before the lanes knew', peer: 'stranger', service: 'http', phase: 'opening' },
    ...STAGES.flatMap((stage): EventBody[] => [
      { type: 'message', id: '#1', stage, basis: 'seen', ...at, from: 'client', verb: stage, route: '', frames: [1] },
      { type: 'message', id: '#1', stage, basis: 'concluded', ...at, from: 'server', verb: '', route: '', frames: [] },
      {
        type: 'message',
        id: '#2',
        among: ['#3'],
        stage,
        basis: 'concluded',
        ...at,
        from: 'server',
        verb: '',
        route: 'a',
        reason: { code: 'GONE_BEFORE_ACK', values: { peer: 'me' } },
        frames: [],
      },
      {
        type: 'message',
        id: '#1000000',
        among: Array.from({ length: 30 }, (_, index) => `#${index + 7}`),
        stage,
        basis: 'seen',
        peer: other,
        service: 'redis',
        from: 'server',
        verb: stage,
        route: `a → ${'b'.repeat(200)}`,
        body: '日本語 😀 '.repeat(20),
        latencyMs: 1234.5,
        reason: why,
        frames: [],
      },
    ]),
    { ...frame, phase: 'open', summary: '', fields: {} },
    { ...frame, phase: 'opening', summary: 'a', fields: { a: [1, null, { b: 'c' }] }, bytes: '00ff41' },
    { ...frame, phase: 'closing', summary: 'secret', fields: {}, bytesWithheld: true },
    { type: 'check', title: 'holds', passed: true },
    { type: 'check', title: 'does not', passed: false, detail: 'since it rains' },
    { type: 'table', title: 'empty', columns: [{ title: 'a' }], rows: [] },
    {
      type: 'table',
      title: 'full',
      columns: [{ title: 'a' }, { title: 'b', unit: 'ms', bar: true }, { title: 'c', bar: true }],
      rows: [
        ['x', 1, 0],
        ['日本', 2.345, 0],
        ['z', 'none', 0],
      ],
    },
    { ...end, outcome: 'passed' },
    { ...end, outcome: 'timed-out', reason: 'it took too long', next: ['msgplay list'] },
    {
      ...end,
      outcome: 'failed',
      stats: {
        ...stats,
        stages: { published: 2, redelivered: 1, pushed: 3 },
        account: ACCOUNT,
        accounts: {
          redis: ACCOUNT,
          rabbitmq: { ...NOTHING, published: 2, reached: 2 },
          http: { ...NOTHING, foreign: 1 },
        },
        commands: 4,
        latencyMs: { p50: 1, p99: 2, max: 3 },
      },
      next: [],
    },
  ];
  return bodies.map((body, index) => ({ seq: index + 1, at: index * 1.5, ...body }));
}

const PEERS: [string, string[]][] = [
  ['two peers', ['me', 'you']],
  ['one peer', ['me']],
  ['wide names', ['日本語の名前', '😀😀😀']],
  ['long names', ['a'.repeat(80), 'b'.repeat(80)]],
  ['many peers', Array.from({ length: 20 }, (_, index) => `worker-${index + 1}`)],
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is looked for
const ESCAPE = /\u001b/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken out
const COLOUR = /\u001b\[[\d;]*m/g;

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** Every character that could move a cursor, turn the writing or forge a line; the last one begins an escape sequence. */
const HOSTILE = `${Array.from({ length: 0x11_0000 }, (_, point) => point)
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point))
  .filter((character) => UNPRINTABLE.test(character))
  .join('')}\u001b[2J`;
const HARMLESS = ' [2J';
/** Words of our own, which reporters look up. */
const OURS = new Set(['type', 'service', 'stage', 'from', 'phase', 'outcome', 'bytes', 'basis', 'code', 'id', 'among']);

/** The same events, with this in the middle of every text that somebody else may have chosen. */
function withTexts<Value>(value: Value, inside: string): Value;
function withTexts(value: unknown, inside: string): unknown {
  if (typeof value === 'string') return `${value}${inside}x`;
  if (Array.isArray(value)) return value.map((item) => withTexts(item, inside));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, OURS.has(name) ? item : withTexts(item, inside)]));
}

describe.each(reporters.map((reporter) => [reporter.name, reporter] as const))('%s', (name, reporter) => {
  const print = (events: readonly TraceEvent[], look: Partial<Look> = {}): string[] => {
    const report = reporter.begin({
      layer: undefined,
      width: 100,
      colorLevel: 0,
      language: 'en',
      handshakes: true,
      ...look,
    });
    // What is packed is held to the same as what is not.
    return events.map((event) => readable(report(event)));
  };
  const layers: (Layer | undefined)[] = [undefined, ...LAYERS];
  const keepsToWidth = print(everything(['me']), { width: 40 }).join('') !== print(everything(['me'])).join('');

  test('has a title, and says which frames it needs', () => {
    expect(reporter.title).toMatch(/\S/);
    expect(['no', 'yes', 'with bytes']).toContain(reporter.frames(undefined));
    const needs = { story: 'no', message: 'no', frame: 'yes', bytes: 'with bytes' };
    expect(Object.fromEntries(LAYERS.map((layer) => [layer, reporter.frames(layer)]))).toEqual(needs);
  });

  describe.each(PEERS)('%s', (what, peers) => {
    // Names that are no wider than usual are tried at each width.
    const many = what === 'two peers' || what === 'many peers' ? [1, 40, 57, 80, 99, 161, 1000] : [40, 99, 1000];
    const widths = keepsToWidth ? many : [99];
    test.each(widths)('every event at every layer, %i columns', (width) => {
      for (const layer of layers) {
        // Without handshakes is another page only where frames are not drawn one by one.
        for (const handshakes of layer === undefined ? [true, false] : [true]) {
          const texts = print(everything(peers), { layer, width, handshakes });
          expect(texts.filter((text) => text !== '' && !text.endsWith('\n'))).toEqual([]);
          const all = texts.join('');
          expect(all).not.toMatch(ESCAPE);
          expect(all).not.toMatch(/undefined|NaN|\[object/);
          expect(all).not.toMatch(/[ \t]\n/);
        }
      }
    });

    test('colours add nothing but colours', () => {
      const plain = print(everything(peers)).join('');
      const colourful = print(everything(peers), { colorLevel: 3 }).join('');
      const without = colourful.replace(COLOUR, '').replace(/[ \t]+\n/g, '\n');
      expect(without.replace(/ /g, '')).toBe(plain.replace(/ /g, ''));
    });

    // Only lanes have a width to keep to.
    if (name === 'pretty') {
      test.each([80, 99, 120, 161])('lanes are never wider than %i columns', (width) => {
        const lines = print(everything(peers), { width }).join('').split('\n');
        const lanes = lines.filter((line) => /[┃│]/.test(line) || /^ +ms /.test(line));
        expect(lanes.filter((line) => stringWidth(line) > width)).toEqual([]);
      });
    }
  });

  describe('whatever a peer sent', () => {
    const harmless = withTexts(everything(['me', 'you']), HARMLESS);
    const hostile = withTexts(everything(['me', 'you']), HOSTILE);

    test.each(layers)('nothing of it moves a cursor or forges a line; layer %s', (layer) => {
      for (const width of [40, 100, 1000]) {
        const lines = print(hostile, { layer, width }).join('').split('\n');
        expect(lines.find((line) => UNPRINTABLE.test(line))).toBeUndefined();
        expect(lines.length).toBe(print(harmless, { layer, width }).join('').split('\n').length);
      }
    });

    test('colours are our own', () => {
      const [bad, good] = [hostile, harmless].map((events) => print(events, { colorLevel: 3 }).join(''));
      expect(bad!.split('\u001b').length).toBe(good!.split('\u001b').length);
      const lines = bad!.replace(COLOUR, '').split('\n');
      expect(lines.find((line) => UNPRINTABLE.test(line))).toBeUndefined();
    });

    if (name === 'ndjson') {
      test('programs get it as it was', () => {
        expect(print(hostile).map((line) => JSON.parse(line))).toEqual(hostile);
      });
    }
  });

  test('events may begin in the middle of a run', () => {
    for (const event of everything(['me'])) expect(() => print([event])).not.toThrow();
  });

  test('recorded runs at every layer', () => {
    for (const recording of recordings) {
      const events = recording
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as TraceEvent);
      for (const layer of layers) {
        const text = print(events, { layer }).join('');
        expect(text).not.toMatch(/undefined|NaN|\[object/);
        expect(text.endsWith('\n')).toBe(true);
      }
    }
  });

  if (name === 'ndjson') {
    test('nothing but its own format', () => {
      for (const layer of layers) {
        for (const text of print(everything(['me', 'you']), { layer, colorLevel: 3 })) {
          for (const line of text.split('\n').filter(Boolean)) expect(() => JSON.parse(line)).not.toThrow();
        }
      }
    });
  }
});

/** How a story reads: what was seen and what is concluded, why, and the account at its end. */
import { describe, expect, test } from 'vitest';
import type { Account, EventBody, MessageEvent, TraceEvent } from '../../src/core/events.ts';
import lines from '../../src/reporters/lines.ts';
import pretty from '../../src/reporters/pretty.ts';
import type { Look, Reporter } from '../../src/reporters/reporter.ts';

/** What made a trace. */
const MADE = { format: 1, date: '2026-11-26T00:00:00.000Z', versions: { msgplay: '0.1.0', node: '20.0.0' } } as const;

const START: EventBody[] = [
  {
    type: 'run-start',
    ...MADE,
    scenario: 's',
    title: 't',
    about: 'a',
    options: {},
    seed: 1,
    prefix: 'run-7.',
    backends: {},
  },
  { type: 'peer', peer: 'shop', service: 'rabbitmq' },
  { type: 'peer', peer: 'mailer', service: 'rabbitmq' },
];

const NOTHING: Account = { published: 0, reached: 0, waiting: [], ended: [], unknown: [], foreign: 0 };

function step(more: Partial<MessageEvent>): EventBody {
  return {
    type: 'message',
    id: '#1',
    stage: 'published',
    basis: 'seen',
    peer: 'shop',
    service: 'rabbitmq',
    from: 'client',
    verb: 'publish',
    route: 'orders',
    frames: [],
    ...more,
  };
}

/** The lines behind the header, without trailing blanks. */
function told(reporter: Reporter, bodies: readonly EventBody[], look: Partial<Look> = {}): string[] {
  const report = reporter.begin({
    layer: undefined,
    width: 100,
    colorLevel: 0,
    language: 'en',
    handshakes: false,
    ...look,
  });
  const events = [...START, ...bodies].map((body, index) => ({ seq: index + 1, at: 1, ...body }) as TraceEvent);
  const [, ...after] = events.map(report);
  return after.join('').split('\n').filter(Boolean);
}

const dropped = step({
  stage: 'dropped',
  basis: 'concluded',
  from: 'server',
  route: 'queue run-7.orders',
  reason: { code: 'DROPPED_MAX_LENGTH', values: { queue: 'run-7.orders', limit: 'x-max-length 1' } },
});

describe('lanes', () => {
  test('what is concluded is a mark at the server with its reason, not an arrow', () => {
    expect(told(pretty, [step({}), dropped], { width: 160 }).slice(1)).toEqual([
      '     1.0  │ publish #1 ────────────────────▶┃                                 │',
      '     1.0  │                                 ┃ ✗ dropped #1 queue orders: queue orders was full (x-max-length 1), so its oldest message went',
    ]);
  });

  test("a conclusion that is nobody's doing stands at the server, too", () => {
    const restarted = step({
      stage: 'dropped',
      basis: 'concluded',
      peer: '',
      from: 'server',
      route: '',
      reason: { code: 'RESTART_QUEUE_NOT_DURABLE', values: { queue: 'a' } },
    });
    expect(told(pretty, [restarted], { width: 120 }).at(-1)).toBe(
      '     1.0  │                                 ┃ ✗ dropped #1: queue a was not durable and did not survive the restart',
    );
  });

  test('a reason that is too long for one line goes on beside its mark', () => {
    expect(told(pretty, [dropped], { width: 120 }).slice(1)).toEqual([
      '     1.0  │                                 ┃ ✗ dropped #1 queue orders: queue orders was full (x-max-length 1), so',
      '          │                                 ┃   its oldest message went       │',
    ]);
  });

  test('a reason for which there is no room beside the mark has lines of its own', () => {
    const long = step({ ...dropped, route: 'a-queue-with-a-name-as-long-as-this-one' } as MessageEvent);
    expect(told(pretty, [long], { width: 80 }).slice(1)).toEqual([
      '     1.0  │                 ✗ dropped #1 a-queue-with-a-name-as-long-as-this-one',
      '               why: queue orders was full (x-max-length 1), so its oldest',
      '               message went',
    ]);
  });

  test('the reason of what was seen stands under its arrow', () => {
    const returned = step({
      stage: 'returned',
      verb: 'return',
      from: 'server',
      reason: { code: 'RETURNED', values: { replyCode: 312, replyText: 'NO_ROUTE' } },
    });
    expect(told(pretty, [returned]).slice(1)).toEqual([
      '     1.0  │◀───────────────────── return #1 ┃                                 │',
      '               why: 312 NO_ROUTE',
    ]);
  });

  test('a note that does not fit is not cut', () => {
    const text = `so ${'very '.repeat(30)}long`;
    const note = { type: 'note', text, peer: 'shop', service: 'rabbitmq' } as const;
    expect(told(pretty, [step({}), note]).at(-1)).toBe(`     1.0  shop      · ${text}`);
  });
});

describe('lines', () => {
  test.each<[string, Partial<MessageEvent>, string]>([
    ['seen, from the client', {}, 'shop     → RabbitMQ  publish #1  orders'],
    ['seen, from the server', { from: 'server', verb: 'deliver' }, 'shop     ← RabbitMQ  deliver #1  orders'],
    [
      'a loss',
      dropped as MessageEvent,
      'shop     ✗ RabbitMQ  dropped #1  queue orders: queue orders was full (x-max-length 1), so its oldest message went',
    ],
    ['concluded, and goes on', { basis: 'concluded', stage: 'requeued' }, 'shop     ↻ RabbitMQ  requeued #1  orders'],
    ['one of two', { among: ['#2'] }, 'shop     → RabbitMQ  publish #1 or #2  orders'],
    ['one of three', { among: ['#2', '#4'] }, 'shop     → RabbitMQ  publish #1, #2 or #4  orders'],
    ['one of many', { id: '#9', among: ['#10', '#3', '#8'] }, 'shop     → RabbitMQ  publish one of #3…#10  orders'],
  ])('%s', (_what, event, line) => {
    expect(told(lines, [step(event)]).at(-1)).toBe(`     1.0  ${line}`);
  });

  test('a peer that connects anew is told apart', () => {
    const frame = { type: 'frame', protocol: 'amqp', service: 'rabbitmq', peer: 'shop', from: 'client' } as const;
    const ping = { ...frame, phase: 'open', name: 'heartbeat', summary: '', sizeBytes: 8, fields: {} } as const;
    const shown = [7, 9, 7].map((connection) => ({ ...ping, connection }));
    expect(told(lines, shown, { layer: 'frame' })).toEqual([
      '     1.0  shop     → heartbeat  8 B',
      '     1.0  shop (2) → heartbeat  8 B',
      '     1.0  shop     → heartbeat  8 B',
    ]);
  });

  test('a debug note is for the layers of frames', () => {
    const note = { type: 'note', statement: { code: 'CONTRADICTION', values: { what: 'x' } }, debug: true } as const;
    const shown = (['story', 'message', 'frame', 'bytes'] as const).map(
      (layer) => told(lines, [note], { layer }).filter((line) => line.includes('contradicts')).length,
    );
    expect(shown).toEqual([0, 0, 1, 1]);
  });

  test('what a code of another version says is told as its code', () => {
    for (const code of ['FROM_TOMORROW', 'constructor', '__proto__']) {
      const event = step({ reason: { code, values: {} } as never });
      expect(told(lines, [event]).at(-1)).toMatch(new RegExp(`: ${code}$`));
    }
  });
});

describe('the end', () => {
  function end(accounts: Record<string, Account>, stages = {}, commands = 0): string[] {
    const stats = { stages, account: NOTHING, accounts, commands, frames: 1, bytes: 12_345 };
    return told(lines, [{ type: 'run-end', outcome: 'passed', durationMs: 5, stats }], { width: 1000 });
  }

  test('accounts for every message that was published', () => {
    const reason = { code: 'QUEUE_PURGED', values: { queue: 'run-7.a' } } as const;
    const account: Account = {
      published: 10,
      reached: 4,
      waiting: [{ place: 'queue run-7.a', count: 2 }],
      ended: [{ count: 3, stage: 'dropped', reason }],
      unknown: [{ count: 1, reason: { code: 'OUT_OF_SIGHT_QUEUE', values: { queue: 'run-7.b' } } }],
      foreign: 2,
    };
    expect(end({ rabbitmq: account })[0]).toBe(
      "10 messages published: 4 reached somebody; 2 wait in queue a; 3 dropped (queue a was purged with it inside); 1 not known (left the run's sight in queue b, which others may use too); and 2 messages from outside the run.",
    );
  });

  test('tells services apart where there are several, and the places and reasons that count most', () => {
    const waiting = Array.from({ length: 7 }, (_, index) => ({ place: `list ${index}`, count: index + 1 }));
    expect(
      end({
        rabbitmq: { ...NOTHING, published: 1, reached: 1 },
        redis: { ...NOTHING, published: 28, waiting },
        http: NOTHING,
      }).slice(0, 2),
    ).toEqual([
      'RabbitMQ: 1 message published: all reached somebody.',
      'Redis: 28 messages published: 28 wait (7 in list 6, 6 in list 5, 5 in list 4, 4 in list 3, 3 in list 2, 3 elsewhere).',
    ]);
  });

  test('counts requests, what is said on sockets, and commands in their own words', () => {
    expect(end({}, { requested: 3, responded: 2, pushed: 5, sent: 1, received: 4 }, 7)).toEqual([
      'requested 3 · responded 2 · pushed 5 · sent 1 · received 4 · commands 7 · 12,345 bytes',
      'passed in 5 ms',
    ]);
  });

  test('counts what was delivered', () => {
    const stages = { published: 2, routed: 2, queued: 2, confirmed: 2, delivered: 2, redelivered: 1, acked: 2 };
    expect(end({}, stages)[0]).toBe('delivered 3 (1 redelivered) · acked 2 · 12,345 bytes');
  });
});

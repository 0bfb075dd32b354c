/** How a page reads: what was seen and what is concluded, why, who is there, and the account at its end. */
import { describe, expect, test } from 'vitest';
import type { Account, EventBody, MessageEvent, NoteEvent, TraceEvent } from '../../src/core/events.ts';
import type { Statement } from '../../src/core/statements/index.ts';
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

/** The lines behind the header, without trailing blanks. What comes behind the last event ends the section. */
function told(reporter: Reporter, bodies: readonly EventBody[], look: Partial<Look> = {}): string[] {
  const report = reporter.begin({
    layer: undefined,
    width: 100,
    colorLevel: 0,
    language: 'en',
    handshakes: false,
    legend: false,
    ...look,
  });
  const all: EventBody[] = [...START, ...bodies, { type: 'step', text: 'the end' }];
  const [, ...after] = all.map((body, index) => report({ seq: index + 1, at: 1, ...body } as TraceEvent));
  return after
    .join('')
    .split('\n')
    .filter((line) => line !== '' && line !== '▸ the end');
}

const text = (...given: Parameters<typeof told>): string => told(...given).join('\n');

const dropped = step({
  stage: 'dropped',
  basis: 'concluded',
  from: 'server',
  route: 'run-7.orders',
  reason: { code: 'DROPPED_MAX_LENGTH', values: { queue: 'run-7.orders', limit: 'x-max-length 1' } },
});
const deliver = step({ stage: 'delivered', verb: 'deliver', peer: 'mailer', from: 'server' });
const note = (peer: string, statement: Statement, more: Partial<NoteEvent> = {}): EventBody => ({
  type: 'note',
  peer,
  service: 'rabbitmq',
  phase: 'open',
  statement,
  ...more,
});
const consumes = (peer: string): EventBody =>
  note(peer, { code: 'CONSUMES', values: { queue: 'orders', noAck: false } });
const lost = (peer: string): EventBody => note(peer, { code: 'CONNECTION_LOST', values: { by: undefined } });
const connection = (peer: string, state: 'opened' | 'closed', number = 1): EventBody => ({
  type: 'connection',
  state,
  peer,
  service: 'rabbitmq',
  connection: number,
  phase: 'open',
});

describe('lanes', () => {
  test('what is concluded is a mark at the server with its reason, not an arrow', () => {
    expect(text(pretty, [step({}), dropped], { width: 160 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ ✗ #1 dropped from orders: queue orders was full (x-max-length 1), so its oldest message went"
    `);
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
    expect(text(pretty, [step({}), restarted], { width: 120 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ ✗ #1 dropped: queue a was not durable and did not survive the restart"
    `);
  });

  test('a reason that is too long for one line goes on beside its mark', () => {
    expect(text(pretty, [step({}), dropped, deliver], { width: 80 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ ✗ #1 dropped from orders: queue orders was
                │                        ┃   full (x-max-length 1), so its oldest
                │                        ┃   message went
           1.0  │                        ┃ #1 deliver ──▶│"
    `);
  });

  test('the reason of what was seen stands under its arrow', () => {
    const returned = step({
      stage: 'returned',
      verb: 'return',
      from: 'server',
      reason: { code: 'RETURNED', values: { replyCode: 312, replyText: 'NO_ROUTE' } },
    });
    expect(text(pretty, [returned])).toMatchInlineSnapshot(`
      "      ms  shop           RabbitMQ
           1.0  │◀── #1 return ┃
                │              ┃ why: 312 NO_ROUTE"
    `);
  });

  test('a message is called what the run calls it, and its body is cut by field', () => {
    const body = '{"job":3,"costMs":20,"what":"something long that does not fit any more"}';
    const named = { name: 'job 3', body };
    const bodies = [
      step(named),
      step({ ...named, stage: 'delivered', verb: 'deliver', peer: 'mailer', from: 'server' }),
    ];
    expect(text(pretty, bodies, { width: 80 })).toMatchInlineSnapshot(`
      "      ms  shop                                         RabbitMQ           mailer
           1.0  │ job 3 publish → orders {"costMs":20,…} ───▶┃
           1.0  │                                            ┃ job 3 deliver ──▶│"
    `);
  });

  test('what a message without a name says is not lost where its arrow is short', () => {
    const said = step({ verb: 'SEND', route: '/topic/kitchen', body: 'Is anybody in the kitchen?' });
    expect(text(pretty, [said, deliver], { width: 60 })).toMatchInlineSnapshot(`
      "      ms  shop                  RabbitMQ              mailer
           1.0  │ #1 SEND ───────────▶┃
                │ → /topic/kitchen    ┃
                │ "Is anybody in the  ┃
                │ kitchen?"           ┃
           1.0  │                     ┃ #1 deliver ────────▶│"
    `);
  });

  test('whoever does not act in a section has no lane there', () => {
    expect(text(pretty, [step({})], { width: 80 })).not.toContain('mailer');
    expect(text(pretty, [step({}), deliver], { width: 80 })).toContain('mailer');
  });

  test('whoever is not there has no lifeline', () => {
    const coming = [connection('shop', 'opened', 1), step({}), connection('mailer', 'opened', 2), consumes('mailer')];
    const going = [deliver, lost('mailer'), connection('mailer', 'closed', 2), step({ id: '#2' })];
    expect(text(pretty, [...coming, ...going], { width: 80 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃               • consumes from queue orders
           1.0  │                        ┃ #1 deliver ──▶│
           1.0  │                        ┃               ✗ connection lost
           1.0  │ #2 publish → orders ──▶┃"
    `);
  });

  test('whoever leaves without a word is seen to leave', () => {
    const coming = [connection('mailer', 'opened', 2), consumes('mailer'), deliver];
    expect(text(pretty, [...coming, connection('mailer', 'closed', 2), step({ id: '#2' })])).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0                           ┃               • consumes from queue orders
           1.0                           ┃ #1 deliver ──▶│
           1.0                           ┃               • leaves
           1.0  │ #2 publish → orders ──▶┃"
    `);
  });

  test('a note that fits nowhere beside its lane is not cut', () => {
    const long: EventBody = { type: 'note', text: `so ${'very '.repeat(30)}long`, peer: 'shop', service: 'rabbitmq' };
    expect(text(pretty, [step({}), long], { width: 60 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  • so very very very very very very very very very
                │ very very very very very very very very very
                │ very very very very very very very very very
                │ very very very long    ┃"
    `);
  });

  test('the same of several is told once, on the lane of each', () => {
    expect(text(pretty, [consumes('shop'), consumes('mailer'), step({}), deliver])).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0  • consumes from queue orders
           1.0  │                        ┃               • the same
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ #1 deliver ──▶│"
    `);
  });

  test('what is said at a goodbye is one line', () => {
    const close = (by: 'client' | 'server'): Statement => ({
      code: 'WEBSOCKET_CLOSE',
      values: { by, peer: 'shop', code: 1000, reason: '' },
    });
    const closing = { phase: 'closing' } as const;
    const bodies = [step({}), note('shop', close('client'), closing), note('shop', close('server'), closing)];
    expect(text(pretty, bodies, { handshakes: true })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  • close from shop: 1000 · close from the server: 1000"
    `);
  });

  test('a section that takes its time is told as it happens', () => {
    const report = pretty.begin({ layer: undefined, width: 80, colorLevel: 0, language: 'en', handshakes: false });
    const at = (ms: number, body: EventBody): string => report({ seq: 1, at: ms, ...body } as TraceEvent);
    for (const body of START) at(0, body);
    expect(at(1, step({}))).toBe('');
    expect(at(900, step({ id: '#2' }))).toBe('');
    expect(at(1100, step({ id: '#3' }))).toMatch(/#1.*#2.*#3/s);
    expect(at(1101, deliver)).toMatch(/mailer.*#1/s);
  });
});

describe('lines', () => {
  test.each<[string, Partial<MessageEvent>, string]>([
    ['seen, from the client', {}, 'shop     → RabbitMQ  #1 publish → orders'],
    ['seen, from the server', { from: 'server', verb: 'return', stage: 'returned' }, 'shop     ← RabbitMQ  #1 return'],
    [
      'a loss',
      dropped as MessageEvent,
      'RabbitMQ ✗ #1 dropped from orders: queue orders was full (x-max-length 1), so its oldest message went',
    ],
    ['concluded, and goes on', { basis: 'concluded', stage: 'requeued' }, 'RabbitMQ ↻ #1 back in queue orders'],
    ['with a name', { name: 'job 3' }, 'shop     → RabbitMQ  job 3 publish → orders'],
    ['one of two', { among: ['#2'] }, 'shop     → RabbitMQ  #1 or #2 publish → orders'],
    ['one of three', { among: ['#2', '#4'] }, 'shop     → RabbitMQ  #1, #2 or #4 publish → orders'],
    ['one of many', { id: '#9', among: ['#10', '#3', '#8'] }, 'shop     → RabbitMQ  one of #3 … #10 publish → orders'],
    [
      'a response',
      { stage: 'responded', verb: '200', route: 'OK', from: 'server', body: '[]' },
      'shop     ← RabbitMQ  #1 200 OK []',
    ],
    [
      'what a response brings',
      { stage: 'responded', verb: '200', route: 'OK', from: 'server', carries: ['price 1'] },
      'shop     ← RabbitMQ  #1 200 OK price 1',
    ],
  ])('%s', (_what, event, line) => {
    expect(told(lines, [step(event)]).at(-1)).toBe(`     1.0  ${line}`);
  });

  test('others that it may be are called by their names, too', () => {
    const bodies = [step({ id: '#1', name: 'job 1' }), step({ id: '#2', name: 'job 2' })];
    const either = step({ ...deliver, name: 'job 1', among: ['#2'] } as MessageEvent);
    expect(told(lines, [...bodies, either]).at(-1)).toBe('     1.0  mailer   ← RabbitMQ  job 1 or job 2 deliver');
  });

  test('what a frame said has a direction, what it means has none', () => {
    const bodies = [
      note('shop', { code: 'UPGRADED', values: { status: 101, reason: 'Switching Protocols' } }, { from: 'server' }),
      { ...consumes('shop'), from: 'server' } as EventBody,
      lost('shop'),
    ];
    expect(text(lines, bodies)).toMatchInlineSnapshot(`
      "     1.0  shop     ← 101 Switching Protocols: both sides may speak now
           1.0  shop     • consumes from queue orders
           1.0  shop     ✗ connection lost"
    `);
  });

  test('what repeats is told once', () => {
    const poll = [
      step({ stage: 'requested', verb: 'GET', route: '/a', id: '#1' }),
      step({ stage: 'responded', verb: '200', route: 'OK', id: '#1', from: 'server', body: '[]' }),
    ];
    const bodies = [consumes('shop'), consumes('mailer'), ...poll, ...poll, ...poll];
    expect(text(lines, bodies)).toMatchInlineSnapshot(`
      "     1.0  shop     • consumes from queue orders
           1.0  mailer: the same
           1.0  shop     → RabbitMQ  #1 GET /a
           1.0  shop     ← RabbitMQ  #1 200 OK []
           1.0  shop     • the same 2 times more"
    `);
    expect(told(lines, bodies, { layer: 'message' })).toHaveLength(8);
  });

  test('a peer that connects anew is told apart', () => {
    const frame = { type: 'frame', protocol: 'amqp', service: 'rabbitmq', peer: 'shop', from: 'client' } as const;
    const ping = { ...frame, phase: 'open', name: 'heartbeat', summary: '', sizeBytes: 8, fields: {} } as const;
    const shown = [7, 9, 7].map((connection) => ({ ...ping, connection }));
    expect(told(lines, shown, { layer: 'frame' })).toEqual([
      '     1.0  shop     → heartbeat 8 B',
      '     1.0  shop (2) → heartbeat 8 B',
      '     1.0  shop     → heartbeat 8 B',
    ]);
  });

  test('a frame bears the name of its message', () => {
    const frame = { type: 'frame', protocol: 'amqp', service: 'rabbitmq', peer: 'shop', from: 'client' } as const;
    const sent = {
      ...frame,
      connection: 1,
      phase: 'open',
      name: 'basic.publish',
      summary: '',
      sizeBytes: 8,
      fields: {},
    } as const;
    const seq = START.length + 1;
    expect(told(lines, [sent, step({ name: 'job 3', frames: [seq] })], { layer: 'frame' })).toEqual([
      '     1.0  shop     → job 3 basic.publish 8 B',
    ]);
  });

  test('a debug note is for the layers of frames', () => {
    const debug = { type: 'note', statement: { code: 'CONTRADICTION', values: { what: 'x' } }, debug: true } as const;
    const shown = (['story', 'message', 'frame', 'bytes'] as const).map(
      (layer) => told(lines, [debug], { layer }).filter((line) => line.includes('contradicts')).length,
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

describe('predictions', () => {
  const question: EventBody = { type: 'question', text: 'Who gets job 3?', choices: ['worker-2', 'nobody'] };
  const answer = { type: 'answer', question: 'Who gets job 3?', answer: 'worker-2', why: 'It was not acked.' } as const;

  test.each([['pretty', pretty] as const, ['lines', lines] as const])('in %s', (_name, reporter) => {
    expect(told(reporter, [question])).toEqual(['? Who gets job 3?', '  1  worker-2', '  2  nobody']);
    expect(told(reporter, [{ ...answer, predicted: 'nobody', right: false }])).toEqual([
      '✗ Not nobody: worker-2. It was not acked.',
    ]);
    expect(told(reporter, [{ ...answer, predicted: 'worker-2', right: true }])).toEqual([
      '✓ Right: worker-2. It was not acked.',
    ]);
  });
});

describe('layers', () => {
  test('nearer shows all that farther does', () => {
    const bodies = [
      consumes('shop'),
      step({}),
      step({ stage: 'confirmed', verb: 'ack', from: 'server' }),
      dropped,
      deliver,
      lost('shop'),
    ];
    const [story, message] = (['story', 'message'] as const).map((layer) => told(lines, bodies, { layer }));
    expect(message).toEqual(expect.arrayContaining(story ?? []));
    expect(message).toHaveLength((story?.length ?? 0) + 1);
  });
});

describe('the end', () => {
  function end(before: readonly EventBody[], accounts: Record<string, Account>, stages = {}, commands = 0): string[] {
    const stats = { stages, account: NOTHING, accounts, commands, frames: 1, bytes: 12_345 };
    const last: EventBody = { type: 'run-end', outcome: 'passed', durationMs: 5, stats };
    const all = told(lines, [...before, last], { width: 1000 });
    return all.slice(told(lines, before, { width: 1000 }).length, -1);
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
    expect(end([], { rabbitmq: account })[0]).toBe(
      "10 messages: 4 reached somebody; 2 wait in queue a; 3 dropped (queue a was purged with it inside); of 1 it can't be told (left the run's sight in queue b, which others may use too); 2 messages from outside the run.",
    );
  });

  test('tells services apart where there are several, and the places and reasons that count most', () => {
    const waiting = Array.from({ length: 7 }, (_, index) => ({ place: `list ${index}`, count: index + 1 }));
    const accounts = {
      rabbitmq: { ...NOTHING, published: 1, reached: 1 },
      redis: { ...NOTHING, published: 28, waiting },
      http: NOTHING,
    };
    expect(end([], accounts)).toEqual([
      'RabbitMQ, 1 message: all reached somebody.',
      'Redis, 28 messages: 28 wait in list 6 (7), list 5 (6), list 4 (5), list 3 (4), list 2 (3), other places (3).',
    ]);
  });

  test('counts requests, what is said on sockets, and commands in their own words', () => {
    expect(end([], {}, { requested: 3, responded: 2, pushed: 5, sent: 1, received: 4 }, 7)).toEqual([
      '3 requests, 2 answered. 5 events pushed by the server. On sockets 1 message sent, 4 received. Redis commands that carry no message: 7.',
    ]);
  });

  const acked = (id: string, peer: string): EventBody[] => [
    step({ id, stage: 'delivered', verb: 'deliver', from: 'server', peer, latencyMs: 12.6 }),
    step({ id, stage: 'acked', verb: 'ack', peer }),
  ];

  test('says who took how many, and how long work waited', () => {
    const again = step({ id: '#1', stage: 'redelivered', verb: 'redeliver', from: 'server', peer: 'mailer' });
    const before = [...acked('#1', 'shop'), again, ...acked('#2', 'mailer'), ...acked('#3', 'mailer')];
    expect(end(before, { rabbitmq: { ...NOTHING, published: 3, reached: 3 } })).toEqual([
      '3 messages: all reached somebody (shop: 1, mailer: 2); 1 given out more than once. A message waited up to 13 ms for a consumer.',
    ]);
  });

  test('shows who got what where copies went several ways', () => {
    const named = (id: string, peer: string, route: string): EventBody =>
      step({ id, name: `event ${id.slice(1)}`, stage: 'delivered', verb: 'deliver', from: 'server', peer, route });
    const nobody = step({ id: '#3', name: 'event 3', stage: 'unroutable', basis: 'concluded', from: 'server' });
    const before = [named('#1', 'shop', 'a'), named('#1', 'mailer', 'b'), named('#2', 'mailer', 'b'), nobody];
    expect(end(before, {}).join('\n')).toMatchInlineSnapshot(`
      "Who got what
                         shop  mailer  nobody
        RabbitMQ, event  1     1, 2    3"
    `);
  });
});

describe('a check that does not hold', () => {
  const check: EventBody = { type: 'check', title: 'every mail was sent', passed: false, detail: '0 of 1' };
  const events: EventBody[] = [
    step({ name: 'mail 0', id: '#0' }),
    { type: 'step', text: 'the mails' },
    step({ name: 'mail 1' }),
    dropped,
    { type: 'check', title: 'the shop sells', passed: true },
    check,
  ];

  test.each([pretty, lines])('$name tells what was expected, what came, and what happened before', (reporter) => {
    const all = told(reporter, events);
    const at = all.indexOf('✗ every mail was sent · 0 of 1');
    const [expected, found, before, ...story] = all.slice(at + 1);
    expect([expected, found, before]).toEqual([
      '  expected: every mail was sent',
      '  found: 0 of 1',
      '  what happened before:',
    ]);
    expect(story).toHaveLength(2);
    expect(story[0]).toMatch(/shop .*→ RabbitMQ {2}mail 1 publish → orders/);
    expect(story[1]).toMatch(/RabbitMQ ✗ .*dropped from orders: .*x-max-length 1/);
    expect(all.filter((line) => line.includes('expected'))).toHaveLength(1);
  });

  test('in Korean', () => {
    expect(text(lines, events, { language: 'ko' })).toMatch(
      /^ {2}기대한 것: every mail was sent\n {2}실제: 0 of 1\n {2}그 앞에/m,
    );
  });

  test('where nothing happened and nothing is told of it, it says so', () => {
    const bare: EventBody = { type: 'check', title: 'it rains', passed: false };
    expect(told(pretty, [bare])).toEqual(['✗ it rains', '  expected: it rains', '  found: that it does not hold']);
  });

  test('nothing that it repeats is wider than the page', () => {
    const long: EventBody = { type: 'check', title: 'word '.repeat(40), passed: false, detail: 'another '.repeat(40) };
    for (const line of told(pretty, [step({}), long], { width: 60 })) expect(line.length).toBeLessThanOrEqual(60);
  });
});

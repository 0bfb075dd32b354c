/** How a page reads, one line per event, and what nearer layers add. */
import { describe, expect, test } from 'vitest';
import type { EventBody, MessageEvent } from '../../src/core/events.ts';
import lines from '../../src/reporters/lines.ts';
import pretty from '../../src/reporters/pretty.ts';
import { consumes, deliver, dropped, lost, note, START, step, text, told } from '../helpers/told.ts';

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
    [
      'one of many',
      { id: '#9', among: ['#10', '#3', '#8'] },
      'shop     → RabbitMQ  one of 4, #3 … #10 publish → orders',
    ],
    ['one of more', { among: ['#2', '#30', '…'] }, 'shop     → RabbitMQ  one of at least 3, #1 … #30 publish → orders'],
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

  const asked = (id: string): EventBody => step({ stage: 'requested', verb: 'GET', route: '/a', id });
  const answered = (id: string): EventBody =>
    step({ stage: 'responded', verb: '200', route: 'OK', id, from: 'server', body: '[]' });

  test('what repeats is told once, with its numbers', () => {
    const polls = ['#1', '#2', '#3'].flatMap((id) => [asked(id), answered(id)]);
    const bodies = [consumes('shop'), consumes('mailer'), ...polls];
    expect(text(lines, bodies)).toMatchInlineSnapshot(`
      "     1.0  shop     • consumes from queue orders
           1.0  mailer: the same
           1.0  shop     → RabbitMQ  #1 GET /a
           1.0  shop     ← RabbitMQ  #1 200 OK []
           1.0  shop     • the same 2 times more (#2, #3)"
    `);
    expect(told(lines, bodies, { layer: 'message' })).toHaveLength(8);
  });

  test('of requests that are under way at a time, each response is its own', () => {
    const bodies = [asked('#1'), asked('#2'), asked('#3'), answered('#2'), answered('#1'), asked('#4')];
    expect(text(lines, bodies)).toMatchInlineSnapshot(`
      "     1.0  shop     → RabbitMQ  #1 GET /a
           1.0  shop     • the same 2 times more (#2, #3)
           1.0  shop     ← RabbitMQ  #2 200 OK []
           1.0  shop     • the same once more (#1)
           1.0  shop     → RabbitMQ  #4 GET /a"
    `);
  });

  test('what EXEC carried out is one line, and what came before it is not in it', () => {
    const command = (text: string, reply: string, within: { within?: string } = {}): EventBody =>
      note('shop', { code: 'REDIS_COMMAND', values: { command: text, reply, ...within } });
    const inside = [command('SET a 2', 'OK', { within: 'EXEC' }), command('INCR b', '1', { within: 'EXEC' })];
    const multi = note('shop', { code: 'REDIS_COMMAND', values: { command: 'MULTI' } });
    expect(text(lines, [command('GET a', '1'), multi, ...inside, command('EXEC', '2 items')])).toMatchInlineSnapshot(`
      "     1.0  shop     • GET a → 1
           1.0  shop     • MULTI · SET a 2 → OK · INCR b → 1 · EXEC → 2 items"
    `);
  });

  test('of what EXEC carried out again only what differs is told', () => {
    const turn = (peer: string, score: number): EventBody[] =>
      [
        { command: 'MULTI' },
        { command: `ZADD a ${score} x`, reply: '1', within: 'EXEC' },
        { command: 'EXPIRE a 60', reply: '1', within: 'EXEC' },
        { command: 'EXEC', items: 2 },
      ].map((values) => note(peer, { code: 'REDIS_COMMAND', values }));
    expect(text(lines, [...turn('shop', 1), ...turn('mailer', 2), ...turn('shop', 2)])).toMatchInlineSnapshot(`
      "     1.0  shop     • MULTI · ZADD a 1 x → 1 · EXPIRE a 60 → 1 · EXEC → 2 answers
           1.0  mailer   • the same with ZADD a 2 x → 1
           1.0  shop: the same"
    `);
  });

  test('what a publisher is told in a row is one arrow, and what it is told in between is another', () => {
    const said = (verb: string, count: number, first = 1): EventBody[] =>
      Array.from({ length: count }, (_, index) => {
        const stage = verb === 'publish' ? 'published' : verb === 'nack' ? 'nacked' : 'confirmed';
        const from = stage === 'published' ? 'client' : 'server';
        return step({ id: `#${first + index}`, name: `job ${first + index}`, verb, stage, from, route: '' });
      });
    const bodies = [...said('publish', 2), ...said('confirm', 2), ...said('publish', 6, 3), ...said('confirm', 6, 3)];
    const refused = [...said('confirm', 1, 9), ...said('nack', 1, 10), ...said('confirm', 1, 11)];
    expect(text(pretty, [...bodies, ...refused].slice(2), { width: 60 })).toMatchInlineSnapshot(`
      "      ms  shop                   RabbitMQ
           1.0  │◀─── job 1, 2 confirm ┃
           1.0  │ job 3 publish ──────▶┃
           1.0  │ job 4 publish ──────▶┃
           1.0  │ job 5 publish ──────▶┃
           1.0  │ job 6 publish ──────▶┃
           1.0  │ job 7 publish ──────▶┃
           1.0  │ job 8 publish ──────▶┃
           1.0  │◀── job 3 … 9 confirm ┃
           1.0  │◀──────── job 10 nack ┃
           1.0  │◀───── job 11 confirm ┃"
    `);
    expect(told(lines, bodies, { layer: 'message' })).toHaveLength(16);
    const proven = told(lines, [...said('publish', 1), ...said('confirm', 1), dropped, ...said('confirm', 1, 2)]);
    expect(proven.map((line) => line.slice(19))).toEqual([
      '→ RabbitMQ  job 1 publish',
      '✗ #1 dropped from orders: queue orders was full (x-max-length 1), so its oldest message went',
      '← RabbitMQ  job 1, 2 confirm',
    ]);
  });

  test('a word is explained once, before it comes first; an ack of a stream, and a nack to a publisher, by what they say', () => {
    const legend = (bodies: EventBody[]): string[] =>
      told(pretty, bodies, { legend: true }).filter((line) => line.includes(' = '));
    const bound = note('mailer', {
      code: 'QUEUE_BOUND',
      values: { queue: 'q', exchange: 'e', type: 'fanout', key: '' },
    });
    const ack = (route: string): EventBody => step({ stage: 'acked', verb: 'ack', peer: 'mailer', route });
    const reads = note('mailer', { code: 'READS_STREAM', values: { queue: 'log', offset: 'first' } });
    const consumes = note('mailer', { code: 'CONSUMES', values: { queue: 'q', noAck: false, prefetch: 2 } });
    expect(legend([bound, bound, consumes, ack('q'), ack('q')])).toMatchInlineSnapshot(`
      [
        "queue = keeps messages until they are dealt with",
        "exchange = a copy to each queue whose binding fits",
        "binding = which queue gets what from an exchange · fanout = every binding fits",
        "prefetch 2 = a consumer holds at most 2 unacked · ack = "you may forget it"",
      ]
    `);
    expect(legend([reads, ack('log')])).toMatchInlineSnapshot(`
      [
        "stream = a log: who reads it takes nothing out",
        "ack of a stream = "read, send more": it removes nothing",
      ]
    `);
    expect(legend([step({ stage: 'nacked', verb: 'nack', from: 'server' })])).toMatchInlineSnapshot(`
      [
        "nack = "not taken", says the broker to the publisher",
      ]
    `);
  });

  test('what expires into a dead-letter exchange is one row, and is not lost', () => {
    const reason = { code: 'EXPIRED_IN_QUEUE', values: { queue: 'run-7.orders', ttlMs: 20 } } as const;
    const concluded = { basis: 'concluded', from: 'server' } as const;
    const expired = step({ ...concluded, stage: 'expired', route: 'run-7.orders', reason });
    const moved = step({
      ...concluded,
      stage: 'dead-lettered',
      route: 'run-7.orders → run-7.parked',
      reason: { code: 'DEAD_LETTERED', values: { death: 'expired', queue: 'run-7.orders' } } as never,
    });
    const row = 'it waited in queue orders for longer than it may live (20 ms)';
    expect(told(lines, [expired, moved])).toEqual([`     1.0  RabbitMQ ↻ #1 dead-lettered: orders → parked: ${row}`]);
    expect(told(lines, [expired, step({ ...moved, id: '#2' } as never)])).toHaveLength(2);
    expect(told(lines, [expired, moved], { layer: 'message' })).toHaveLength(2);
    // Where a section takes its time, too: there each event is told as it happens.
    const open = [step({ at: 1 } as never), step({ at: 2_000 } as never)];
    const later = [expired, moved, expired, deliver].map((body) => ({ ...body, at: 2_000 }) as unknown as EventBody);
    expect(told(lines, [...open, ...later]).slice(2)).toEqual([
      `  2000.0  RabbitMQ ↻ #1 dead-lettered: orders → parked: ${row}`,
      `  2000.0  RabbitMQ ✗ #1 expired in orders: ${row}`,
      '  2000.0  mailer   ← RabbitMQ  #1 deliver',
    ]);
  });

  test('what a scenario remarks is no event, and has no time on a page', () => {
    const remark: EventBody = { type: 'note', text: 'nobody was there', phase: 'open' } as EventBody;
    expect(told(lines, [remark])).toEqual(['     1.0  ※ nobody was there']);
    expect(told(pretty, [remark])).toEqual(['          ※ nobody was there']);
  });

  test('what goes on below stands in one column, and names that are not shown take no room', () => {
    const frame = {
      type: 'frame',
      protocol: 'amqp',
      service: 'rabbitmq',
      peer: 'shop-number-1',
      from: 'client',
    } as const;
    const ping = { ...frame, phase: 'open', name: 'heartbeat', summary: '', sizeBytes: 8, fields: {} } as const;
    const unseen = [7, 9].map((connection) => ({ ...ping, connection }));
    const bodies = [...unseen, step({ route: 'a-queue-with-a-long-name' }), lost('mailer'), dropped];
    expect(text(pretty, bodies, { width: 44 })).toMatchInlineSnapshot(`
      "     1.0  shop     → RabbitMQ  #1 publish →
                           a-queue-with-a-long-name
           1.0  mailer   ✗ connection lost
           1.0  RabbitMQ ✗ #1 dropped from orders:
                           queue orders was full
                           (x-max-length 1), so
                           its oldest message went"
    `);
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
  const answer = { type: 'answer', question: 'Who gets job 3?', answer: 'worker-2', why: 'it was not acked' } as const;

  test.each([['pretty', pretty] as const, ['lines', lines] as const])('in %s', (_name, reporter) => {
    expect(told(reporter, [question])).toEqual(['? Who gets job 3?', '  1  worker-2', '  2  nobody']);
    expect(told(reporter, [{ ...answer, predicted: 'nobody', right: false }])).toEqual([
      '✗ Not nobody: worker-2 (it was not acked)',
    ]);
    expect(told(reporter, [{ ...answer, predicted: 'worker-2', right: true }])).toEqual([
      '✓ Right: worker-2 (it was not acked)',
    ]);
  });
});

describe('layers', () => {
  test('nearer shows all that farther does', () => {
    const bodies = [
      consumes('shop'),
      step({}),
      step({ stage: 'routed', basis: 'concluded', from: 'server' }),
      dropped,
      deliver,
      lost('shop'),
    ];
    const [story, message] = (['story', 'message'] as const).map((layer) => told(lines, bodies, { layer }));
    expect(message).toEqual(expect.arrayContaining(story ?? []));
    expect(message).toHaveLength((story?.length ?? 0) + 1);
  });
});

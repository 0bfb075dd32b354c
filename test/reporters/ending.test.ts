/** What a page says at the end: the account, and of a check that does not hold what came before it. */
import { describe, expect, test } from 'vitest';
import type { Account, EventBody } from '../../src/core/events.ts';
import lines from '../../src/reporters/lines.ts';
import pretty from '../../src/reporters/pretty.ts';
import { dropped, NOTHING, step, text, told } from '../helpers/told.ts';

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
      "10 messages: 4 reached somebody; 2 wait in queue a; 3 dropped (queue a was purged with it inside); of 1 it can't be told (left the run's sight in queue b, which others may use too); 2 messages that nobody was seen to publish.",
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

  test('tells by what it is spoken with apart what is one server', () => {
    const one = { ...NOTHING, published: 1, reached: 1 };
    expect(end([], { rabbitmq: one, stomp: one })).toEqual([
      'RabbitMQ (AMQP), 1 message: all reached somebody.',
      'RabbitMQ (STOMP), 1 message: all reached somebody.',
    ]);
  });

  test('counts requests, what is said on sockets, and commands in their own words', () => {
    expect(end([], {}, { requested: 3, responded: 2, pushed: 5, sent: 1, received: 4 }, 7)).toEqual([
      '3 requests, 2 answered. 5 events pushed by the server. On sockets, clients sent 1 message and received 4. 7 Redis commands that carry no message.',
    ]);
  });

  test('counts requests that became WebSockets, and those that did not, apart', () => {
    const refused: EventBody = {
      type: 'note',
      peer: 'shop',
      service: 'http',
      from: 'server',
      statement: { code: 'UPGRADE_REFUSED', values: { status: 426, reason: 'Upgrade Required' } },
    };
    const became: EventBody = {
      ...refused,
      statement: { code: 'UPGRADED', values: { status: 101, reason: 'Switching Protocols' } },
    };
    expect(end([refused], {}, { requested: 1, responded: 1 })).toEqual([
      '1 request, all answered, besides 1 that asked in vain to become a WebSocket.',
    ]);
    expect(end([became, refused, refused], {}, { requested: 1, responded: 1 })).toEqual([
      '1 request, all answered, besides 1 that became a WebSocket and 2 that asked in vain to become WebSockets.',
    ]);
  });

  test('counts no response as an answer that was cut off', () => {
    const reason = { code: 'RESPONSE_TRUNCATED', values: { by: 'server', peer: 'shop' } } as const;
    const cutOff = step({ id: '#2', stage: 'responded', verb: '200', from: 'server', service: 'http', reason });
    expect(end([cutOff], {}, { requested: 3, responded: 2 })).toEqual(['3 requests, 1 answered, 1 cut off.']);
  });

  test('says of which requests it can not be told whether they were answered', () => {
    const statement = { code: 'RESPONSE_UNREAD', values: { message: '#1', request: 'GET /' } } as const;
    const unread: EventBody = { type: 'note', peer: 'shop', service: 'http', from: 'client', statement };
    expect(end([unread], {}, { requested: 3, responded: 2 })).toEqual([
      "3 requests, 2 answered, of 1 it can't be told.",
    ]);
  });

  const acked = (id: string, peer: string): EventBody[] => [
    step({ id }),
    step({ id, stage: 'delivered', verb: 'deliver', from: 'server', peer, latencyMs: 12.6 }),
    step({ id, stage: 'acked', verb: 'ack', peer }),
  ];

  test('says who was given how many, and how long work waited', () => {
    const again = step({ id: '#1', stage: 'redelivered', verb: 'redeliver', from: 'server', peer: 'mailer' });
    const [sent, given, ack] = acked('#1', 'shop') as [EventBody, EventBody, EventBody];
    const before = [sent, given, again, ack, ...acked('#2', 'mailer'), ...acked('#3', 'mailer')];
    expect(end(before, { rabbitmq: { ...NOTHING, published: 3, reached: 3 } })).toEqual([
      '3 messages: all delivered and acked, in 4 deliveries (shop: 1, mailer: 3). 1 of them was redelivered. From publish to delivery, a message took up to 13 ms.',
    ]);
  });

  test('counts what one protocol takes of another’s messages where they were published', () => {
    const byStomp = (event: EventBody): EventBody => ({ ...event, service: 'stomp' }) as EventBody;
    const before = [
      byStomp(step({ id: '#1' })),
      ...acked('#1', 'shop').slice(1),
      step({ id: '#2' }),
      ...acked('#2', 'mailer').slice(1, 2).map(byStomp),
      byStomp(step({ id: '#2', stage: 'redelivered', verb: 'MESSAGE', from: 'server', peer: 'mailer' })),
      byStomp(step({ id: '#2', stage: 'acked', verb: 'ACK', peer: 'mailer' })),
    ];
    const one = { ...NOTHING, published: 1, reached: 1 };
    expect(end(before, { stomp: one, rabbitmq: one })).toEqual([
      'RabbitMQ (STOMP), 1 message: all delivered and acked. From publish to delivery, a message took up to 13 ms.',
      'RabbitMQ (AMQP), 1 message: all delivered and acked. 1 of them was redelivered. From publish to delivery, a message took up to 13 ms.',
    ]);
  });

  test('counts no ack that the broker did not take', () => {
    const again = step({ id: '#1', stage: 'redelivered', verb: 'reget', from: 'server', peer: 'mailer' });
    expect(end([...acked('#1', 'mailer'), again], { rabbitmq: { ...NOTHING, published: 1, reached: 1 } })[0]).toBe(
      '1 message: all reached somebody. 1 of them was redelivered.',
    );
  });

  test('tells deliveries apart from those that reached somebody where others were given to somebody, too', () => {
    const reason = { code: 'QUEUE_PURGED', values: { queue: 'a' } } as const;
    const before = [...acked('#1', 'shop'), ...acked('#2', 'mailer')];
    const ended = [{ count: 1, stage: 'dropped' as const, reason }];
    expect(end(before, { rabbitmq: { ...NOTHING, published: 2, reached: 1, ended } })[0]).toContain(
      '2 messages: 1 delivered and acked; 1 dropped (queue a was purged with it inside). 2 deliveries in all (shop: 1, mailer: 1).',
    );
    const foreign = { ...NOTHING, published: 1, reached: 1, foreign: 1 };
    expect(end(before, { rabbitmq: foreign })[0]).toContain('. 2 deliveries in all (shop: 1, mailer: 1).');
  });

  test('does not tell of work that was given out without acks as if somebody had done it', () => {
    const [published, delivered] = acked('#3', 'shop');
    const before = [...acked('#1', 'shop'), ...acked('#2', 'mailer'), published, delivered] as EventBody[];
    expect(end(before, { rabbitmq: { ...NOTHING, published: 3, reached: 3 } })[0]).toMatch(
      /^3 messages: 2 delivered and acked, 1 delivered without acks \(.*\)\. Without an ack nobody says whether a message was done\./,
    );
  });

  test('counts as acked what was published by one protocol and acked by another one of the same broker', () => {
    const stomp = { service: 'stomp' } as const;
    const before = [
      ...acked('#1', 'shop').map((event) => ({ ...event, ...stomp }) as EventBody),
      ...acked('#2', 'shop').map((event, index) => (index === 0 ? { ...event, ...stomp } : event) as EventBody),
    ];
    const ends = end(before, { stomp: { ...NOTHING, published: 2, reached: 2 } });
    expect(ends[0]).toMatch(/^2 messages: all delivered and acked\./);
  });

  test('says that nobody acks what was taken out of a list', () => {
    const before = [
      step({ verb: 'LPUSH' }),
      step({ stage: 'delivered', verb: 'BRPOP', from: 'server', peer: 'mailer', latencyMs: 2 }),
    ];
    expect(end(before, { rabbitmq: { ...NOTHING, published: 1, reached: 1 } })[0]).toBe(
      '1 message: all reached somebody. Without an ack nobody says whether a message was done.',
    );
  });

  test('shows who got what where copies went several ways', () => {
    const named = (id: string, peer: string, route: string): EventBody =>
      step({ id, name: `event ${id.slice(1)}`, stage: 'delivered', verb: 'deliver', from: 'server', peer, route });
    const nobody = step({ id: '#3', name: 'event 3', stage: 'unroutable', basis: 'concluded', from: 'server' });
    const before = [named('#1', 'shop', 'a'), named('#1', 'mailer', 'b'), named('#2', 'mailer', 'b'), nobody];
    expect(end(before, {}).join('\n')).toMatchInlineSnapshot(`
      "Who got what
                  shop     mailer      nobody
        RabbitMQ  event 1  event 1, 2  event 3"
    `);
    const many = Array.from({ length: 12 }, (_, index) => named(`#${index + 1}`, 'shop', 'a'));
    const few = [11, 9, 7, 5, 3, 1, 2, 4].map((number) => named(`#${number}`, 'mailer', 'b'));
    expect(end([...many, ...few], {}).at(-1)).toMatch(/ {2}event 1 … 12 {2}event 1, 2, 3, 4, 5, 7, 9, 11$/);
    const either = { ...named('#4', 'mailer', 'b'), among: ['#5'] } as EventBody;
    expect(end([...before, either], {})).toEqual([]);
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

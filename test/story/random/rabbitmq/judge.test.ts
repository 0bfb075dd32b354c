/** The judge: a story that is true passes, and each kind of false sentence is found. */
import { describe, expect, test } from 'vitest';
import type { Account, MessageEvent, NoteEvent } from '../../../../src/core/events.ts';
import type { Fate } from '../../../../src/story/ledger/index.ts';
import type { Evidence, Fact, Surroundings } from './evidence.ts';
import { judge } from './judge.ts';

const WAITING: Fate = { kind: 'waiting', places: ['q1'] };
const REACHED: Fate = { kind: 'reached' };
const UNKNOWN: Fate = { kind: 'unknown', reason: { code: 'UNREAD', values: {} } };

/** #1 is m1, published by frame 1, and #2 is m2, published by frame 2; both are in q1 and look the same. */
class Case {
  readonly told: (MessageEvent | NoteEvent)[] = [];
  readonly facts: Fact[] = [];
  readonly fates = new Map<string, Fate>([
    ['#1', WAITING],
    ['#2', WAITING],
  ]);
  readonly carried = new Map<number, string>();
  readonly arrived = new Map<Fact, number>();
  readonly settled = new Map<number, readonly string[]>();
  readonly surroundings = new Map<Fact, Surroundings>();
  readonly contents = new Map([
    [1, 'a'],
    [2, 'a'],
  ]);
  left = 2;
  isAwaited = false;

  constructor() {
    for (const number of [1, 2]) {
      this.tell(number, `#${number}`, { stage: 'published', from: 'client', basis: 'seen' });
      this.fact('published', `m${number}`, number);
      this.fact('entered', `m${number}`, number);
    }
  }

  tell(frame: number, id: string, more: Partial<MessageEvent>): this {
    this.told.push({
      ...{ type: 'message', id, stage: 'delivered', basis: 'concluded', peer: 'c1', service: 'rabbitmq' },
      ...{ from: 'server', verb: '', route: 'q1', frames: [frame], ...more },
    } as MessageEvent);
    return this;
  }

  fact(what: Fact['what'], message: string, after: number, more: object = {}): this {
    this.facts.push({ what, message, after, queue: 'q1', queueId: 1, ...more } as Fact);
    return this;
  }

  /** The engine delivers a message by that frame, and its client acknowledges it. */
  acked(message: string, frame: number): this {
    this.fact('delivered', message, frame, { noAck: false }).fact('acked', message, frame);
    this.carried.set(frame, message);
    this.arrived.set(this.facts.at(-2) as Fact, frame);
    this.left -= 1;
    return this;
  }

  violations(account: Partial<Account> = {}): string[] {
    const count = (kind: Fate['kind']): number => [...this.fates.values()].filter((fate) => fate.kind === kind).length;
    const evidence: Evidence = {
      ...{ told: this.told, facts: this.facts, fates: this.fates, contents: this.contents },
      ...{
        carried: this.carried,
        arrived: this.arrived,
        settled: this.settled,
        surroundings: this.surroundings,
        left: new Map([['q1', this.left]]),
      },
      publishes: new Map([
        [1, 'm1'],
        [2, 'm2'],
      ]),
      account: {
        ...{ published: 2, reached: count('reached'), foreign: 0, ended: [] },
        waiting: [{ place: 'q1', count: count('waiting') }],
        unknown: [{ count: count('unknown'), reason: { code: 'UNREAD', values: {} } }],
        ...account,
      },
    };
    return judge({ isAwaited: this.isAwaited }, evidence).map(({ rule }) => rule);
  }
}

test('what agrees is no violation', () => {
  expect(new Case().violations()).toEqual([]);
});

describe('a delivery', () => {
  const delivery = (id: string, among?: string[]): Case => {
    const one = new Case().acked('m2', 5).tell(5, id, { basis: 'seen', ...(among ? { among } : {}) });
    one.fates.set('#2', REACHED);
    return one;
  };

  test('names the message that it carries', () => {
    expect(delivery('#2').violations()).toEqual([]);
    expect(delivery('#1').violations()).toEqual(['identity']);
  });

  test('may name it among others', () => {
    expect(delivery('#1', ['#2']).violations()).toEqual([]);
  });

  test('may name all that look the same, and no others', () => {
    expect(delivery('#1', ['…']).violations()).toEqual([]);
    const others = delivery('#1', ['…']);
    others.contents.set(2, 'b');
    expect(others.violations()).toContain('identity');
  });

  test('is told, once', () => {
    const one = delivery('#2').tell(5, '#2', { basis: 'seen', stage: 'redelivered' });
    expect(one.violations()).toEqual(['untold']);
    const silent = new Case().acked('m2', 5);
    silent.fates.set('#2', REACHED);
    expect(silent.violations()).toEqual(['untold']);
  });

  test('that no message was handed out by is none', () => {
    expect(new Case().tell(5, '#1', { basis: 'seen' }).violations()).toEqual(['identity']);
  });

  test('through a dead-letter exchange carries the message that died', () => {
    const one = new Case().fact('died', 'm1', 3, { reason: 'rejected' });
    one.fact('dead-lettered', 'm1', 3, { dead: 'm3' });
    one.fact('entered', 'm3', 3);
    one.acked('m3', 5).tell(5, '#1', { basis: 'seen' });
    one.fates.set('#1', REACHED);
    expect(one.violations()).toEqual([]);
  });
});

describe('an ack', () => {
  const ack = (id: string): Case => {
    const one = new Case().acked('m1', 5).tell(5, '#1', { basis: 'seen' });
    one.tell(6, id, { stage: 'acked', from: 'client', basis: 'seen' });
    one.settled.set(6, ['m1']);
    one.fates.set('#1', REACHED);
    return one;
  };

  test('names the message that it means', () => {
    expect(ack('#1').violations()).toEqual([]);
    expect(ack('#2').violations()).toEqual(['identity']);
  });
});

describe('a conclusion', () => {
  const QUEUE_PURGED = { code: 'QUEUE_PURGED', values: { queue: 'q1' } } as const;
  const dropped = (frame: number): Case => {
    const one = new Case().tell(frame, '#1', { stage: 'dropped', reason: QUEUE_PURGED });
    one.fates.set('#1', { kind: 'ended', stage: 'dropped', reason: QUEUE_PURGED });
    return one;
  };
  const ended = { ended: [{ count: 1, reason: QUEUE_PURGED }] };

  test('follows what happened, and for that reason', () => {
    const purged = dropped(7).fact('purged', 'm1', 6);
    purged.left = 1;
    expect(purged.violations(ended)).toEqual([]);
    const deleted = dropped(7).fact('deleted', 'm1', 6);
    deleted.left = 1;
    expect(deleted.violations(ended)).toEqual(['conclusion']);
  });

  test('that nobody took it names what was there', () => {
    const values = { exchange: 'x1', type: 'topic', key: 'k', bindings: ['b', 'a'] };
    const reason = { code: 'UNROUTABLE_NO_MATCH', values } as const;
    const unroutable = (...keys: string[]): Case => {
      const one = new Case().tell(7, '#1', { stage: 'unroutable', reason });
      one.fates.set('#1', { kind: 'ended', stage: 'unroutable', reason });
      one.facts.splice(0, 2);
      one.fact('published', 'm1', 1).fact('unroutable', 'm1', 6, { returned: false });
      one.surroundings.set(one.facts.at(-1) as Fact, { keys: new Map([['x1', keys]]), queues: new Set() });
      one.left = 1;
      return one;
    };
    const account = { ended: [{ count: 1, reason }] };
    expect(unroutable('a', 'b').violations(account)).toEqual([]);
    expect(unroutable('a').violations(account)).toEqual(['conclusion']);
  });

  test('that did not happen is false, and so is what is said to have become of it', () => {
    expect(dropped(7).violations(ended)).toEqual(['conclusion', 'fate']);
  });

  test('is drawn no more often than it happened', () => {
    const one = dropped(7).tell(8, '#1', { stage: 'dropped', reason: QUEUE_PURGED }).fact('purged', 'm1', 6);
    one.left = 1;
    expect(one.violations(ended)).toEqual(['repeated']);
  });

  test('is not told before it happens', () => {
    const one = dropped(7).fact('purged', 'm1', 8);
    one.left = 1;
    expect(one.violations(ended)).toEqual(['early']);
  });
});

describe('what became of a message', () => {
  test('is what the engine says', () => {
    const one = new Case();
    one.fates.set('#1', REACHED);
    expect(one.violations()).toEqual(['fate']);
  });

  test('may have changed places between messages that could not be told apart, and only then', () => {
    const swapped = (): Case => {
      const one = new Case().acked('m2', 5);
      one.fates.set('#1', REACHED);
      return one;
    };
    expect(
      swapped()
        .tell(5, '#1', { basis: 'seen', among: ['#2'] })
        .violations(),
    ).toEqual([]);
    expect(swapped().tell(5, '#2', { basis: 'seen' }).violations()).toEqual(['fate', 'fate']);
  });

  test('may not be known, but where every step was awaited', () => {
    const one = new Case();
    one.fates.set('#1', UNKNOWN);
    expect(one.violations()).toEqual([]);
    one.isAwaited = true;
    expect(one.violations()).toEqual(['needless unknown']);
  });
});

test('an account that does not add up is found', () => {
  expect(new Case().violations({ reached: 1 })).toEqual(['account']);
  expect(new Case().violations({ foreign: 1 })).toEqual(['account']);
});

test('a story that finds itself contradicted is found', () => {
  const one = new Case();
  one.told.push({ type: 'note', debug: true, statement: { code: 'CONTRADICTION', values: { what: 'it is gone' } } });
  expect(one.violations()).toEqual(['contradiction']);
});

test('a witness that the engine contradicts is found', () => {
  const one = new Case();
  one.left = 1;
  expect(one.violations()).toEqual(['witness']);
});

/** What a scenario may touch. */
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { say, type Text } from '../../src/core/language.ts';
import { doing, EMBEDDED, notesOf, ofType, play } from '../helpers/play.ts';

/** The lab, to a file that nobody checks the types of. */
type Careless = { [call in 'note' | 'step' | 'check' | 'table']: (...values: unknown[]) => unknown };

describe('the lab', () => {
  test('a column of a table is its title, or says more', async () => {
    const { events } = await play(
      doing(async (lab) => {
        const columns = ['way', say`how ${'often'}`, { title: 'took', unit: 'ms', bar: true }];
        lab.table({ title: 'Ways', columns, rows: [['a', 1, 2]] });
      }),
    );
    expect(ofType(events, 'table')).toMatchObject([
      { columns: [{ title: 'way' }, { title: 'how often' }, { title: 'took', unit: 'ms', bar: true }] },
    ]);
  });

  test.each<[string, (lab: Careless) => unknown]>([
    ['lab.note: text has to be a text, not undefined', (lab) => lab.note()],
    ['lab.note: peer has to be a text, not 7', (lab) => lab.note('a', 7)],
    ['lab.step: text has to be a text, not null', (lab) => lab.step(null)],
    ['lab.check: passed has to be true or false, not undefined', (lab) => lab.check('a')],
    ['lab.check: detail has to be a text, not { expected: 1 }', (lab) => lab.check('a', true, { expected: 1 })],
    ['lab.table: the table has to be title, columns and rows, not undefined', (lab) => lab.table()],
    ['lab.table: title has to be a text, not undefined', (lab) => lab.table({ columns: ['a'], rows: [['b']] })],
    ['lab.table: columns has to be a list of titles, not undefined', (lab) => lab.table({ title: 'a' })],
    ['lab.table: a column has to be a text, not 1', (lab) => lab.table({ title: 'a', columns: [1], rows: [] })],
    [
      "lab.table: rows has to be lists of cells, not [ 'b' ]",
      (lab) => lab.table({ title: 'a', columns: [], rows: ['b'] }),
    ],
    [
      'lab.table: a cell has to be a text or a number, not true',
      (lab) => lab.table({ title: 'a', columns: [], rows: [[true]] }),
    ],
  ])('what no page can show is refused where it is said: %s', async (message, call) => {
    const { events, outcome, error } = await play(doing(async (lab) => void (await call(lab as unknown as Careless))));
    expect([outcome, error]).toMatchObject(['failed', new TypeError(message)]);
    expect(events.map(({ type }) => type)).toEqual(['run-start', 'run-end']);
  });

  test('choices may be numbers, and one that is there twice is shown once', async () => {
    const offered: unknown[] = [];
    const choose = async (_: Text, choices: readonly Text[]) => {
      offered.push(choices);
      return 1;
    };
    const { events } = await play(
      doing(async (lab) => {
        const guess = await lab.predict('How many?', [1, 2, 1, 3]);
        guess.answer(2, 'so it is');
      }),
      {},
      EMBEDDED,
      { reader: { pause: async () => {}, choose } },
    );
    expect(offered).toEqual([['1', '2', '3']]);
    expect(ofType(events, 'answer')).toMatchObject([{ predicted: '2', answer: '2', right: true }]);
  });

  test.each([
    ['a', true],
    ['b', false],
  ] as const)('where choices have names, an answer is one of them: %s', async (answer, right) => {
    const offered: unknown[] = [];
    const choose = async (_: Text, choices: readonly Text[]) => {
      offered.push(choices);
      return 0;
    };
    const { events } = await play(
      doing(async (lab) => {
        const guess = await lab.predict('Which?', { a: 'the first', b: say`the ${'second'}` });
        guess.answer(answer, 'so it is');
      }),
      {},
      EMBEDDED,
      { reader: { pause: async () => {}, choose } },
    );
    expect(offered).toEqual([['the first', say`the ${'second'}`]]);
    const told = { a: 'the first', b: 'the second' }[answer];
    expect(ofType(events, 'answer')).toMatchObject([{ predicted: 'the first', answer: told, right }]);
  });

  test('where nobody is asked, why it is so is told all the same', async () => {
    const { events } = await play(
      doing(async (lab) => {
        const guess = await lab.predict('Which?', ['a', 'b']);
        guess.answer('a', say`because of ${'a'}`);
      }),
    );
    expect(ofType(events, 'note')).toMatchObject([{ text: 'because of a' }]);
    expect(ofType(events, 'answer')).toEqual([]);
  });

  test('the same seed gives the same numbers, another seed others', async () => {
    const numbers = async (seed: number): Promise<number[]> => {
      const drawn: number[] = [];
      await play(
        doing(async (lab) => void drawn.push(...Array.from({ length: 20 }, () => lab.random()))),
        {},
        EMBEDDED,
        { seed },
      );
      return drawn;
    };
    const first = await numbers(1);
    expect(await numbers(1)).toEqual(first);
    expect(await numbers(2)).not.toEqual(first);
    expect(first.every((number) => number >= 0 && number < 1)).toBe(true);
  });

  test('names stay as they are on a server of the run’s own; asking twice gives the same URL', async () => {
    const played = await play(
      doing(
        async (lab) => {
          lab.note(lab.name('jobs'));
          const url = await lab.url('redis', 'me');
          lab.check('the same', (await lab.url('redis', 'me')) === url);
          lab.check('another', (await lab.url('redis', 'you')) !== url);
        },
        ['redis'],
      ),
    );
    expect(played.outcome).toBe('passed');
    expect(notesOf(played)).toEqual(['jobs']);
    expect(ofType(played.events, 'peer').map(({ peer }) => peer)).toEqual(['me', 'you']);
  });

  test('a service that was not listed under needs is refused', async () => {
    const { events } = await play(doing(async (lab) => void (await lab.url('redis', 'me'))));
    expect(ofType(events, 'run-end')[0]!.reason).toBe('the scenario uses redis but does not list it under needs');
  });

  test('traffic counts, and a cut ends the connections of one peer', async () => {
    const { outcome } = await play(
      doing(
        async (lab) => {
          const redis = new Redis(await lab.url('redis', 'me'), { retryStrategy: () => null });
          redis.on('error', () => {});
          await redis.ping();
          const { connections, openConnections, fromClientBytes, fromServerBytes } = lab.traffic('me');
          lab.check(
            'it counts',
            connections === 1 && openConnections === 1 && fromClientBytes > 0 && fromServerBytes > 0,
          );
          lab.check('for each peer', lab.traffic('nobody').connections === 0);
          await lab.cut('me');
          lab.check('what was cut has ended', lab.traffic('me').openConnections === 0 && redis.status === 'end');
        },
        ['redis'],
      ),
    );
    expect(outcome).toBe('passed');
  });
});

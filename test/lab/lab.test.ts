/** What a scenario may touch. */
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { say, type Text } from '../../src/core/language.ts';
import { doing, EMBEDDED, notesOf, ofType, play } from '../helpers/play.ts';

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
          const ended = new Promise((resolve) => redis.once('end', resolve));
          lab.cut('me');
          await ended;
          await lab.until('the connection is gone', () => lab.traffic('me').openConnections === 0);
        },
        ['redis'],
      ),
    );
    expect(outcome).toBe('passed');
  });
});

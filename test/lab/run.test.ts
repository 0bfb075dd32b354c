/** The life of a run: how it ends, and what is done whatever the end. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../src/lab/scenario/scenario.ts';
import redisServer from '../../src/servers/redis/index.ts';
import type { RunningServer } from '../../src/servers/server.ts';
import { hurried } from '../helpers/hurried.ts';
import { doing, EMBEDDED, notesOf, ofType, play } from '../helpers/play.ts';

describe('outcomes', () => {
  test('a run without a failing check passes', async () => {
    const { outcome, events } = await play(doing(async (lab) => lab.check('fine', true)));
    expect(outcome).toBe('passed');
    expect(events.map(({ type }) => type)).toEqual(['run-start', 'check', 'run-end']);
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
  });

  test('one failing check is enough', async () => {
    const { outcome, error } = await play(
      doing(async (lab) => {
        lab.check('fine', true);
        lab.check('not so fine', false);
        lab.check('fine again', true);
      }),
    );
    expect([outcome, error]).toEqual(['failed', undefined]);
  });

  test('what does not come true in time is a failing check, and ends the scenario', async () => {
    const { outcome, events } = await play(
      doing(async (lab) => {
        await lab.until('it happens', () => false, 20);
        lab.note('never said');
      }),
    );
    expect(outcome).toBe('failed');
    expect(ofType(events, 'check')).toMatchObject([{ title: 'it happens', passed: false }]);
    expect(ofType(events, 'note')).toEqual([]);
  });

  test('a condition may ask a server', async () => {
    const { outcome, events } = await play(
      doing(
        async (lab) => {
          const redis = lab.using(new Redis(await lab.url('redis', 'ann')));
          await redis.set('key', 'x', 'PX', 5);
          await lab.until('the key is gone', async () => (await redis.exists('key')) === 0);
          lab.check('gone', (await redis.get('key')) === null);
          await lab.until('it comes back', async () => (await redis.exists('key')) === 1, 30);
        },
        ['redis'],
      ),
    );
    expect(outcome).toBe('failed');
    expect(ofType(events, 'check')).toMatchObject([
      { title: 'gone', passed: true },
      { title: 'it comes back', passed: false },
    ]);
  });

  test('what was sent when a condition came true is told before what follows', async () => {
    const { events } = await play(
      doing(
        async (lab) => {
          const redis = new Redis(await lab.url('redis', 'ann'));
          lab.defer(() => redis.disconnect());
          await redis.ping();
          for (let round = 0; round < 20; round++) {
            void redis.echo(`round ${round}`).catch(() => {});
            await lab.until('it is sent', () => true);
            lab.step('next');
          }
        },
        ['redis'],
      ),
    );
    const told = events.filter((event) => event.type === 'step' || (event.type === 'frame' && event.name === 'ECHO'));
    expect(told.map(({ type }) => type)).toEqual(Array.from({ length: 20 }, () => ['frame', 'step']).flat());
  });

  test.each([
    ['an error', () => Promise.reject(new Error('oops')), 'oops'],
    ['a text', () => Promise.reject('oops'), 'oops'],
    ['nothing', () => Promise.reject(undefined), 'the scenario threw nothing'],
    [
      'an error before the first promise',
      () => {
        throw new Error('at once');
      },
      'at once',
    ],
  ])('thrown: %s', async (_what, thrower, reason) => {
    const { outcome, events } = await play(doing(thrower as () => Promise<void>));
    expect(outcome).toBe('failed');
    expect(ofType(events, 'run-end')[0]).toMatchObject({ outcome: 'failed', reason });
  });

  test('a timeout', async () => {
    const { outcome, events } = await play(
      doing((lab) => lab.sleep(60_000)),
      {},
      EMBEDDED,
      { timeoutMs: 30 },
    );
    expect(outcome).toBe('timed-out');
    expect(events.at(-1)).toMatchObject({ type: 'run-end', outcome: 'timed-out' });
  });

  test('given up, while it plays and before it begins', async () => {
    const giveUp = new AbortController();
    const playing = doing(async (lab) => {
      lab.note('playing');
      giveUp.abort(new Error('SIGINT'));
      await lab.sleep(60_000);
    });
    const { outcome, events } = await play(playing, {}, EMBEDDED, { signal: giveUp.signal });
    expect(outcome).toBe('aborted');
    expect(events.at(-1)).toMatchObject({ type: 'run-end', outcome: 'aborted' });
    const before = await play(playing, {}, EMBEDDED, { signal: AbortSignal.abort(new Error('SIGINT')) });
    expect(before.outcome).toBe('aborted');
  });

  describe('errors that a client threw where nobody could catch them', () => {
    /** A run that is told of such errors by `stray`, and how long it listened. */
    async function playWith(scene: (lab: Lab, stray: (error: unknown) => void) => Promise<void>) {
      let listener: ((error: unknown) => void) | undefined;
      const played = await play(
        doing((lab) => scene(lab, (error) => listener?.(error))),
        {},
        EMBEDDED,
        {
          strayErrors: (given) => {
            listener = given;
            return () => {
              listener = undefined;
            };
          },
        },
      );
      expect(listener).toBeUndefined();
      return { ...played, notes: notesOf(played) };
    }
    const told = (message: string): string => `a client threw an error that nobody listens for: ${message}`;

    test('are told, and fail a scenario that goes on to its end', async () => {
      const { outcome, error, events, notes } = await playWith(async (lab, stray) => {
        stray(new Error('stray'));
        await lab.sleep(5);
        stray(new Error('another'));
        lab.note('went on');
        lab.check('fine', true);
      });
      expect([outcome, (error as Error).message]).toEqual(['failed', 'stray']);
      expect(notes).toEqual([told('stray'), told('another'), 'went on']);
      expect(events.at(-1)).toMatchObject({ type: 'run-end', outcome: 'failed', reason: 'stray' });
    });

    test("do not hide the scenario's own", async () => {
      const { outcome, error, events, notes } = await playWith(async (lab, stray) => {
        stray(new Error('stray'));
        await lab.sleep(5);
        throw new Error('own');
      });
      expect([outcome, (error as Error).message]).toEqual(['failed', 'own']);
      expect(notes).toEqual([told('stray')]);
      expect(events.at(-1)).toMatchObject({ reason: 'own' });
    });

    test('end a scenario that never ends by itself', async () => {
      const { outcome, error } = await hurried(() =>
        playWith(async (lab, stray) => {
          stray(new Error('stray'));
          await lab.sleep(60_000);
        }),
      );
      expect([outcome, (error as Error).message]).toEqual(['failed', 'stray']);
    });

    test('are part of being closed once the scenario is over', async () => {
      const { outcome, notes } = await playWith(async (lab, stray) => {
        lab.defer(() => stray(new Error('closed')));
      });
      expect([outcome, notes]).toEqual(['passed', []]);
    });
  });
});

describe('cleanups', () => {
  test.each(['passed', 'failed', 'timed-out'])('run last one first, each after the other, when it %s', async (end) => {
    const order: string[] = [];
    const played = await play(
      doing(async (lab) => {
        for (const name of ['first', 'second', 'third']) {
          lab.defer(async () => {
            order.push(`${name} begins`);
            await new Promise(setImmediate);
            order.push(`${name} ends`);
          });
        }
        if (end === 'failed') throw new Error('oops');
        if (end === 'timed-out') await lab.sleep(60_000);
      }),
      {},
      EMBEDDED,
      { timeoutMs: end === 'timed-out' ? 30 : 10_000 },
    );
    expect(played.outcome).toBe(end);
    expect(order).toEqual(['third', 'second', 'first'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  test('one that fails does not keep the others from running, nor a run from passing', async () => {
    const told: string[] = [];
    const done: string[] = [];
    const { outcome } = await play(
      doing(async (lab) => {
        lab.defer(() => done.push('first'));
        lab.defer(() => {
          throw new Error('no');
        });
        lab.defer(() => Promise.reject(new Error('never')));
      }),
      {},
      EMBEDDED,
      { progress: (text) => told.push(text) },
    );
    expect([outcome, done, told]).toEqual(['passed', ['first'], ['cleaning up: never; no']]);
  });

  test('one that hangs gets its time, then the next has its turn', async () => {
    const done: string[] = [];
    const hanging = doing(async (lab) => {
      lab.defer(() => done.push('first'));
      lab.defer(() => new Promise(() => {}));
    });
    await hurried(() => play(hanging));
    expect(done).toEqual(['first']);
  });

  test.each([
    ['quit', { quit: 1, disconnect: 1 }],
    ['deactivate', { deactivate: 1, close: 1 }],
    ['close', { close: 1, terminate: 1 }],
    ['terminate', { terminate: 1 }],
  ])('a client that is used is ended with its %s, after what was deferred later', async (way, methods) => {
    const done: string[] = [];
    const names = Object.keys(methods);
    const client = Object.fromEntries(names.map((name) => [name, async () => void done.push(name)]));
    await play(
      doing(async (lab) => {
        expect(lab.using(client as { close(): Promise<void> })).toBe(client);
        lab.defer(() => done.push('deferred'));
      }),
    );
    expect(done).toEqual(['deferred', way]);
  });

  test('a client that is over when the run ends is no failure of the cleanup', async () => {
    const said: string[] = [];
    const scenario = doing(async (lab) => {
      const redis = lab.using(new Redis(await lab.url('redis', 'crashed'), { retryStrategy: () => null }));
      redis.on('error', () => {});
      await redis.ping();
      await lab.cut('crashed');
    });
    await play({ ...scenario, needs: ['redis'] }, {}, EMBEDDED, { progress: (line) => said.push(line) });
    expect(said).toEqual([]);
  });

  test('what is deferred once the cleanup has begun runs, too', async () => {
    const done: string[] = [];
    await play(
      doing(async (lab) => {
        lab.defer(() => lab.defer(() => done.push('late')));
      }),
    );
    expect(done).toEqual(['late']);
  });
});

describe('on a server that others share', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await redisServer.start({ services: ['redis'] });
  });
  afterAll(() => server.close());

  test.each([
    ['passed', async () => {}],
    ['failed', () => Promise.reject(new Error('oops'))],
    ['timed-out', (lab: Lab) => lab.sleep(60_000)],
  ] as const)('nothing of a run that %s is left, and nothing of others is touched', async (end, then) => {
    const mine = new Redis(server.urls.redis!);
    await mine.set('msgplay-mine', 'stays');
    const { outcome, events } = await play(
      doing(
        async (lab) => {
          const redis = new Redis(await lab.url('redis', 'me'));
          lab.defer(() => redis.disconnect());
          await redis.set(lab.name('key'), 1);
          await redis.rpush(lab.name('list'), 'a');
          await redis.eval("redis.call('SET', KEYS[1], 1)", 1, lab.name('script')).catch(() => {});
          await (then as (lab: Lab) => Promise<void>)(lab);
        },
        ['redis'],
      ),
      {},
      { ...EMBEDDED, urls: server.urls },
      { timeoutMs: end === 'timed-out' ? 1_000 : 20_000 },
    );
    expect(outcome).toBe(end);
    expect(ofType(events, 'run-start')[0]!.prefix).toMatch(/^msgplay_\w{6}_\w{4}_$/);
    expect(await mine.keys('*')).toEqual(['msgplay-mine']);
    mine.disconnect();
  });
});

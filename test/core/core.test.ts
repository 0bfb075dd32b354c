/** The small things everybody stands on. */
import { describe, expect, test } from 'vitest';
import { listNames, loadNamed } from '../../src/core/catalogue.ts';
import { Cleanups } from '../../src/core/cleanups.ts';
import { BackendError, MsgplayError, messageOf, ProtocolError, UsageError } from '../../src/core/errors.ts';
import { plainTable } from '../../src/core/text/columns.ts';
import { didYouMean, nearest } from '../../src/core/text/suggest.ts';
import { redactText, redactUrl } from '../../src/core/urls.ts';

describe('cleanups', () => {
  test('run once, last one first, and the failures come out at the end', async () => {
    const done: number[] = [];
    const cleanups = new Cleanups();
    for (const number of [1, 2, 3]) cleanups.add(() => done.push(number));
    cleanups.add(() => {
      throw new Error('one');
    });
    await expect(cleanups.run()).rejects.toThrow('one');
    await expect(cleanups.run()).rejects.toThrow('one');
    expect(done).toEqual([3, 2, 1]);
  });

  test('several failures are told together', async () => {
    const cleanups = new Cleanups();
    for (const text of ['one', 'two']) cleanups.add(() => Promise.reject(new Error(text)));
    const error = await cleanups.run().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect(messageOf(error)).toBe('two; one');
  });

  test('none waits longer than it may', async () => {
    const done: string[] = [];
    const cleanups = new Cleanups(5);
    cleanups.add(() => done.push('next'));
    cleanups.add(() => new Promise(() => {}));
    await expect(cleanups.run()).rejects.toThrow('not done within 0.005 s');
    expect(done).toEqual(['next']);
  });
});

describe('the catalogue', () => {
  const reporters = new URL('../../src/reporters/', import.meta.url);

  test('lists modules, but neither neighbours nor the contract', async () => {
    const names = await listNames(reporters, ['reporter']);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['lines', 'ndjson', 'pretty']));
    expect(names.filter((name) => name === 'reporter' || name.startsWith('_'))).toEqual([]);
  });

  test('refuses an extension whose name is not its file’s', async () => {
    await expect(loadNamed(reporters, 'reporter')).rejects.toThrow("must export default an object named 'reporter'");
  });
});

describe('suggestions', () => {
  const known = ['rabbitmq', 'redis', 'ws', 'stomp', 'http'];

  test.each([
    ['rabitmq', 'rabbitmq'],
    ['rdeis', 'redis'],
    ['REDIS', 'redis'],
    ['sto', 'stomp'],
    ['rab', 'rabbitmq'],
    ['kafka', undefined],
    ['', undefined],
    ['x', undefined],
  ])('%o means %o', (typed, word) => {
    expect(nearest(typed, known)).toBe(word);
    expect(didYouMean(typed, known)).toBe(word === undefined ? undefined : `Did you mean ${word}?`);
  });

  test('nothing is near where nothing is known', () => {
    expect(nearest('redis', [])).toBeUndefined();
  });
});

describe('columns', () => {
  test('are as wide as their widest cell, wide characters counted as two', () => {
    expect(
      plainTable(
        ['name', 'n'],
        [
          ['日本', '1'],
          ['a', '1000'],
        ],
        [false, true],
      ),
    ).toEqual(['name     n', '日本     1', 'a     1000']);
  });

  test('rows without a head', () => {
    expect(
      plainTable(
        [],
        [
          ['a', 'bb'],
          ['ccc', 'd'],
        ],
      ),
    ).toEqual(['a    bb', 'ccc  d']);
  });
});

test('errors know who has to act', () => {
  const kinds = [
    new UsageError('typed wrong', { hint: 'so' }),
    new BackendError('not ready'),
    new ProtocolError('broken', { clause: 'X §1' }),
  ];
  expect(kinds.map(({ name, exitCode }) => [name, exitCode])).toEqual([
    ['UsageError', 2],
    ['BackendError', 3],
    ['ProtocolError', 1],
  ]);
  for (const error of kinds) expect(error).toBeInstanceOf(MsgplayError);
  expect(kinds[0]!.hint).toBe('so');
  expect(messageOf('a text')).toBe('a text');
});

test.each([
  ['amqp://guest:hush@host/v', 'amqp://guest:***@host/v'],
  ['redis://:hush@host', 'redis://:***@host'],
  ['redis://user:hu/sh@host', 'redis://user:***@host'],
  ['http://host/?token=hush&a=1', 'http://host/?token=***&a=1'],
  ['redis://host:6379', 'redis://host:6379'],
])('%s is shown as %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

test('URLs in a text keep their passwords to themselves', () => {
  const text = 'tried amqp://me:hush@one and redis://:hush@two/?key=hush today; see http://three:80/a@b';
  expect(redactText(text)).toBe('tried amqp://me:***@one and redis://:***@two/?key=*** today; see http://three:80/a@b');
});

/** Several things at a time, whose results come in order. */
import { expect, test } from 'vitest';
import { inOrder } from '../../../src/cli/many/in-order.ts';

/** Tasks that end when the test says so. */
class Tasks {
  readonly begun: number[] = [];
  readonly taken: number[] = [];
  readonly #ends = new Map<number, { resolve: (result: number) => void; reject: (error: Error) => void }>();

  do(count: number, atOnce: number, isLast = (_result: number): boolean => false): Promise<void> {
    return inOrder({
      tasks: Array.from({ length: count }, (_, index) => index),
      atOnce,
      perform: (task) => {
        this.begun.push(task);
        return new Promise<number>((resolve, reject) => this.#ends.set(task, { resolve, reject }));
      },
      take: (result) => void this.taken.push(result),
      isLast,
    });
  }

  async end(task: number): Promise<void> {
    this.#ends.get(task)?.resolve(task);
    await settled();
  }

  async fail(task: number): Promise<void> {
    this.#ends.get(task)?.reject(new Error(`task ${task}`));
    await settled();
  }
}

/** All that follows at once has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('two at a time: the next begins when one ends, results come in the order of the tasks', async () => {
  const tasks = new Tasks();
  const all = tasks.do(4, 2);
  expect(tasks.begun).toEqual([0, 1]);
  await tasks.end(1);
  expect([tasks.begun, tasks.taken]).toEqual([[0, 1, 2], []]);
  await tasks.end(0);
  expect([tasks.begun, tasks.taken]).toEqual([
    [0, 1, 2, 3],
    [0, 1],
  ]);
  await tasks.end(3);
  await tasks.end(2);
  await all;
  expect(tasks.taken).toEqual([0, 1, 2, 3]);
});

test('one at a time: the next begins when the one before was taken', async () => {
  const tasks = new Tasks();
  const all = tasks.do(2, 1);
  expect(tasks.begun).toEqual([0]);
  await tasks.end(0);
  expect([tasks.begun, tasks.taken]).toEqual([[0, 1], [0]]);
  await tasks.end(1);
  await all;
});

test('behind the last nothing begins, and what had begun is taken', async () => {
  const tasks = new Tasks();
  const all = tasks.do(5, 2, (result) => result === 1);
  await tasks.end(1);
  await tasks.end(0);
  await all;
  expect([tasks.begun, tasks.taken]).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

test('what fails is thrown when its turn has come, and ends the rest', async () => {
  const tasks = new Tasks();
  const all = tasks.do(5, 2);
  const thrown = expect(all).rejects.toThrow('task 1');
  await tasks.fail(1);
  await tasks.end(0);
  await thrown;
  expect([tasks.begun, tasks.taken]).toEqual([[0, 1], [0]]);
});

test('one that takes long does not let results pile up without end', async () => {
  const tasks = new Tasks();
  void tasks.do(1000, 2);
  for (let task = 1; task < 1000; task++) await tasks.end(task);
  expect(tasks.begun.length).toBeLessThan(500);
  expect(tasks.taken).toEqual([]);
});

import { lab } from 'msgplay/test/vitest';
import { afterEach, expect, test } from 'vitest';
import { startImages } from '../src/images.js';

let images;
afterEach(() => images.close());

/** Resolves with the first job for which the worker tells this. */
const when = (event) => new Promise((resolve) => images.worker.once(event, resolve));

test('an image is resized once', async () => {
  const sizes = [];
  images = startImages(async ({ name }) => sizes.push(name));
  const done = when('completed');
  await images.add({ name: 'cat.png' });
  await done;
  expect(sizes).toEqual(['cat.png']);
  expect(await images.counts()).toMatchObject({ completed: 1, waiting: 0, active: 0 });
});

test('one that fails is tried again', async () => {
  let tries = 0;
  images = startImages(async () => {
    tries += 1;
    if (tries < 3) throw new Error('out of memory');
  });
  const done = when('completed');
  await images.add({ name: 'huge.png' });
  await done;
  expect(tries).toBe(3);
});

test('a worker whose connection is cut goes on when it is back', async () => {
  const done = [];
  images = startImages(async ({ name }) => done.push(name));
  await images.worker.waitUntilReady();
  images.worker.on('error', () => {});
  lab.cut('worker');
  const completed = when('completed');
  await images.add({ name: 'dog.png' });
  await completed;
  expect(done).toEqual(['dog.png']);
});

/** What the backend `local` can offer; with real servers it is tested in local.real.test.ts. */
import { expect, it } from 'vitest';
import local from '../../src/backends/local.ts';
import { BackendError } from '../../src/core/errors.ts';

it('says what to do about what it can not', async () => {
  expect(await local.probe('ws', {})).toEqual({
    available: false,
    why: 'there is no program to start for WebSocket',
    hint: 'use the embedded one: --backend ws=embedded',
  });
  const { signal } = new AbortController();
  const starting = local.start({ services: ['http'], urls: {}, ports: {}, progress: () => {}, signal });
  await expect(starting).rejects.toBeInstanceOf(BackendError);
});

it('says what is missing where nothing is installed', async () => {
  const { PATH } = process.env;
  process.env.PATH = '/nonexistent';
  try {
    const found = await local.probe('redis', {});
    // The usual places are looked at, too.
    if (!found.available)
      expect([found.why, found.hint]).toEqual([expect.any(String), expect.stringContaining('install')]);
  } finally {
    process.env.PATH = PATH;
  }
});

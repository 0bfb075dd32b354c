import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/time/clock.ts';
import { createEngine } from '../../../../src/servers/redis/create.ts';
import { RELEASES } from '../../../../src/servers/redis/releases.ts';
import { TestClient } from '../client.ts';
import { expectedTime, seenTime } from './_time.ts';

test.each(RELEASES)('what time a script of $name sees', async (release) => {
  const engine = createEngine({ clock: systemClock, release });
  try {
    expect(await seenTime(TestClient.of(engine))).toEqual(expectedTime(release.name));
  } finally {
    engine.close();
  }
});

test('a transaction sees one time, and the next command another', async () => {
  const engine = createEngine({ clock: systemClock });
  try {
    const client = TestClient.of(engine);
    const burn = 'local begun = os.clock() repeat until os.clock() - begun > 0.01';
    for (const words of [['MULTI'], ['TIME'], ['EVAL', burn, '0'], ['TIME']]) await client.call(...words);
    const [first, second] = (await client.bytes('EXEC')).match(/\d{10}\r\n\$\d+\r\n\d+/g) ?? [];
    expect(first).toBeDefined();
    expect(second).toBe(first);
    await client.call('EVAL', burn, '0');
    expect(await client.bytes('TIME')).not.toContain(first);
  } finally {
    engine.close();
  }
});

/** How long a reply may take to be written, by a clock that leaps. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/time/clock.ts';
import { createEngine } from '../../../../src/servers/redis/create.ts';
import { TestClient } from '../client.ts';

it('of a script that was overdue has a time of its own, as on a slow machine', async () => {
  let now = 0;
  let leapMs = 0;
  // Each look at the clock finds that so much has passed.
  const engine = createEngine({ clock: { ...systemClock, now: () => (now += leapMs) } });
  const [slow, other] = [TestClient.of(engine), TestClient.of(engine)];
  const values = 200_000;
  const script = `local t = {} for i = 1, ${values} do t[i] = 1 end return t`;
  leapMs = 300;
  const reply = slow.bytes('EVAL', script, '0');
  expect(await other.bytes('GET', 'a')).toMatch(/^-BUSY/);
  const text = await reply;
  expect([text.slice(0, 13), text.length]).toEqual([`*${values}\r\n:1\r\n`, 9 + 4 * values]);
});

/** What `msgplay run` does that takes much time. */
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import { msgplay } from '../helpers/cli.ts';
import { ofType, scenarios } from '../helpers/play.ts';

test('--all runs every scenario, in the order of the course', async () => {
  const { code, stdout } = await msgplay(['run', '--all', '--format', 'ndjson', '--updates', '2']);
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line): TraceEvent => JSON.parse(line));
  const names = (await scenarios()).map(({ name }) => name);
  expect(ofType(events, 'run-start').map(({ scenario }) => scenario)).toEqual(names);
});

import { expect, it, onTestFinished, vi } from 'vitest';
import { createEngine } from '../../../../src/servers/redis/create.ts';
import { TestClient } from '../client.ts';

it('tells once of each setting that has no effect, and of none that changes nothing', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  onTestFinished(() => warn.mockRestore());
  const engine = createEngine({});
  const client = TestClient.of(engine);
  for (const [name, value] of [
    ['save', ''],
    ['appendonly', 'NO'],
    ['maxmemory', '0'],
    ['appendonly', 'yes'],
    ['timeout', '300'],
    ['timeout', '200'],
  ] as const) {
    expect(await client.bytes('CONFIG', 'SET', name, value)).toBe('+OK\r\n');
  }
  expect(warn.mock.calls.map(([text]) => text)).toEqual([
    'CONFIG SET appendonly was accepted, but has no effect on the embedded Redis',
    'CONFIG SET timeout was accepted, but has no effect on the embedded Redis',
  ]);
  engine.close();
});

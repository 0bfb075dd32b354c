/** One example for each thing that msgplay offers to other programs, run as its first line says. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { startServers } from '../../src/servers/embedded.ts';

const run = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL('./examples/', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'msgplay-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

const node = async (file: string, ...args: string[]): Promise<string> =>
  (await run(process.execPath, [join(EXAMPLES, file), ...args])).stdout;
const msgplay = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [BIN, ...args], { cwd: EXAMPLES })).stdout;

const EXPECTED: Record<string, () => Promise<void>> = {
  async 'scenario.js'() {
    expect(await msgplay('run', './scenario.js')).toContain('✓ the counter counts');
  },
  async 'run-scenario.js'() {
    expect(await node('run-scenario.js')).toBe('passed: the counter counts\n');
  },
  async 'reporter.js'() {
    expect(await msgplay('run', './scenario.js', '--format', './reporter.js')).toBe('ok the counter counts\n');
  },
  async 'saved-run.js'() {
    const saved = join(folder, 'run.ndjson');
    writeFileSync(saved, await msgplay('run', './scenario.js', '--format', 'ndjson'));
    expect(await node('saved-run.js', saved)).toMatch(/^passed after \d+ frames\n$/);
  },
  async 'lab.js'() {
    expect(await node('lab.js')).toBe('order 7 was acked by the mailer\n');
  },
  async 'embedded-server.js'() {
    expect(await node('embedded-server.js')).toBe('hello\n');
  },
  async 'without-ports.js'() {
    expect(await node('without-ports.js')).toBe('+OK :1\n:0\n');
  },
  async 'tap.js'() {
    const servers = await startServers({ services: ['redis'] });
    try {
      const told = await node('tap.js', servers.urls.redis ?? '');
      expect(told).toContain('client SET greeting hello');
      expect(told).toMatch(/server reply .*OK/);
    } finally {
      await servers.close();
    }
  },
};

test.each(Object.entries(EXPECTED))('%s', { timeout: 30_000 }, (_, check) => check());

test('every example is run', () => {
  expect(readdirSync(EXAMPLES).sort()).toEqual(Object.keys(EXPECTED).sort());
});

/** The page in a browser. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import html from '../../src/reporters/html.ts';

const run = promisify(execFile);
const browser = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

async function rendered(change: (event: TraceEvent) => TraceEvent): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const text = readFileSync(new URL('../golden/recorded/pubsub.ndjson', import.meta.url), 'utf8');
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => change(JSON.parse(line)));
  const look = { layer: undefined, width: 100, colorLevel: 0, handshakes: false, language: 'ko' } as const;
  const file = join(folder, 'page.html');
  writeFileSync(file, html.document?.([events.map(html.begin(look)).join('')]) ?? '');
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${folder}/profile`,
    '--virtual-time-budget=3000',
  ];
  const { stdout } = await run(browser ?? '', [...flags, '--dump-dom', `file://${file}`], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

test.skipIf(browser === undefined)('shows the run in the language asked for', { timeout: 120_000 }, async () => {
  const dom = await rendered((event) => event);
  expect(dom).toContain('role="listbox"');
  expect(dom.match(/class="row /g)?.length).toBeGreaterThan(5);
  expect(dom).toMatch(/<html lang="ko"/);
});

test.skipIf(browser === undefined)('shows markup in a body as text', { timeout: 120_000 }, async () => {
  const body = '</script><img src=x onerror="document.title=1"><b>bold</b>';
  const dom = await rendered((event) => (event.type === 'message' ? { ...event, body } : event));
  expect(dom).toContain('&lt;b&gt;bold&lt;/b&gt;');
  expect(dom).not.toMatch(/<img|<b>/);
  expect(dom).toMatch(/<title>[^<]*pubsub/);
});

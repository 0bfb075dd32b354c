/** The page: whole in one file, and safe whatever a message holds. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import html from '../../src/reporters/html.ts';

const HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>&lt;\u2028';

function recorded(name: string, body?: string): TraceEvent[] {
  const text = readFileSync(new URL(`../golden/recorded/${name}.ndjson`, import.meta.url), 'utf8');
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceEvent);
  return events.map((event) => (event.type === 'message' && body !== undefined ? { ...event, body } : event));
}

function pageOf(...runs: TraceEvent[][]): string {
  const look = { layer: undefined, width: 100, colorLevel: 0, handshakes: true, language: 'en' } as const;
  return html.document?.(runs.map((events) => events.map(html.begin(look)).join(''))) ?? '';
}

function runsIn(
  page: string,
): { title: { en: string; ko: string }; lines: { layers: string; row: { text: object } }[] }[] {
  return JSON.parse(/<script type="application\/json" id="runs">(.*?)<\/script>/s.exec(page)?.[1] ?? '');
}

test('holds every run in both languages, at each layer', () => {
  const [pubsub, chat] = runsIn(pageOf(recorded('pubsub'), recorded('stomp-chat')));
  expect(pubsub?.title.en).toContain('pubsub');
  expect(chat?.title.ko).toMatch(/\p{Script=Hangul}/u);
  for (const run of [pubsub, chat]) {
    expect(new Set(run?.lines.flatMap(({ layers }) => [...layers]))).toEqual(new Set('smf'));
    expect(run?.lines.every(({ row }) => Object.keys(row.text).join() === 'en,ko')).toBe(true);
  }
});

test('nothing of a message can end the element that it stands in, or run', () => {
  const page = pageOf(recorded('pubsub', HOSTILE));
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).not.toContain('<img');
  expect(JSON.stringify(runsIn(page))).toContain('onerror=alert(1)');
});

test('the policy lets its own program and style in, and nothing else', () => {
  const page = pageOf(recorded('pubsub'));
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  const [program = '', style = ''] = [/<script type="module">(.*?)<\/script>/s, /<style>(.*?)<\/style>/s].map(
    (part) => part.exec(page)?.[1],
  );
  for (const [directive, text] of [
    ['script-src', program],
    ['style-src', style],
  ]) {
    const hash = createHash('sha256')
      .update(text ?? '')
      .digest('base64');
    expect(policy).toContain(`${directive} 'sha256-${hash}'`);
  }
});

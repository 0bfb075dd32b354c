/** The page: whole in one file, and safe whatever a message holds. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import { pageOf, piecesIn, recordedRun } from '../helpers/html.ts';

const HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>&lt;\u2028\t\n';

function saying(body: string): TraceEvent[] {
  return recordedRun('pubsub').map((event) => (event.type === 'message' ? { ...event, body } : event));
}

test('holds every run in both languages, at each layer', () => {
  const pieces = piecesIn(pageOf([recordedRun('pubsub'), recordedRun('stomp-chat')]));
  const [pubsub, chat] = pieces.filter(({ piece }) => piece.piece === 'run').map(({ piece }) => piece.title);
  expect(pubsub.en).toContain('pubsub');
  expect(chat.ko).toMatch(/\p{Script=Hangul}/u);
  const lines = pieces.flatMap(({ piece }) => (piece.piece === 'line' ? [piece] : []));
  expect(new Set(lines.flatMap(({ layers }) => [...layers]))).toEqual(new Set('smf'));
  expect(lines.every(({ row }) => Object.keys(row.text).join() === 'en,ko')).toBe(true);
});

test('holds every event that it shows, as it was told', () => {
  const events = saying(HOSTILE);
  const told = piecesIn(pageOf([events])).flatMap(({ event }) => (event === undefined ? [] : [event]));
  const silent = new Set(['peer', 'connection']);
  expect(told).toEqual(events.filter(({ type }) => !silent.has(type)));
});

test('names who takes part before the first line that needs them', () => {
  const known = new Set<string>();
  for (const { piece } of piecesIn(pageOf([recordedRun('job-queue')]))) {
    if (piece.piece === 'who') for (const { id } of piece.participants) known.add(id);
    if (piece.piece !== 'line' || piece.row.kind !== 'arrow') continue;
    expect(known).toContain(piece.row.from);
    expect(known).toContain(piece.row.to);
  }
  expect(known.size).toBeGreaterThan(2);
});

test('nothing of a message can end the element that it stands in, or run', () => {
  const page = pageOf([saying(HOSTILE)]);
  expect(page).not.toContain('owned');
  expect(page).not.toContain('<img');
  expect(page.match(/<script type="module"/g)).toHaveLength(1);
});

test('the policy lets its own program and style in, and nothing else', () => {
  const page = pageOf([recordedRun('pubsub')]);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:|self/);
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

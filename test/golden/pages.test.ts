/** What people see of recorded runs, in every format, at several widths. */
import { readdirSync, readFileSync } from 'node:fs';
import stringWidth from 'fast-string-width';
import { describe, expect, test } from 'vitest';
import { loadNamed } from '../../src/core/catalogue.ts';
import type { TraceEvent } from '../../src/core/events.ts';
import type { Language } from '../../src/core/language.ts';
import { LAYERS, type Layer, type Reporter } from '../../src/reporters/reporter.ts';

const RECORDED = new URL('recorded/', import.meta.url);
const REPORTERS = new URL('../../src/reporters/', import.meta.url);

/** Runs that are about how connections begin and end. */
const HANDSHAKES = new Set(['stomp-chat', 'http-vs-ws']);
const recordings = readdirSync(RECORDED).map((file) => file.replace('.ndjson', ''));

function eventsOf(recording: string): TraceEvent[] {
  const text = readFileSync(new URL(`${recording}.ndjson`, RECORDED), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function page(
  recording: string,
  format: string,
  layer: Layer | undefined,
  width: number,
  language: Language = 'en',
): Promise<string> {
  const reporter = await loadNamed<Reporter>(REPORTERS, format);
  const report = reporter.begin({ layer, width, colorLevel: 0, language, handshakes: HANDSHAKES.has(recording) });
  return eventsOf(recording).map(report).join('');
}

describe.each(recordings)('%s', (recording) => {
  test.each([60, 80, 100, 120, 160])('in lanes, %i columns', async (width) => {
    const text = await page(recording, 'pretty', undefined, width);
    expect(text.split('\n').filter((line) => stringWidth(line) > width)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`pages/${recording}-pretty-${width}.txt`);
  });

  test('in Korean', async () => {
    const text = await page(recording, 'pretty', undefined, 100, 'ko');
    expect(text.split('\n').filter((line) => stringWidth(line) > 100)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`pages/${recording}-pretty-100-ko.txt`);
  });

  test.each(LAYERS)('in lines, layer %s', async (layer) => {
    await expect(await page(recording, 'lines', layer, 100)).toMatchFileSnapshot(
      `pages/${recording}-lines-${layer}.txt`,
    );
  });

  test('as JSON, nothing is lost', async () => {
    const text = await page(recording, 'ndjson', undefined, 100);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(eventsOf(recording));
  });
});

/** What people see of recorded runs: of some in every format, at several widths; of each scenario in both languages. */
import stringWidth from 'fast-string-width';
import { describe, expect, test } from 'vitest';
import { loadNamed } from '../../src/core/catalogue.ts';
import type { Language } from '../../src/core/language.ts';
import { LAYERS, type Layer, type Reporter } from '../../src/reporters/reporter.ts';
import { scenarios } from '../helpers/play.ts';
import { course, eventsOf, framed, recordings } from '../helpers/recordings.ts';

const REPORTERS = new URL('../../src/reporters/', import.meta.url);

async function page(
  recording: string,
  format: string,
  layer: Layer | undefined,
  width: number,
  language: Language = 'en',
): Promise<string> {
  const reporter = await loadNamed<Reporter>(REPORTERS, format);
  const events = eventsOf(recording);
  const [start] = events;
  const handshakes = start?.type === 'run-start' && start.handshakes === true;
  return events.map(reporter.begin({ layer, width, colorLevel: 0, language, handshakes })).join('');
}

describe.each(framed)('%s', (recording) => {
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

test('each scenario has a page', async () => {
  const names = (await scenarios()).map(({ name }) => name);
  expect([...recordings].sort()).toEqual(names.sort());
});

describe.each(course)('%s', (recording) => {
  test.each([
    ['English', 'en', ''],
    ['Korean', 'ko', '-ko'],
  ] as const)('in %s', async (_title, language, ending) => {
    const text = await page(recording, 'pretty', undefined, 100, language);
    expect(text.split('\n').filter((line) => stringWidth(line) > 100)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`pages/${recording}-pretty-100${ending}.txt`);
  });
});

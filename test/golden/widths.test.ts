/** Pages of recorded runs at any width: what fits is in lanes, and whatever does not is broken between words only. */
import fc from 'fast-check';
import stringWidth from 'fast-string-width';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import { LANGUAGES, type Language } from '../../src/core/language.ts';
import lines from '../../src/reporters/lines.ts';
import pretty from '../../src/reporters/pretty.ts';
import type { Reporter } from '../../src/reporters/reporter.ts';
import { wordsIn } from '../../src/reporters/words/words.ts';
import { eventsOf, recordings } from '../helpers/recordings.ts';

function page(events: readonly TraceEvent[], width: number, language: Language, reporter: Reporter = pretty): string {
  return events
    .map(reporter.begin({ layer: undefined, width, colorLevel: 0, language, handshakes: false }))
    .join('')
    .trimEnd();
}

/** A path by its parts, a body by its fields without what closes them, and without the sign that it was cut behind a word or a field; without lifelines, arrows, the bars of a table, and what a narrow table puts behind its cells. */
function wordsOf(text: string): string[] {
  return text
    .replace(/…(?=[}"]*(?:\s|$))/gm, '')
    .split(/[\s┃│◀▶─█▉▊▋▌▍▎▏]+|(?=[/?&])|(?<=,)/)
    .map((word) => word.replace(/[}"]*[:,]?$/, ''))
    .filter((word) => word !== '');
}

test('no line is wider than the page, but where a single word is; and no word is broken', () => {
  const any = fc.record({
    recording: fc.constantFrom(...recordings),
    width: fc.integer({ min: 40, max: 240 }),
    language: fc.constantFrom(...LANGUAGES),
  });
  const whole = new Map<string, Set<string>>();
  fc.assert(
    fc.property(any, ({ recording, width, language }) => {
      const events = eventsOf(recording);
      const text = page(events, width, language);
      const wide = text.split('\n').filter((line) => stringWidth(line) > width);
      expect(wide.filter((line) => line.trim().includes(' '))).toEqual([]);
      const key = `${recording} ${language}`;
      const widest = (): string => [lines, pretty].map((reporter) => page(events, 2000, language, reporter)).join('\n');
      const known = whole.get(key) ?? new Set([...wordsOf(widest()), ...wordsOf(wordsIn(language).why(''))]);
      whole.set(key, known);
      expect(wordsOf(text).filter((word) => !known.has(word))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.ts';
import type { TraceEvent } from '../../../src/core/events.ts';
import { worded } from '../../../src/core/statements/index.ts';
import { readRun } from '../../../src/core/trace/saved-run.ts';
import { TRACE_SCHEMA } from '../../../src/core/trace/schema.ts';

const RECORDED = new URL('../../golden/recorded/', import.meta.url);
const note = { seq: 1, at: 0.5, type: 'note', text: 'über\nzwei Zeilen' } as const;

async function read(source: Parameters<typeof readRun>[0]): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  for await (const event of readRun(source)) events.push(event);
  return events;
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('a saved run', () => {
  it.each(readdirSync(RECORDED))('%s is read as it was told', async (file) => {
    const text = readFileSync(new URL(file, RECORDED), 'utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    expect(await read(text)).toEqual(lines.map((line) => JSON.parse(line)));
  });

  it('may come in any pieces, with or without a last line end', async () => {
    const lines = [note, { ...note, seq: 2 }].map((event) => JSON.stringify(event));
    const whole = [note, { ...note, seq: 2 }];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('', '\n', '\r\n', '\n\n'),
        async (size, end) => {
          expect(await read(pieces(Buffer.from(lines.join('\r\n') + end), size))).toEqual(whole);
        },
      ),
    );
  });

  it('passes on what this version does not know', async () => {
    const event = { seq: 1, at: 0, type: 'of tomorrow', more: { than: ['today'] } };
    expect(await read(JSON.stringify(event))).toEqual([event]);
  });

  it.each([
    ['no JSON', 'a trace'],
    ['no event', '{"type":"note"}'],
    ['no event', '[1]'],
    ['no event', 'null'],
  ])('says which line is %s', async (what, line) => {
    const failed = read(`${JSON.stringify(note)}\n${line}\n`);
    await expect(failed).rejects.toThrow(UsageError);
    await expect(failed).rejects.toThrow(`line 2 of the saved run is ${what}`);
  });

  it('refuses what its schema refuses, wherever a line is broken', async () => {
    const validate = new Ajv2020({ strict: false }).compile(TRACE_SCHEMA);
    const lines = ['job-queue', 'http-vs-ws', 'pubsub'].flatMap((name) =>
      readFileSync(new URL(`${name}.ndjson`, RECORDED), 'utf8')
        .trimEnd()
        .split('\n'),
    );
    const refused = { here: 0, there: 0 };
    const broken = fc.constantFrom<unknown>(undefined, null, 'eaten', -1, 1.5, true, [], {}, [[{}]], { code: 7 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...lines),
        fc.double({ min: 0, max: 1, noNaN: true }),
        broken,
        async (line, which, value) => {
          const event = JSON.parse(line);
          const places = placesIn(event);
          places[Math.min(places.length - 1, Math.floor(which * places.length))]?.(value);
          const isValid = validate(JSON.parse(JSON.stringify(event)));
          const isRead = await read(JSON.stringify(event)).then(
            () => true,
            () => false,
          );
          refused.here += isRead ? 0 : 1;
          refused.there += isValid ? 0 : 1;
          expect(isRead, JSON.stringify(event)).toBe(isValid);
        },
      ),
      { numRuns: 500 },
    );
    expect(refused.here).toBeGreaterThan(50);
  });

  it('names the field that is wrong', async () => {
    await expect(read('{"seq":1,"at":0,"type":"check","title":"x","passed":"yes"}')).rejects.toThrow(
      'line 1 of the saved run is no event of the type check: passed is "yes"',
    );
    await expect(read('{"seq":1,"at":0,"type":"step"}')).rejects.toThrow('no event of the type step: text is missing');
  });

  it('tells a reason whose values are of another version by its code', () => {
    expect(worded({ code: 'UNROUTABLE_NO_MATCH', values: {} } as never)).toBe('UNROUTABLE_NO_MATCH');
  });
});

/** Ways to put something else into every place of an event. */
function placesIn(inside: object): ((value: unknown) => void)[] {
  return Object.entries(inside).flatMap(([key, value]) => [
    (other: unknown) => Object.assign(inside, { [key]: other }),
    ...(value !== null && typeof value === 'object' ? placesIn(value) : []),
  ]);
}

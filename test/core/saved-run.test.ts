import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import type { TraceEvent } from '../../src/core/events.ts';
import { readRun } from '../../src/core/saved-run.ts';

const RECORDED = new URL('../golden/recorded/', import.meta.url);
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
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/core/errors.ts';
import { flagOf, type OptionSpecs, readOptions } from '../../../src/lab/scenario/options.ts';

const SPECS = {
  jobs: { type: 'integer', default: 8, min: 1, max: 1000, help: '' },
  rate: { type: 'number', default: 0.5, min: 0, max: 1, help: '' },
  crash: { type: 'flag', help: '' },
  via: { type: 'choice', choices: ['both', 'redis'], default: 'both', help: '' },
  name: { type: 'text', default: 'x', help: '' },
} as const satisfies OptionSpecs;

test('nothing typed gives the defaults', () => {
  expect(readOptions(SPECS, {})).toEqual({ jobs: 8, rate: 0.5, crash: false, via: 'both', name: 'x' });
});

test('flags are in kebab-case', () => {
  expect(['jobs', 'slowWorker', 'aVeryLongOne'].map(flagOf)).toEqual(['--jobs', '--slow-worker', '--a-very-long-one']);
});

describe('whatever is typed', () => {
  test('a whole number within its range is that number, and nothing else is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double(), fc.string(), fc.integer({ min: -5, max: 1005 })), (typed) => {
        const text = String(typed);
        const value = text.trim() === '' ? Number.NaN : Number(text);
        const right = Number.isInteger(value) && value >= 1 && value <= 1000;
        if (right) expect(readOptions(SPECS, { jobs: text }).jobs).toBe(value);
        else expect(() => readOptions(SPECS, { jobs: text })).toThrow(UsageError);
      }),
    );
  });

  test('the result is of the declared type and within its range, or it is a UsageError that names the flag', () => {
    const raw = fc.record(
      { jobs: fc.string(), rate: fc.string(), via: fc.string(), name: fc.string(), crash: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(raw, (typed) => {
        try {
          const { jobs, rate, crash, via, name } = readOptions(SPECS, typed as Record<string, string | boolean>);
          expect(Number.isInteger(jobs) && jobs >= 1 && jobs <= 1000).toBe(true);
          expect(rate >= 0 && rate <= 1).toBe(true);
          expect(['both', 'redis']).toContain(via);
          expect(typeof crash).toBe('boolean');
          expect(typeof name).toBe('string');
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          expect(error.message).toMatch(/^--(jobs|rate|via) takes /);
        }
      }),
    );
  });

  test.each(['Infinity', 'NaN', '1e3e', '0x', ' ', ''])('%o is no number', (typed) => {
    expect(() => readOptions(SPECS, { rate: typed })).toThrow('--rate takes a number from 0 to 1');
  });
});

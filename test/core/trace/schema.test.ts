/** What runs tell keeps to the schema that ships, and the schema names all that they tell. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../../src/core/events.ts';
import { fieldsOf, TRACE_SCHEMA } from '../../../src/core/trace/schema.ts';
import { play, scenario } from '../../helpers/play.ts';

const RECORDED = new URL('../../golden/recorded/', import.meta.url);
const COMMON = ['seq', 'at', 'type', 'translations'];
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(TRACE_SCHEMA);

function hold(events: readonly TraceEvent[]): void {
  for (const event of events) {
    expect(validate(event), `${JSON.stringify(event)}\n${JSON.stringify(validate.errors)}`).toBe(true);
    const listed = [...COMMON, ...(fieldsOf(event.type) ?? [])];
    expect(Object.keys(event).filter((field) => !listed.includes(field))).toEqual([]);
  }
}

test.each(readdirSync(RECORDED))('recorded: %s', (file) => {
  const lines = readFileSync(new URL(file, RECORDED), 'utf8').trimEnd().split('\n');
  hold(lines.map((line) => JSON.parse(line)));
});

test('a run with its bytes', async () => {
  const { events } = await play(await scenario('pubsub'), { via: 'redis' });
  hold(events);
});

describe('refuses', () => {
  test.each([
    [{ seq: 0, at: 0, type: 'step', text: 'x' }],
    [{ seq: 1, at: -1, type: 'step', text: 'x' }],
    [{ seq: 1, at: 0, type: 'step' }],
    [{ seq: 1, at: 0, type: 'check', title: 'x', passed: 'yes' }],
    [{ seq: 1, at: 0, type: 'run-end', outcome: 'done', durationMs: 1, stats: {} }],
  ])('%j', (event) => {
    expect(validate(event)).toBe(false);
  });
});

test('takes what a newer msgplay may add', () => {
  expect(validate({ seq: 1, at: 0, type: 'weather', sunny: true })).toBe(true);
  expect(validate({ seq: 1, at: 0, type: 'step', text: 'x', mood: 'good' })).toBe(true);
});

import { describe, expect, test } from 'vitest';
import { Naming } from '../../../src/story/ledger/naming.ts';

const naming = new Naming(['job', 'event']);

function content(text: string, sizeBytes = Buffer.byteLength(text)) {
  return { body: Buffer.from(text), sizeBytes };
}

describe('a message is called', () => {
  test.each([
    ['by a field of its body', '{"job":3,"costMs":20}', 'job 3'],
    ['by a text, too', '{"event":"order placed"}', 'event order placed'],
    ['by the field that is declared first', '{"event":1,"job":2}', 'job 2'],
    ['by a field inside', '{"data":{"job":3}}', 'job 3'],
    ['by a field of a body inside the body', '{"data":"{\\"job\\":3}"}', 'job 3'],
  ])('%s', (_how, body, name) => {
    expect(naming.of(content(body))).toBe(name);
  });

  test('by what was kept of a long body', () => {
    expect(naming.of(content('{ "job" : 3, "text": "and so on', 5_000))).toBe('job 3');
    expect(naming.of(content('{"job":"a\\"b","text":"and so on', 5_000))).toBe('job a"b');
  });

  test('by a property or header', () => {
    const beside = [undefined, { type: 'x' }, new Map([['job', '7']])];
    expect(naming.of({ ...content('plain text'), beside })).toBe('job 7');
    expect(naming.of({ ...content('{"job":3}'), beside }), 'the body counts first').toBe('job 3');
    const entry = [{ job: '{"job":8,"costMs":1}' }];
    expect(naming.of({ ...content('job {"job":8'), beside: entry }), 'by a body in a field').toBe('job 8');
  });
});

describe('nothing is called', () => {
  test.each([
    ['what no field names', '{"other":3}'],
    ['what is no JSON', '{"job":3'],
    ['a text', 'job 3'],
    ['what has no value to be called by', '{"job":{"a":1}}'],
    ['what has an empty one', '{"job":""}'],
    ['what has one that is no name', `{"job":"${'long '.repeat(20)}"}`],
    ['what inherits', '{"a":1}'],
    ['what is too deep', `${'['.repeat(50)}{"job":3}${']'.repeat(50)}`],
    ['nothing', ''],
  ])('%s', (_what, body) => {
    expect(naming.of(content(body))).toBeUndefined();
  });

  test('where no field is declared', () => {
    expect(new Naming([]).of(content('{"job":3}'))).toBeUndefined();
  });

  test('by what every object has', () => {
    expect(new Naming(['constructor', '__proto__']).of(content('{"a":1}'))).toBeUndefined();
  });
});

test('a response may bring several', () => {
  expect(naming.all(content('[{"job":1},{"job":2},{"job":1},{"event":9}]'))).toEqual(['job 1', 'job 2', 'event 9']);
});

test('a field that looks like a pattern is taken as it is', () => {
  expect(new Naming(['a.b*']).of(content('{"a.b*":1,"x":"and so on', 900))).toBe('a.b* 1');
});

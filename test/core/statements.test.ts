/** What the story says, in every language. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Statement, worded } from '../../src/core/statements/index.ts';

const FILES = ['broker', 'redis', 'run', 'web'];
const korean = FILES.map((file) => {
  const url = new URL(`../../src/core/statements/${file}.ko.ts`, import.meta.url);
  return [file, readFileSync(url, 'utf8')] as const;
});

test('English unless asked otherwise; the words of protocols stay', () => {
  const statement: Statement = { code: 'CONSUMES', values: { queue: 'jobs', noAck: true } };
  expect(worded(statement)).toBe('consumes from queue jobs, without acks');
  expect(worded(statement, 'en')).toBe(worded(statement));
  expect(worded(statement, 'ko')).toBe('jobs 큐를 소비하기 시작한다 (ack 없이)');
});

test('values that are words of ours are worded too', () => {
  const values = { by: 'server', peer: 'alice', code: 1000, reason: 'bye' } as const;
  expect(worded({ code: 'WEBSOCKET_CLOSE', values })).toBe('close from the server: 1000 bye');
  expect(worded({ code: 'WEBSOCKET_CLOSE', values }, 'ko')).toBe('서버의 close: 1000 bye');
  const death = { code: 'DEAD_LETTER', values: { queue: 'jobs', cause: 'maxlen' } } as const;
  expect(worded(death)).toBe('dropped, as it was full, in queue jobs');
  expect(worded(death, 'ko')).toBe('jobs 큐에서 가득 차서 밀려났다');
});

test('a code of another version stands for itself, in every language', () => {
  const unknown = { code: 'SAID_IN_2031', values: {} } as unknown as Statement;
  expect(worded(unknown)).toBe('SAID_IN_2031');
  expect(worded(unknown, 'ko')).toBe('SAID_IN_2031');
});

/** 은/는, 이/가, 을/를, 와/과, 으로/로, 이라/라: their form depends on the sound before them, which a value does not tell. */
test.each(korean)('no particle that depends on a value stands behind one: %s', (_file, text) => {
  const wrong = text.match(/\}(?:은|는|이|가|을|를|와|과|으로|로|이라|라|이다|이고)(?![가-힣])[^`]*/g);
  expect(wrong).toBeNull();
});

import { describe, expect, test } from 'vitest';
import { hideSecrets, isSecretName, learnSecret, learnUrl, withoutSecrets } from '../../src/core/secrets.ts';

let count = 0;
/** A secret that no other test knows. */
const secret = (): string => `hush${++count}-q7x`;

test.each([
  'password',
  'X-CSRF-Token',
  'X-Amz-Security-Token',
  'client_secret',
  'refresh_token',
  'id_token',
  'dbPassword',
  'x-api-key',
  'Authorization',
  'Set-Cookie',
  'access%5Ftoken',
  'X-Amz-Signature',
  'sig',
])('%s is the name of a secret', (name) => expect(isSecretName(name)).toBe(true));

test.each(['routingKey', 'key', 'code', 'author', 'tokens', 'passed', 'session', 'design', 'visitor'])(
  '%s is not',
  (name) => expect(isSecretName(name)).toBe(false),
);

describe('in a text', () => {
  test.each([
    (one: string) => `at amqp://me:${one}@host:5672/x`,
    (one: string) => `GET /a?b=c&client_secret=${one}&d=e`,
    (one: string) => `GET /cb?code=${one}`,
    (one: string) => `GET /a?access%5Ftoken=${one}`,
    (one: string) => `user=me&password=${one}&go=1`,
    (one: string) => `{"user":"me","password":"${one}","n":1}`,
    (one: string) => JSON.stringify(JSON.stringify({ refresh_token: one, n: 1 })),
    (one: string) => `{"a":{"apiKey" : "${one}`,
    (one: string) => `authorization=${one} x-api-key=${one}`,
    (one: string) => `Authorization: Bearer ${one}`,
    (one: string) => `the client said bearer ${one}, and went`,
    (one: string) => `-----BEGIN RSA PRIVATE KEY-----${one}-----END RSA PRIVATE KEY-----`,
    (one: string) => `-----BEGIN PRIVATE KEY-----${one}`,
  ])('%s', (say) => {
    const one = secret();
    expect(hideSecrets(say(one))).not.toContain(one);
    // What was a secret once stays hidden.
    expect(hideSecrets(`told again: ${one}.`)).toBe('told again: ***.');
  });

  test.each([
    'at http://127.0.0.1:8080/x?mail=a@b.example',
    'SET key value',
    'key=jobs tag=1 token=33 {"token":33,"code":404}',
    'redis://127.0.0.1:6379',
    'http://a:80, http://b:81',
    'the bearer authorizes whoever bears it: Bearer realm="me"',
    '-----BEGIN PUBLIC KEY-----abc1-----END PUBLIC KEY-----',
  ])('%s is left as it is', (text) => expect(hideSecrets(text)).toBe(text));

  test('so is a user, and what stands around a secret', () => {
    expect(hideSecrets('at amqp://me:s3cr/e#t a@host')).toBe('at amqp://me:***@host');
    expect(hideSecrets('redis://me:s3cret/x@127.0.0.1:1/?token=abcdefgh today')).toBe(
      'redis://me:***@127.0.0.1:1/?token=*** today',
    );
  });
});

test('whatever form a secret was learnt in, it is hidden in the others', () => {
  learnUrl('amqp://me:p%40ss-word-9@host');
  for (const form of ['p%40ss-word-9', 'p@ss-word-9', Buffer.from('me:p@ss-word-9').toString('base64')]) {
    expect(hideSecrets(`x ${form} y`)).toBe('x *** y');
  }
});

test('what everybody knows, and what is too short, is no secret', () => {
  for (const one of ['guest', 'abc', '']) learnSecret(one);
  expect(hideSecrets('a guest says abc')).toBe('a guest says abc');
});

test('in every field of a value, by its name and by having been seen, wherever it stands', () => {
  const [one, two, three] = [secret(), secret(), secret()];
  const value = {
    summary: `said ${two}`,
    fields: {
      headers: [
        ['X-CSRF-Token', one],
        ['Host', 'a'],
      ],
      properties: { authorization: two, n: 1 },
    },
    options: { apiKey: three },
    rows: [
      [`about ${one}`, 1],
      ['token bucket', 'plain text'],
    ],
  };
  expect(withoutSecrets(value)).toEqual({
    summary: 'said ***',
    fields: {
      headers: [
        ['X-CSRF-Token', '***'],
        ['Host', 'a'],
      ],
      properties: { authorization: '***', n: 1 },
    },
    options: { apiKey: '***' },
    rows: [
      ['about ***', 1],
      ['token bucket', 'plain text'],
    ],
  });
  const plain = { a: [1, 'x', { b: null }] };
  expect(withoutSecrets(plain)).toBe(plain);
});

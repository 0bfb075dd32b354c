import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { SERVICES } from '../../src/core/services.ts';
import { addressOf, authorityOf, credentialsOf, parseServiceUrl, redactUrl } from '../../src/core/urls.ts';

describe('parseServiceUrl', () => {
  it.each([
    ['rabbitmq', 'amqp://guest:guest@broker/vh', 'broker', 5672, false],
    ['rabbitmq', 'amqps://broker', 'broker', 5671, true],
    ['redis', 'redis://[::1]', '::1', 6379, false],
    ['redis', 'rediss://h:6380/1', 'h', 6380, true],
    ['ws', 'ws://h/x', 'h', 80, false],
    ['stomp', 'wss://h/ws', 'h', 443, true],
    ['http', 'https://h:8443', 'h', 8443, true],
  ] as const)('%s %s', (service, text, host, port, tls) => {
    expect(addressOf(service, parseServiceUrl(service, text))).toEqual({ host, port, tls });
  });

  it.each([
    ['rabbitmq', 'redis://u:secret@h', 'does not name RabbitMQ', 'amqp:// or amqps://'],
    ['redis', 'localhost:6379', 'does not name Redis', 'redis:// or rediss://'],
    ['ws', 'http://h', 'does not name WebSocket', 'ws:// or wss://'],
    ['stomp', 'stomp://h', 'does not name STOMP', 'ws:// or wss://'],
    ['http', 'http://', 'is not a URL', 'http:// or https://'],
    ['http', '', 'is not a URL', 'http:// or https://'],
    ['rabbitmq', 'amqp://', 'names no host', 'amqp://127.0.0.1:5672'],
    ['rabbitmq', 'amqp://u:secret@h:99999', 'is not a URL', 'amqp://'],
  ] as const)('refuses %s %s', (service, text, message, hint) => {
    const source = 'MSGPLAY_URL';
    const attempt = () => parseServiceUrl(service, text, source);
    expect(attempt).toThrow(UsageError);
    try {
      attempt();
    } catch (error) {
      expect((error as UsageError).message).toContain(message);
      expect((error as UsageError).message).toContain(source);
      expect((error as UsageError).hint).toContain(hint);
      expect((error as UsageError).message).not.toContain('secret');
    }
  });
});

describe('redactUrl', () => {
  it.each([
    ['amqp://guest:secret@h:5672/v', 'amqp://guest:***@h:5672/v'],
    ['redis://:secret@h', 'redis://:***@h'],
    ['amqp://u:sec@ret@h/v', 'amqp://u:***@h/v'],
    ['amqp://u:secret/secret@h/v', 'amqp://u:***@h/v'],
    ['amqp://u:sec#ret@h', 'amqp://u:***@h'],
    ['amqp://u:secret@[::1]:1/a', 'amqp://u:***@[::1]:1/a'],
    ['amqp://u:secret@h:99999', 'amqp://u:***@h:99999'],
    ['http://h/?a=1&token=secret&b=2', 'http://h/?a=1&token=***&b=2'],
    ['ws://user@h/x', 'ws://user@h/x'],
    ['http://h/me@home', 'http://h/me@home'],
    ['nonsense', 'nonsense'],
  ])('%s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
    expect(redactUrl(url)).not.toContain('secret');
  });
});

it('tells credentials decoded, and hosts with brackets where they need them', () => {
  expect(credentialsOf(new URL('amqp://a%40b:c%2Fd@h'))).toEqual({ user: 'a@b', password: 'c/d' });
  expect(credentialsOf(new URL('redis://:%zz@h'))).toEqual({ password: '%zz' });
  expect(credentialsOf(new URL('amqp://h'))).toEqual({});
  expect([authorityOf('::1', 1), authorityOf('h', 2)]).toEqual(['[::1]:1', 'h:2']);
  expect(SERVICES.length).toBe(5);
});

import { describe, expect, it } from 'vitest';
import { encodePart, parseDestination } from '../../../src/protocols/stomp/destination.ts';

describe('a STOMP destination', () => {
  it.each([
    ['/exchange/logs', { kind: 'exchange', exchange: 'logs', routingKey: undefined }],
    ['/exchange/logs/a.b', { kind: 'exchange', exchange: 'logs', routingKey: 'a.b' }],
    ['/exchange/a%2Fb/c%25d', { kind: 'exchange', exchange: 'a/b', routingKey: 'c%25d' }],
    ['/exchange/logs/', { kind: 'exchange', exchange: 'logs', routingKey: '' }],
    ['/exchange', { kind: 'invalid', of: 'exchange', rest: '' }],
    ['/exchange//k', { kind: 'invalid', of: 'exchange', rest: '//k' }],
    ['/exchange/a/b/c', { kind: 'invalid', of: 'exchange', rest: '/a/b/c' }],
    ['/queue/jobs', { kind: 'queue', queue: 'jobs' }],
    ['jobs', { kind: 'queue', queue: 'jobs' }],
    ['/queue/', { kind: 'invalid', of: 'queue', rest: '/' }],
    ['/queue/a/b', { kind: 'invalid', of: 'queue', rest: '/a/b' }],
    ['/queue/caf%C3%A9', { kind: 'queue', queue: 'caf%C3%A9' }],
    ['/queue/100%', { kind: 'queue', queue: '100%' }],
    ['/amq/queue/jobs', { kind: 'amq-queue', queue: 'jobs' }],
    ['/amq/other/jobs', { kind: 'unknown' }],
    ['/topic/a.*', { kind: 'topic', routingKey: 'a.*' }],
    ['/temp-queue/answers', { kind: 'temp-queue', name: 'answers' }],
    ['/reply-queue/amq.gen-a/b', { kind: 'reply-queue', queue: 'amq.gen-a/b' }],
    ['/other/a', { kind: 'unknown' }],
    ['', { kind: 'queue', queue: '' }],
  ])('%s', (text, expected) => {
    expect(parseDestination(text)).toEqual(expected);
  });

  it('is written with escapes', () => {
    expect(encodePart('a/b %é')).toBe('a%2Fb %25%C3%A9');
  });
});

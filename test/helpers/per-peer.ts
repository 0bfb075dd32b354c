/**
 * Traces made comparable. Two runs never agree in the total order of their events, but each peer sends and receives
 * the same things in the same order; so traces are compared per peer and direction. Each loosening has a name and a
 * reason.
 */
import type { EventOf, TraceEvent } from '../../src/core/events.ts';
import { worded } from '../../src/core/statements/index.ts';
import { ofType } from './play.ts';

interface Loosening {
  readonly why: string;
  /** Frames that are left out. */
  readonly drop?: (frame: EventOf<'frame'>) => boolean;
  /** Parts of a line that are made equal. */
  readonly replace?: readonly [RegExp, string];
}

export const LOOSENINGS: Record<string, Loosening> = {
  'server identity': {
    why: 'a server says who it is: product, version, platform, ids',
    drop: ({ name, phase, from }) =>
      name === 'connection.start' ||
      name === 'CONNECTED' ||
      (phase === 'opening' && from === 'server' && name === 'reply'),
  },
  heartbeats: { why: 'they come by the clock', drop: ({ name }) => name === 'heartbeat' || name === 'heart-beat' },
  'batched confirms': {
    why: 'a broker may confirm several publishes with one frame, depending on how fast it gets them',
    drop: ({ name, from }) => name === 'basic.ack' && from === 'server',
  },
  'answers to a goodbye': {
    why: 'a server that has said goodbye may be gone before the answer to it arrives',
    drop: ({ name, from }) => from === 'client' && (name === 'connection.close-ok' || name === 'close'),
  },
  'generated names': {
    why: 'consumer tags, sessions, message ids and addresses of direct replies that a server makes are random',
    replace: [/amq\.ctag-[\w-]+|session-[\w-]+|amq\.gen-[\w-]+|amq\.rabbitmq\.reply-to\.[\w+/=.-]+/g, '(generated)'],
  },
  'times of a server': {
    why: 'when a message died, and the ids of stream entries, are what the clock of the server said',
    replace: [/(?<="time":)\d{10}|\b\d{13}-\d+\b/g, '0'],
  },
  'HTTP server headers': {
    why: 'the WebSocket handshake is answered by different web servers, with headers and keys of their own',
    drop: ({ protocol }) => protocol === 'http',
  },
};

function normalised(line: string): string {
  return Object.values(LOOSENINGS).reduce((text, { replace }) => (replace ? text.replace(...replace) : text), line);
}

function group<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  lineOf: (item: Item) => string,
): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const item of items) {
    const key = keyOf(item);
    groups[key] = [...(groups[key] ?? []), normalised(lineOf(item))];
  }
  return Object.fromEntries(Object.entries(groups).sort(([one], [other]) => one.localeCompare(other)));
}

/** Every frame, by service, peer and direction. */
export function framesPerPeer(events: readonly TraceEvent[]): Record<string, string[]> {
  const dropped = (frame: EventOf<'frame'>): boolean => Object.values(LOOSENINGS).some(({ drop }) => drop?.(frame));
  return group(
    ofType(events, 'frame').filter((frame) => !dropped(frame)),
    ({ service, peer, from }) => `${service} ${peer} ${from}`,
    ({ name, fields }) => `${name} ${JSON.stringify(fields)}`,
  );
}

/** Every step of every message, by service, peer and side; a message is told by its body, since numbers depend on order. */
export function storyPerPeer(events: readonly TraceEvent[]): Record<string, string[]> {
  const messages = ofType(events, 'message');
  const bodies = new Map(messages.flatMap(({ id, body }) => (body === undefined ? [] : [[id, body] as const])));
  return group(
    messages.filter(({ stage }) => stage !== 'confirmed'),
    ({ service, peer, from }) => `${service} ${peer} ${from}`,
    ({ id, stage, basis, verb, route, reason }) =>
      [stage, basis === 'seen' ? verb : basis, bodies.get(id), route, reason && worded(reason)]
        .filter(Boolean)
        .join(' | '),
  );
}

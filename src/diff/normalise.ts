/**
 * Runs made comparable. Two runs never agree in the total order of their events, but each peer sends and receives the
 * same things in the same order; so runs are compared by peer and direction. Each loosening has a reason.
 */
import type { EventOf, Side, TraceEvent } from '../core/events.ts';
import { worded } from '../core/statements/index.ts';

interface Loosening {
  readonly why: string;
  /** Frames that are left out. */
  readonly drop?: (frame: EventOf<'frame'>) => boolean;
  /** Parts of a line that are made equal. */
  readonly replace?: readonly [RegExp, string];
}

export const LOOSENINGS: Readonly<Record<string, Loosening>> = {
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
  'idle times': {
    why: 'for how many ms a pending entry of a stream has been idle depends on who asks when',
    replace: [/(?<=\["[\d-]+","[^"]*",)\d+(?=,\d+\].*"command":"XPENDING")/g, '0'],
  },
  ports: {
    why: 'servers on this machine listen where there is room',
    replace: [/(?<=\b(?:127\.0\.0\.1|localhost)|\[::1\]):\d+/g, ':0'],
  },
  'HTTP server headers': {
    why: 'the WebSocket handshake is answered by different web servers, with headers and keys of their own',
    drop: ({ protocol }) => protocol === 'http',
  },
};

/** What is compared: what became of messages, what was on the wire, what was promised. */
export type Aspect = 'story' | 'wire' | 'checks';

/** Where a line was said: one side of one peer, or the run as a whole for its checks. */
export interface Place {
  readonly aspect: Aspect;
  readonly service: string;
  readonly peer: string;
  readonly from: Side;
}

export interface Line {
  readonly place: Place;
  /** What is compared. */
  readonly text: string;
}

/** Turns the events of one run, in their order, into lines that another run of the same scenario has, too. */
export class Normaliser {
  #prefix = '';
  readonly #bodies: ReadonlyMap<string, string> | undefined;
  readonly #learnt = new Map<string, string>();

  /** `bodies` of all messages, where they are known before; otherwise a message has the body that was told so far. */
  constructor(bodies?: ReadonlyMap<string, string>) {
    this.#bodies = bodies;
  }

  line(event: TraceEvent): Line | undefined {
    switch (event.type) {
      case 'run-start':
        this.#prefix = event.prefix;
        return undefined;
      case 'message':
        return this.#message(event);
      case 'frame':
        return this.#frame(event);
      case 'check': {
        const place = { aspect: 'checks', service: '', peer: '', from: 'client' } as const;
        return { place, text: `${event.passed ? '✓' : '✗'} ${event.title}` };
      }
      default:
        return undefined;
    }
  }

  /** A message is told by its body, since numbers depend on order. */
  #message(event: EventOf<'message'>): Line | undefined {
    const { id, stage, basis, verb, route, reason, body, service, peer, from } = event;
    if (body !== undefined && !this.#bodies) this.#learnt.set(id, body);
    if (stage === 'confirmed') return undefined;
    const parts = [
      stage,
      basis === 'seen' ? verb : basis,
      (this.#bodies ?? this.#learnt).get(id),
      route,
      reason && worded(reason),
    ];
    return { place: { aspect: 'story', service, peer, from }, text: this.#same(parts.filter(Boolean).join(' | ')) };
  }

  #frame(event: EventOf<'frame'>): Line | undefined {
    if (Object.values(LOOSENINGS).some(({ drop }) => drop?.(event))) return undefined;
    const { service, peer, from, name, fields } = event;
    return { place: { aspect: 'wire', service, peer, from }, text: this.#same(`${name} ${JSON.stringify(fields)}`) };
  }

  #same(text: string): string {
    const own = this.#prefix === '' ? text : text.replaceAll(this.#prefix, '');
    return Object.values(LOOSENINGS).reduce((line, { replace }) => (replace ? line.replace(...replace) : line), own);
  }
}

/** What a reporter says of a run that is made up. */
import type { Account, EventBody, MessageEvent, NoteEvent, TraceEvent } from '../../src/core/events.ts';
import type { Statement } from '../../src/core/statements/index.ts';
import type { Look, Reporter } from '../../src/reporters/reporter.ts';

/** What made a trace. */
const MADE = { format: 1, date: '2026-11-26T00:00:00.000Z', versions: { msgplay: '0.1.0', node: '20.0.0' } } as const;

export const START: EventBody[] = [
  {
    type: 'run-start',
    ...MADE,
    scenario: 's',
    title: 't',
    about: 'a',
    options: {},
    seed: 1,
    prefix: 'run-7.',
    backends: {},
  },
  { type: 'peer', peer: 'shop', service: 'rabbitmq' },
  { type: 'peer', peer: 'mailer', service: 'rabbitmq' },
];

export const NOTHING: Account = { published: 0, reached: 0, waiting: [], ended: [], unknown: [], foreign: 0 };

export function step(more: Partial<MessageEvent>): EventBody {
  return {
    type: 'message',
    id: '#1',
    stage: 'published',
    basis: 'seen',
    peer: 'shop',
    service: 'rabbitmq',
    from: 'client',
    verb: 'publish',
    route: 'orders',
    frames: [],
    ...more,
  };
}

/** The lines behind the header, without trailing blanks. What comes behind the last event ends the section. */
export function told(reporter: Reporter, bodies: readonly EventBody[], look: Partial<Look> = {}): string[] {
  const report = reporter.begin({
    layer: undefined,
    width: 100,
    colorLevel: 0,
    language: 'en',
    handshakes: false,
    legend: false,
    ...look,
  });
  const all: EventBody[] = [...START, ...bodies, { type: 'step', text: 'the end' }];
  const [, ...after] = all.map((body, index) => report({ seq: index + 1, at: 1, ...body } as TraceEvent));
  return after
    .join('')
    .split('\n')
    .filter((line) => line !== '' && line !== '▸ the end');
}

export const text = (...given: Parameters<typeof told>): string => told(...given).join('\n');

export const dropped = step({
  stage: 'dropped',
  basis: 'concluded',
  from: 'server',
  route: 'run-7.orders',
  reason: { code: 'DROPPED_MAX_LENGTH', values: { queue: 'run-7.orders', limit: 'x-max-length 1' } },
});
export const deliver = step({ stage: 'delivered', verb: 'deliver', peer: 'mailer', from: 'server' });
export const note = (peer: string, statement: Statement, more: Partial<NoteEvent> = {}): EventBody => ({
  type: 'note',
  peer,
  service: 'rabbitmq',
  phase: 'open',
  statement,
  ...more,
});
export const consumes = (peer: string): EventBody =>
  note(peer, { code: 'CONSUMES', values: { queue: 'orders', noAck: false } });
export const lost = (peer: string): EventBody => note(peer, { code: 'CONNECTION_LOST', values: { by: undefined } });
export const connection = (peer: string, state: 'opened' | 'closed', number = 1): EventBody => ({
  type: 'connection',
  state,
  peer,
  service: 'rabbitmq',
  connection: number,
  phase: 'open',
});

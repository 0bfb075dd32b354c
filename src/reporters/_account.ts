/** What became of a run's messages, in a sentence for each service, and the figures of the run. */
import type { Account, RunEnd, Stage, Stats, Tally, Waiting } from '../core/events.ts';
import type { Language } from '../core/language.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { worded } from '../core/statements/index.ts';

/** Of places and reasons, those that concern the most messages are told. */
const TOLD = 5;

/**
 * `RabbitMQ: 6 messages published: 4 reached somebody; 1 waits (in queue orders); 1 dropped (it had expired).` One
 * sentence for each service that carried messages; a service is named where there are several.
 */
export function accountLines({ accounts }: Stats, language: Language): string[] {
  const told = Object.entries(accounts).filter(([, account]) => account.published + account.foreign > 0);
  return told.map(([service, account]) => {
    const of = told.length > 1 ? `${SERVICE_TITLES[service as Service]}: ` : '';
    return `${of}${sentence(account, language)}.`;
  });
}

function sentence({ published, reached, waiting, ended, unknown, foreign }: Account, language: Language): string {
  const outside = `${counted(foreign, 'message')} from outside the run`;
  if (published === 0) return outside;
  const parts = [
    ...(reached > 0 ? [reached === published ? 'all reached somebody' : `${reached} reached somebody`] : []),
    ...waits(waiting),
    ...byCount(ended).map(({ count, stage, reason }) => `${count} ${stage} (${worded(reason, language)})`),
    ...rest(ended, 'ended for other reasons'),
    ...byCount(unknown).map(({ count, reason }) => `${count} not known (${worded(reason, language)})`),
    ...rest(unknown, 'not known for other reasons'),
  ];
  const more = foreign > 0 ? `; and ${outside}` : '';
  return `${counted(published, 'message')} published: ${parts.join('; ')}${more}`;
}

function waits(waiting: readonly Waiting[]): string[] {
  const count = total(waiting);
  if (count === 0) return [];
  const [first, ...others] = byCount(waiting);
  const places =
    others.length === 0
      ? first!.place
      : [
          ...byCount(waiting).map((one) => `${one.count} in ${one.place}`),
          ...(waiting.length > TOLD ? [`${total(waiting) - total(byCount(waiting))} elsewhere`] : []),
        ].join(', ');
  return [`${count} ${count === 1 ? 'waits' : 'wait'} ${others.length === 0 ? `in ${places}` : `(${places})`}`];
}

function byCount<Counted extends Tally | Waiting>(all: readonly Counted[]): Counted[] {
  return [...all].sort((one, other) => other.count - one.count).slice(0, TOLD);
}

function rest(all: readonly Tally[], what: string): string[] {
  const left = total(all) - total(byCount(all));
  return left === 0 ? [] : [`${left} ${what}`];
}

function total(all: readonly { readonly count: number }[]): number {
  return all.reduce((sum, { count }) => sum + count, 0);
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** In this order; what was published is in the account, and what a broker does by itself in nobody's way. */
const COUNTED: readonly Stage[] = [
  'delivered',
  'acked',
  'nacked',
  'requeued',
  'rejected',
  'dead-lettered',
  'returned',
  'unroutable',
  'expired',
  'dropped',
  'discarded',
  'requested',
  'responded',
  'pushed',
  'sent',
  'received',
];

/** `delivered 7 (1 redelivered) · acked 6 · commands 3 · publish→deliver p50 0.4 ms p99 1.2 ms · 4,049 bytes`. */
export function statsLine({ stats: { stages, commands, latencyMs, bytes } }: RunEnd): string {
  const { delivered = 0, redelivered = 0, ...others } = stages;
  const again = redelivered > 0 ? ` (${redelivered} redelivered)` : '';
  const counts: { [stage in Stage]?: number } = { ...others, delivered: delivered + redelivered };
  return [
    ...COUNTED.filter((stage) => counts[stage]).map(
      (stage) => `${stage} ${counts[stage]}${stage === 'delivered' ? again : ''}`,
    ),
    ...(commands > 0 ? [`commands ${commands}`] : []),
    ...(latencyMs ? [`publish→deliver p50 ${latencyMs.p50.toFixed(1)} ms p99 ${latencyMs.p99.toFixed(1)} ms`] : []),
    `${bytes.toLocaleString('en')} bytes`,
  ].join(' · ');
}

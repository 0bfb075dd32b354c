/** Judges the story of a real broker by what the broker tells itself: where publishes went, and what is left. */
import type { Account, EventOf, MessageEvent, TraceEvent } from '../../../../src/core/events.ts';
import { worded } from '../../../../src/core/statements/index.ts';
import type { Fate } from '../../../../src/story/ledger/index.ts';
import type { Routed } from './firehose.ts';

export interface RealEvidence {
  readonly events: readonly TraceEvent[];
  readonly fates: ReadonlyMap<string, Fate>;
  readonly account: Account;
  /** What was published, by its body; bodies are unique. */
  readonly routed: ReadonlyMap<string, Routed>;
  /** What is left in each queue in the end. */
  readonly left: ReadonlyMap<string, readonly string[]>;
}

const TAKEN: readonly string[] = ['delivered', 'redelivered', 'returned'];

export function judgeReal({ isAwaited }: { readonly isAwaited: boolean }, evidence: RealEvidence): string[] {
  const { events, fates, account, routed, left } = evidence;
  const messages = events.filter((event): event is EventOf<'message'> => event.type === 'message');
  const bodyOf = new Map(messages.filter(({ stage }) => stage === 'published').map(({ id, body }) => [id, body ?? '']));
  const fromServer = events.filter(
    (event): event is EventOf<'frame'> => event.type === 'frame' && event.from === 'server',
  );
  const bodiesIn = new Map(fromServer.map(({ seq, fields }) => [seq, String(fields.body ?? '')]));
  return [
    ...messages.flatMap((event) => judgeStep(event, bodyOf, bodiesIn, routed)),
    ...[...fates].flatMap(([id, fate]) => judgeFate(id, fate, bodyOf.get(id) ?? '', left, isAwaited)),
    ...events.flatMap((event) =>
      event.type === 'note' && event.debug && event.statement ? [worded(event.statement)] : [],
    ),
    ...(account.foreign > 0 ? [`${account.foreign} foreign messages`] : []),
  ];
}

function judgeStep(
  event: MessageEvent,
  bodyOf: ReadonlyMap<string, string>,
  bodiesIn: ReadonlyMap<number, string>,
  routed: ReadonlyMap<string, Routed>,
): string[] {
  const { id, among = [], stage, route, frames, reason } = event;
  const why = reason ? `: ${worded(reason)}` : '';
  const title = `${id} (${bodyOf.get(id)}) ${stage} [${route}]${why}, frame ${frames[0]}`;
  if (TAKEN.includes(stage)) {
    const body = bodiesIn.get(frames[0] ?? 0);
    return [id, ...among].some((one) => bodyOf.get(one) === body) ? [] : [`${title}: it is ${body}`];
  }
  const published = routed.get(bodyOf.get(id) ?? '');
  const queues = published?.queues ?? [];
  const wentTo = `it went to ${queues.join(', ') || 'nobody'}`;
  if (stage === 'discarded') {
    // The tracer tells of a publish in a transaction at once, so it proves nothing.
    const frame = [...bodiesIn].find(([, body]) => body === bodyOf.get(id))?.[0];
    return frame === undefined ? [] : [`${title}: it is in frame ${frame}`];
  }
  if (!published && (stage === 'unroutable' || stage === 'routed')) return [`${title}: it was not published`];
  if (published?.exchange === '') return [];
  if (stage === 'unroutable') return queues.length === 0 ? [] : [`${title}: ${wentTo}`];
  if (stage !== 'routed') return [];
  const told = route.split(' → ').at(-1)?.split(', ') ?? [];
  // Queues that the server named may go by another name in the story.
  const missing = told.filter((name) => /^[a-z]\d$/.test(name) && !queues.includes(name));
  return missing.length > 0 ? [`${title}: ${wentTo}`] : [];
}

function judgeFate(
  id: string,
  fate: Fate,
  body: string,
  left: ReadonlyMap<string, readonly string[]>,
  isAwaited: boolean,
): string[] {
  const places = [...left].filter(([, bodies]) => bodies.includes(body)).map(([queue]) => queue);
  const title = `${id} (${body}) ${fate.kind}`;
  const where = places.join(', ') || 'nowhere';
  switch (fate.kind) {
    case 'waiting':
      // A queue that goes with its session is not there any more when it is looked for.
      return fate.places
        .filter((place) => left.has(place) && !places.includes(place))
        .map((place) => `${title} in ${place}: it is ${where}`);
    case 'ended':
      return places.length === 0 ? [] : [`${title}, ${worded(fate.reason)}: it is in ${where}`];
    case 'unknown':
      return isAwaited ? [`${title}, ${worded(fate.reason)}: it is ${where}`] : [];
    default:
      return [];
  }
}

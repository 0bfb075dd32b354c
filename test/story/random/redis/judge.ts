/** Plays a program and compares what the story told with what happened. */
import { worded } from '../../../../src/core/statements/index.ts';
import type { Program } from './programs.ts';
import { RealRun } from './real.ts';
import { type Origin, type Outcome, SCRIPT } from './truth.ts';
import { Run, type ToldDelivery } from './wires.ts';

export interface Judged {
  /** Every told fact that is not so. */
  readonly faults: string[];
  /** How many messages ended as "not known", and how many deliveries as one of several. */
  readonly unknown: number;
  readonly among: number;
  /** Why they are not known. */
  readonly reasons: readonly string[];
  readonly published: number;
  readonly lines: string[];
}

export async function judge(program: Program): Promise<Judged> {
  const run = await Run.open(program.clients);
  try {
    for (const [index, isNew] of program.resp3.entries()) {
      if (isNew) run.send(run.clients[index]!, ['HELLO', '3']);
    }
    await run.settle();
    for (const step of program.steps) await play(run, step);
    return verdict(run, (await run.end()).account);
  } finally {
    run.close();
  }
}

/** The same by sockets through real taps, on a real server or on the embedded one; what is cut or passes in time is left out. */
export async function judgeReal(program: Program, port?: number): Promise<Judged> {
  const real =
    port === undefined ? await RealRun.openEmbedded(program.clients) : await RealRun.open(port, program.clients);
  const { run } = real;
  try {
    for (const [index, isNew] of program.resp3.entries()) if (isNew) real.send(index, [['HELLO', '3']]);
    for (const step of program.steps) {
      if (step.do === 'send') real.send(step.client, step.commands);
      else if (step.do === 'settle') await real.settle();
    }
    await real.settle();
    await real.repeat();
    return verdict(run, (await run.end()).account);
  } finally {
    await real.close();
    run.close();
  }
}

function verdict(run: Run, account: Awaited<ReturnType<Run['end']>>['account']): Judged {
  const faults: string[] = [];
  deliveries(run, faults);
  receptions(run, faults);
  steps(run, faults);
  totals(run, account, faults);
  for (const what of run.contradictions()) faults.push(what);
  return {
    faults,
    unknown: account.unknown.reduce((sum, { count }) => sum + count, 0),
    reasons: account.unknown.map(({ reason }) => worded(reason)),
    among: run.told.filter((event) => event.type === 'message' && event.among !== undefined).length,
    published: account.published,
    lines: told(run),
  };
}

async function play(run: Run, step: Program['steps'][number]): Promise<void> {
  if (step.do === 'settle') return run.settle();
  if (step.do === 'pass') return run.clock.advance(step.ms);
  const client = run.clients[step.client]!;
  switch (step.do) {
    case 'send':
      for (const words of step.commands) run.send(client, words);
      return;
    case 'reach':
      return run.reach(client, step.count);
    case 'see':
      return run.see(client);
    case 'cut':
      return run.cut(client, step.how);
  }
}

function told(run: Run): string[] {
  return run.told.map((event) => {
    if (event.type === 'note') return `${event.peer} · ${event.statement ? worded(event.statement) : event.text}`;
    const { id, among = [], stage, basis, peer, verb, route, reason } = event;
    const who = [id, ...among].map((one) => `${one}=${run.origins.get(one) ?? 'foreign'}`).join('|');
    return `${peer} ${basis} ${stage} ${verb} ${who} [${route}] ${reason ? worded(reason) : ''}`;
  });
}

/** An entry's id stands for where it came from. */
function resolved(run: Run, origin: Origin): Origin | undefined {
  return origin.startsWith('id ') ? run.truth.originOf(origin.slice(3)) : origin;
}

function isIt(run: Run, { ids }: ToldDelivery, origin: Origin): boolean {
  return ids.some((id) => (run.origins.get(id) ?? SCRIPT) === origin);
}

function deliveries(run: Run, faults: string[]): void {
  for (const [key, tellings] of run.deliveries) {
    const all = run.truth.deliveries.get(key) ?? [];
    // A transaction is told list by list, then stream by stream.
    const given = [
      ...all.filter((origin) => !origin.startsWith('id ')),
      ...all.filter((origin) => origin.startsWith('id ')),
    ];
    const words = run.wordsOf(key).join(' ');
    if (given.length !== tellings.length) {
      faults.push(`${key} ${words}: told ${tellings.length} deliveries of ${given.length}`);
      continue;
    }
    for (const [index, telling] of tellings.entries()) {
      const origin = resolved(run, given[index]!);
      if (origin !== undefined && !isIt(run, telling, origin)) {
        faults.push(`${key} ${words}: told ${named(run, telling)}, but it was ${origin}`);
      }
    }
  }
}

function named(run: Run, { ids }: ToldDelivery): string {
  return ids.map((id) => `${id} (${run.origins.get(id) ?? 'foreign'})`).join(' or ');
}

function receptions(run: Run, faults: string[]): void {
  for (const [connection, tellings] of run.receptions) {
    const received = run.truth.receptions.get(connection) ?? [];
    for (const [index, telling] of tellings.entries()) {
      const origin = received[index];
      if (origin === undefined) faults.push(`c${connection}: told ${named(run, telling)}, which never came`);
      else if (!isIt(run, telling, origin))
        faults.push(`c${connection}: told ${named(run, telling)}, but it was ${origin}`);
    }
  }
}

const CAUSES: { readonly [code: string]: readonly (Outcome | undefined)[] } = {
  LIST_TRIMMED: ['trimmed'],
  LIST_REMOVED: ['removed'],
  LIST_SET: ['replaced'],
  TAKEN_UNANSWERED: ['given'],
  NOBODY_SUBSCRIBES: ['nobody'],
  NO_LIST_TO_PUSH_TO: [undefined],
  NOT_INSERTED: [undefined],
  REDIS_REFUSED: [undefined],
  WATCHED_KEY_CHANGED: [undefined],
  NO_STREAM_TO_ADD_TO: [undefined],
  UNREAD: [undefined],
  REFUSED_UNSEEN: [undefined],
  // Gone with its key, or cut off its stream: it was there, and is nowhere now.
  KEY_REMOVED: ['stored'],
  KEY_REPLACED: ['stored'],
  KEY_EXPIRED: ['stored'],
  DATABASE_FLUSHED: ['stored'],
  REMOVED_OR_EXPIRED: ['stored', 'trimmed', 'removed', 'replaced'],
  REMOVED_BY_EITHER: ['stored', 'trimmed', 'removed', 'replaced'],
  STREAM_TRIMMED: ['stored'],
  ENTRY_DELETED: ['stored'],
};

/** Each step that was concluded, and each end. */
function steps(run: Run, faults: string[]): void {
  const kept = new Set([...run.truth.kept(run.engine).values()].flatMap((origins) => [...origins]));
  for (const event of run.told) {
    if (event.type !== 'message') continue;
    const { id, among = [], stage, reason } = event;
    const origins = [id, ...among].map((one) => run.origins.get(one) ?? SCRIPT);
    const fits = (test: (origin: Origin) => boolean): boolean =>
      origins.some((origin) => origin === SCRIPT || test(origin));
    if (stage === 'queued' && !fits((origin) => run.truth.outcomes.has(origin)))
      faults.push(`${id}: told queued, but it was not`);
    const isEnd = stage === 'dropped' || stage === 'rejected' || stage === 'discarded';
    if (!isEnd || !reason) continue;
    const causes = CAUSES[reason.code];
    if (!causes) faults.push(`${id}: an end that the judge does not know: ${reason.code}`);
    else if (!fits((origin) => matches(run, origin, causes, kept))) {
      faults.push(`${origins.join('|')}: told ${worded(reason)}, but it was ${run.truth.outcomes.get(origins[0]!)} `);
    }
  }
  for (const [key, events] of run.acknowledgements) {
    const acked = (run.truth.acknowledgements.get(key) ?? []).map((id) => resolved(run, id));
    for (const { id } of events) {
      const origin = run.origins.get(id);
      if (origin !== undefined && !acked.includes(origin) && !acked.includes(undefined))
        faults.push(`${key}: told that it acked ${id}`);
    }
  }
}

function matches(
  run: Run,
  origin: Origin,
  causes: readonly (Outcome | undefined)[],
  kept: ReadonlySet<Origin>,
): boolean {
  const outcome = run.truth.outcomes.get(origin);
  // Given to somebody before, and gone with the list in which it waited for its end.
  if (outcome === 'given' && causes[0] !== undefined) return true;
  if (run.truth.copies.has(origin)) return true;
  if (!causes.includes(outcome)) return false;
  return outcome !== 'stored' || !kept.has(origin);
}

/** The account: what is told of each end is at most what is so, and all of it together is all there is. */
function totals(run: Run, account: Awaited<ReturnType<Run['end']>>['account'], faults: string[]): void {
  const { published, reached, waiting, ended, unknown } = account;
  const counts = [reached, ...[...waiting, ...ended, ...unknown].map(({ count }) => count)];
  if (counts.reduce((sum, count) => sum + count, 0) !== published)
    faults.push(`the account does not add up: ${JSON.stringify(account)}`);
  const kept = run.truth.kept(run.engine);
  const mine = [...run.origins.values()];
  const given = mine.filter((origin) => run.truth.outcomes.get(origin) === 'given').length;
  const acked = new Set([...run.truth.acknowledgements.values()].flat().map((id) => resolved(run, id)));
  const read = new Set([...run.truth.deliveries.values()].flat().map((id) => resolved(run, id)));
  const streamed = mine.filter(
    (origin) => acked.has(origin) || (read.has(origin) && run.truth.outcomes.get(origin) === 'stored'),
  );
  const copies = mine.filter((origin) => run.truth.copies.has(origin)).length;
  const most = given + streamed.length + copies;
  if (reached > most) faults.push(`told ${reached} reached of ${most}`);
  for (const { place, count } of waiting) {
    const places = place.split(' + ').map((name) => kept.get(name) ?? new Set());
    const there = mine.filter((origin) => places.every((one) => one.has(origin))).length;
    if (count > there) faults.push(`told ${count} waiting in ${place}, where ${there} are`);
  }
  const gone = mine.filter(
    (origin) => run.truth.outcomes.get(origin) !== 'given' && ![...kept.values()].some((all) => all.has(origin)),
  );
  const over = ended.reduce((sum, { count }) => sum + count, 0);
  if (
    over >
    gone.length + mine.filter((origin) => run.truth.outcomes.get(origin) === 'given').length - Math.min(reached, given)
  ) {
    faults.push(`told ${over} ended of ${gone.length}`);
  }
}

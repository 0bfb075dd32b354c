/** Compares saved runs, peer by peer. Of lines only digests are kept, so that long runs can be compared. */
import { createHash } from 'node:crypto';
import type { EventOf, Outcome, TraceEvent } from '../core/events.ts';
import { Normaliser, type Place } from './normalise.ts';

/** What of a run is kept to compare it. */
export interface Digest {
  readonly start: EventOf<'run-start'> | undefined;
  readonly places: ReadonlyMap<string, Said>;
  readonly outcome: Outcome | undefined;
}

interface Said {
  readonly place: Place;
  /** A digest of each line. */
  readonly lines: number[];
  /** The event that said it. */
  readonly seqs: number[];
}

/** A place where two runs do not say the same. */
export interface Difference {
  readonly place: Place;
  /** So many lines before it are equal. */
  readonly index: number;
  /** The events that say the first line that differs; undefined where that run says nothing more there. */
  readonly seqs: readonly [number | undefined, number | undefined];
  /** So many lines are said by one of them only. Both may be 0: then their order differs. */
  readonly only: readonly [number, number];
}

/** What two runs do not have in common. */
export interface Comparison {
  readonly outcomes: readonly [Outcome | undefined, Outcome | undefined];
  /** Options that are not the same, and the scenario itself. */
  readonly settings: readonly { readonly name: string; readonly values: readonly [string, string] }[];
  /** The nearest to what a reader reads first: the story, then the wire, then checks; each in the order of the run. */
  readonly differences: readonly Difference[];
}

/** The runs of a file, one after the other. */
export async function digest(events: AsyncIterable<TraceEvent>): Promise<Digest[]> {
  const runs: { start: Digest['start']; places: Map<string, Said>; outcome: Outcome | undefined }[] = [];
  let normaliser = new Normaliser();
  for await (const event of events) {
    if (event.type === 'run-start' || runs.length === 0) {
      normaliser = new Normaliser();
      runs.push({ start: event.type === 'run-start' ? event : undefined, places: new Map(), outcome: undefined });
    }
    const run = runs.at(-1);
    if (!run) continue;
    if (event.type === 'run-end') run.outcome = event.outcome;
    const line = normaliser.line(event);
    if (!line) continue;
    const key = keyOf(line.place);
    const said = run.places.get(key) ?? { place: line.place, lines: [], seqs: [] };
    run.places.set(key, said);
    said.lines.push(digestOf(line.text));
    said.seqs.push(event.seq);
  }
  return runs;
}

export function compare(one: Digest, other: Digest): Comparison {
  const wired = [one, other].every(({ places }) => [...places.values()].some(({ place }) => place.aspect === 'wire'));
  const keys = [...new Set([...one.places.keys(), ...other.places.keys()])];
  const differences = keys.flatMap((key) => {
    const place = (one.places.get(key) ?? other.places.get(key))?.place;
    // A run that was saved without frames says nothing of them.
    if (place === undefined || (place.aspect === 'wire' && !wired)) return [];
    return differenceAt(place, one.places.get(key), other.places.get(key));
  });
  return {
    outcomes: [one.outcome, other.outcome],
    settings: settingsOf(one.start, other.start),
    differences: differences.sort(
      (a, b) => ASPECTS[a.place.aspect] - ASPECTS[b.place.aspect] || firstOf(a) - firstOf(b),
    ),
  };
}

/** Whether nothing differs. */
export function isEqual({ outcomes: [one, other], settings, differences }: Comparison): boolean {
  return one === other && settings.length === 0 && differences.length === 0;
}

export function keyOf({ aspect, service, peer, from }: Place): string {
  return JSON.stringify([aspect, service, peer, from]);
}

const ASPECTS = { story: 0, wire: 1, checks: 2 } as const;

function firstOf({ seqs: [one, other] }: Difference): number {
  return Math.min(one ?? Number.POSITIVE_INFINITY, other ?? Number.POSITIVE_INFINITY);
}

function differenceAt(place: Place, one: Said | undefined, other: Said | undefined): Difference[] {
  const [a, b] = [one?.lines ?? [], other?.lines ?? []];
  let index = 0;
  while (index < a.length && index < b.length && a[index] === b[index]) index += 1;
  if (index === a.length && index === b.length) return [];
  const only = [lacking(a, b, index), lacking(b, a, index)] as const;
  return [{ place, index, seqs: [one?.seqs[index], other?.seqs[index]], only }];
}

/** How many lines of the one the other does not have, from an index on. */
function lacking(lines: readonly number[], others: readonly number[], from: number): number {
  const left = new Map<number, number>();
  for (let index = from; index < others.length; index++) {
    const line = others[index] ?? 0;
    left.set(line, (left.get(line) ?? 0) + 1);
  }
  let count = 0;
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? 0;
    const there = left.get(line) ?? 0;
    if (there === 0) count += 1;
    else left.set(line, there - 1);
  }
  return count;
}

function settingsOf(one: Digest['start'], other: Digest['start']): Comparison['settings'] {
  const values = (start: Digest['start']): Record<string, unknown> => ({
    ...(start && { scenario: start.scenario }),
    ...start?.options,
  });
  const [a, b] = [values(one), values(other)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .map((name) => ({ name, values: [String(a[name] ?? ''), String(b[name] ?? '')] as const }))
    .filter(({ values: [left, right] }) => left !== right);
}

/** 48 bits are enough: among a million lines, one pair in hundreds of runs would be taken for equal. */
function digestOf(text: string): number {
  return createHash('sha1').update(text).digest().readUIntBE(0, 6);
}

/** What of streams may be gone, though no answer tells. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Plan } from '../keys/plan.ts';
import { type Key, shownKey, type Unknown, type World } from '../keys/world.ts';
import { type StreamCall, type StreamCalls, takesOut } from './calls.ts';
import { expired, maybeEvicted, maybeExpired } from './ends.ts';
import type { KeyChanges } from './key-changes.ts';
import { compareIds, type EntryId, type Group, Stream } from './stream.ts';

export class StreamDoubts {
  /** The frame that was seen last. */
  seq = 0;
  /** The server was told to evict keys. */
  evicts = false;
  /** Entries may be anywhere that nobody was seen adding. */
  hasStrangers = false;
  readonly #world: () => World;
  readonly #calls: StreamCalls;
  readonly #changes: KeyChanges;

  constructor(world: () => World, calls: StreamCalls, changes: KeyChanges) {
    this.#world = world;
    this.#calls = calls;
    this.#changes = changes;
  }

  #unsure(list: unknown, because?: Statement, ended?: Statement): void {
    if (list instanceof Stream) for (const entry of list.all()) entry.doubt(this.seq, because, ended);
  }

  /** Nobody will see whether a command that moves, replaces or removes keys was carried out. */
  lostKeys({ keys }: Pick<Plan, 'keys'>): void {
    const { lists } = this.#world();
    this.hasStrangers ||= keys === undefined;
    for (const key of keys ?? [...lists.keys(), ...this.#calls.keys()]) {
      this.#unsure(lists.get(key));
      for (const entry of this.#calls.adding(key) ?? []) entry.doubt(this.seq);
    }
  }

  /** Anything may have happened to any stream. */
  anything({ reason }: Unknown): void {
    this.hasStrangers = true;
    for (const [key, list] of this.#world().lists) this.#unsure(list, reason(key));
  }

  /** A command was carried out: where, or at which time, may not be known. */
  called(call: StreamCall): void {
    if (takesOut(call)) this.#disturbed(call);
    if (call.keys.length === 1) return;
    // It was carried out in one of several databases.
    call.entry?.doubt(this.seq);
    for (const key of call.keys) this.#unsure(this.#world().lists.get(key));
  }

  /** What others move or remove at the same time decides from which stream a command took entries out. */
  #disturbed(call: StreamCall): void {
    const keys = this.#changes.underWay(call.key, call.connection);
    if (keys?.length === 0) return;
    call.isMoved = true;
    this.lostKeys({ keys });
  }

  /** Somebody was given so many entries behind this one, beyond what was kept of the reply: `group` awaits their acks. */
  givenMore(key: Key, stream: Stream, last: EntryId | undefined, more: number, group: Group | undefined): void {
    let left = more;
    for (const [id, entry] of stream.inOrder()) {
      if (last !== undefined && compareIds(id, last) <= 0) continue;
      if (left-- <= 0) return;
      group?.pending.add(id);
      group?.given.add(id);
      // Where no ack is awaited, it reached somebody, or another one did.
      if (!group) entry.doubt(this.seq, { code: 'KEY_LOST_TRACK', values: { key: shownKey(key) } });
    }
  }

  /** From here on whole streams may go at any time. */
  mayEvict(): void {
    this.evicts = true;
    for (const [key, list] of this.#world().lists) this.#unsure(list, maybeEvicted(key));
  }

  /** Whether the time to live of a key may be over. */
  isOver(key: Key, now: number): boolean {
    const { due } = this.#world();
    return due.size > 0 && (due.get(key) ?? Number.POSITIVE_INFINITY) <= now;
  }

  /** What is in a stream whose time to live may be over may be gone. */
  expire(now: number): void {
    const { due, lists } = this.#world();
    for (const [key, at] of due) if (at <= now) this.#unsure(lists.get(key), maybeExpired(key), expired(key));
  }
}

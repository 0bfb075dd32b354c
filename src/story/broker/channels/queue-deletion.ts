/** Queues that clients delete: they count as gone from when that is asked for, until it is undone. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { isThen, type SeenEntry } from '../queues/entry.ts';
import type { SeenQueue } from '../queues/queue.ts';
import type { Taker } from '../queues/taker.ts';
import { byAnyone, during, isBefore, type Lasting, type Order, type Span } from '../span.ts';
import { isLocked } from './access.ts';
import type { SeenChannel } from './channel.ts';
import { never } from './declare.ts';
import { endAll } from './emptied.ts';
import { mayEnd, perhapsGone } from './ends.ts';
import { type Request, request } from './request.ts';
import { Taking } from './taking.ts';

/** @param isConditional whether it goes only if it is unused, or empty */
export function queueDeletion(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  name: string,
  isConditional: boolean,
  method = 'queue.delete',
) {
  const deletion = new Deletion(broker, at, channel, name, isConditional);
  const one = request(method, deletion.span, {
    names: [name],
    endsSession: true,
    refused: () => deletion.refused(),
    done: (doneAt) => deletion.done(doneAt),
    undone: (undoneAt) => deletion.undone(undoneAt),
    lost: (lostAt) => deletion.lost(lostAt),
  });
  const answer = (messages: number): void => deletion.answered(messages);
  return { request: one, answer };
}

class Deletion {
  readonly span: Span;
  /** With how many messages the server told that it went. */
  count: number | undefined;

  readonly #broker: SeenBroker;
  readonly #channel: SeenChannel;
  readonly #name: string;
  readonly #isConditional: boolean;
  readonly #why: Statement;
  /** The queue that had the name when it was asked for. */
  readonly #queue: SeenQueue | undefined;
  /** The queue that somebody else was about to delete then, where there was no other. */
  readonly #going: SeenQueue | undefined;
  /** The queue and what went with it, where nothing may have kept them. */
  readonly #ended: readonly Lasting[] | undefined;
  /** The queue that would have come in its place. */
  readonly #next: SeenQueue | undefined;
  readonly #decided: () => void;

  constructor(broker: SeenBroker, at: Sighting, channel: SeenChannel, name: string, isConditional: boolean) {
    const { topology } = broker;
    this.#broker = broker;
    this.#channel = channel;
    this.#name = name;
    this.#why = { code: 'QUEUE_DELETED', values: { queue: name } };
    this.span = channel.span(at);
    const queue = topology.queue(name);
    this.#queue = queue;
    // A stream goes whatever is in it, and whoever reads it.
    this.#isConditional = isConditional && !queue?.traits.isStream;
    // Of two who ask for that, either may be the one who deletes it: so it may go before what the other asked before.
    const going = queue ? undefined : topology.everNamed(name).findLast(isDeleting);
    if (going?.gone) topology.removeQueue(going, byAnyone(going.gone));
    this.#going = going;
    const mayStay = this.#mayStay();
    this.#ended = queue && !mayStay ? topology.removeQueue(queue, this.span) : undefined;
    this.#decided = queue && mayStay ? mayEnd(topology, queue, this.span) : () => {};
    this.#next = queue && this.#ended && broker.remade(at, queue, this.span);
    broker.awaited.set(this.#mayDelete, name);
  }

  /** The server tells how many messages went with it; of a stream it always says none. */
  answered(messages: number): void {
    if (!this.#queue?.traits.isStream) this.count = messages;
  }

  refused(): Order {
    return isLocked(this.#queue, this.#channel, this.span);
  }

  done(at: Sighting): void {
    const { topology } = this.#broker;
    const wasSeen = this.#wasSeen();
    this.#over();
    if (wasSeen || this.#wasAnothers(at)) return;
    const deleted = this.#deleted();
    const open = topology.everNamed(this.#name).findLast((one) => one !== deleted && isDeleting(one));
    if (open) open.alsoDeleted = { span: this.span, count: this.count };
    if (!deleted) return;
    if (this.#isUnsure(deleted)) return perhapsGone(this.#broker, deleted, this.#why);
    if (deleted.gone !== this.span) {
      topology.removeQueue(deleted, this.span);
      this.#broker.remade(at, deleted, this.span);
    }
    deleted.why = this.#why;
    endAll(this.#broker, at, deleted, this.span, this.count, this.#why);
  }

  undone(at: Sighting): void {
    this.#over();
    this.#forgetNext(at);
    if (this.#ended && this.#queue && !this.#queue.why) this.#staysOrWent(at, this.#queue, this.#ended);
  }

  lost(at: Sighting): void {
    this.#broker.awaitLate(at, this.#name, this.#mayDelete);
    this.#decided();
    if (!this.#queue) return;
    this.#forgetNext(at);
    const { topology } = this.#broker;
    // Its bindings may be gone as well: that is what an end says that nothing ever proves. So it is for the queue itself
    // where one may have come in its place.
    if (this.#ended && !topology.queue(this.#name)) topology.revive([this.#queue]);
    perhapsGone(this.#broker, this.#queue, this.#why);
  }

  /**
   * A queue that goes only if it is unused or empty may stay, and so may one whose deletion may stand behind an error, or
   * come before the queue does.
   */
  #mayStay(): boolean {
    if (this.#isConditional || this.#channel.pending.mayFailAt !== undefined) return true;
    return !this.#isThere() || this.refused() !== 'no';
  }

  #isThere(): boolean {
    return this.#queue !== undefined && during(this.#queue, this.span) === 'yes';
  }

  /** One that is declared meanwhile may be the one. */
  readonly #mayDelete = (other: SeenQueue): void => {
    if (isBefore(this.span, other.made) !== 'yes') perhapsGone(this.#broker, other, this.#why);
  };

  #over(): void {
    this.#broker.awaited.delete(this.#mayDelete);
    this.#decided();
  }

  /** It was seen to have gone by the only deletion that there was: it was declared anew, as something else. */
  #wasSeen(): boolean {
    const { why, mayEnd: ends } = this.#queue ?? {};
    return why?.code === 'QUEUE_DELETED' && ends?.size === 1 && ends.has(this.span);
  }

  /** Somebody else has deleted it, and this one found nothing: returns whether it was so. */
  #wasAnothers(at: Sighting): boolean {
    const queue = this.#queue;
    const other = this.count === 0 && this.#ended && queue ? this.#deletedBy(queue) : undefined;
    if (!other || !queue || !this.#ended) return false;
    if (queue.alsoDeleted) this.#staysOrWent(at, queue, this.#ended);
    else this.#broker.topology.removeQueue(queue, other);
    return true;
  }

  /** The queue that this one has ended. */
  #deleted(): SeenQueue | undefined {
    const { topology } = this.#broker;
    const going = this.#going;
    // What it took with it shows that this one did it; so does what the other has not done.
    if (going && !going.why && (!going.gone || (this.count ?? 0) > 0)) return going;
    const own = topology.everNamed(this.#name).find((one) => one.gone === this.span && !one.why);
    if (own) return own;
    // One that would have come in its place never came where another deletion did not happen.
    return this.#queue?.why && this.#queue.gone !== this.span ? topology.queue(this.#name) : this.#queue;
  }

  /** Nothing tells whether it was unused or empty, or there at all. */
  #isUnsure(deleted: SeenQueue): boolean {
    if (this.#ended || deleted !== this.#queue || this.count) return false;
    return !this.#isThere() || (this.#isConditional && this.count === undefined);
  }

  #forgetNext(at: Sighting): void {
    const next = this.#next;
    const why: Statement = { code: 'UNROUTABLE_NO_QUEUE', values: { queue: this.#name } };
    if (next) this.#broker.removeQueue(at, next, never(next.made), why);
  }

  /** It did not happen: the queue is there as before, unless somebody else has deleted it meanwhile, or is to. */
  #staysOrWent(at: Sighting, queue: SeenQueue, ended: readonly Lasting[]): void {
    const broker = this.#broker;
    const { alsoDeleted } = queue;
    const gone = (alsoDeleted ?? this.#otherDeletion())?.span;
    if (!gone) return broker.topology.revive(ended);
    for (const one of ended) one.gone = gone;
    broker.topology.generation++;
    if (!alsoDeleted) return void broker.remade(at, queue, gone);
    queue.why = this.#why;
    endAll(broker, at, queue, gone, alsoDeleted.count, this.#why);
  }

  /** What else asks for that, and is not answered. */
  #otherDeletion(): Request | undefined {
    const others = [...this.#broker.channels].filter((one) => one !== this.#channel);
    const asked = others.flatMap(({ pending }) => pending.all);
    return asked.find(({ method, names }) => method === 'queue.delete' && names.includes(this.#name));
  }

  /** Who else asked for that, and did it: there was something in the queue that this one did not find. */
  #deletedBy(queue: SeenQueue): Span | undefined {
    const other = (queue.alsoDeleted ?? this.#otherDeletion())?.span;
    if (!other) return undefined;
    const mayTake = (taker: Taker, entry: SeenEntry): boolean => {
      const isLater = taker instanceof Taking && isBefore(other, taker.request.span) === 'yes';
      return taker.room > 0 && !isLater && !taker.hasSeen(entry.returned ?? entry.came);
    };
    const held = [...queue.ready].some((entry) => {
      const wasThere = !entry.doubt && isThen(entry, this.span) === 'yes';
      return wasThere && ![...queue.takers].some((taker) => mayTake(taker, entry));
    });
    return held ? other : undefined;
  }
}

/** Whether somebody is about to delete it, or not to. */
function isDeleting({ gone, why }: SeenQueue): boolean {
  return gone?.to === Number.POSITIVE_INFINITY && !why;
}

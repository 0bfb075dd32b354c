/** What really happened to the messages that a story numbers, read from the facts. */
import type { MessageEvent, Stage } from '../../../../src/core/events.ts';
import type { Statement } from '../../../../src/core/statements/index.ts';
import type { Fate } from '../../../../src/story/ledger/index.ts';
import type { Evidence, Fact } from './evidence.ts';

type What = Fact['what'];

/** How a message may have left a queue for each reason that the story gives. */
const CAUSES: Partial<Record<Statement['code'], readonly What[]>> = {
  QUEUE_PURGED: ['purged'],
  QUEUE_DELETED: ['deleted', 'homeless'],
  QUEUE_EXPIRED: ['deleted', 'homeless'],
  QUEUE_EXCLUSIVE: ['deleted', 'homeless'],
  QUEUE_AUTO_DELETE: ['deleted', 'homeless'],
  RESTART_QUEUE_NOT_DURABLE: ['deleted', 'homeless'],
  QUEUE_WENT_MEANWHILE: ['deleted', 'homeless', 'unroutable'],
  RESTART_TRANSIENT: ['forgotten'],
  QUEUE_FULL_REJECTS: ['refused'],
  NOT_BOUND_THEN: ['unroutable'],
};
const DEATHS: Partial<Record<Statement['code'], string>> = {
  DROPPED_MAX_LENGTH: 'maxlen',
  DELIVERY_LIMIT: 'delivery_limit',
  EXPIRED_IN_QUEUE: 'expired',
};
const ANY_LOSS: readonly What[] = ['died', 'purged', 'deleted', 'forgotten', 'homeless', 'refused', 'stopped'];

/** What happens each time that a stage is concluded, where it may happen more than once. */
const COUNTED: { readonly [stage in Stage]?: (fact: Fact) => boolean } = {
  requeued: ({ what }) => what === 'requeued',
  rejected: (fact) => (fact.what === 'died' && fact.reason === 'rejected') || fact.what === 'homeless',
  expired: (fact) => fact.what === 'died' && fact.reason === 'expired',
  dropped: ({ what }) => ANY_LOSS.includes(what),
  'dead-lettered': ({ what }) => what === 'dead-lettered',
  unroutable: isUntaken,
};

export class Truth {
  readonly #evidence: Evidence;
  /** The engine's message behind each of the story's; undefined where the server never read it. */
  readonly #roots = new Map<string, string | undefined>();
  readonly #idOf = new Map<string, string>();
  readonly #contentOf = new Map<string, string>();
  /** The message that was published, for each that came of it. */
  readonly #rootOf = new Map<string, string>();
  /** What happened to a published message and to all that came of it. */
  readonly #facts = new Map<string, Fact[]>();
  readonly #queues = new Set<string>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    for (const event of evidence.told) {
      if (event.type !== 'message' || event.stage !== 'published') continue;
      const seq = event.frames[0] ?? 0;
      const root = evidence.publishes.get(seq);
      this.#roots.set(event.id, root);
      this.#contentOf.set(event.id, evidence.contents.get(seq) ?? '');
      if (root !== undefined) this.#idOf.set(root, event.id);
    }
    for (const fact of evidence.facts) {
      const root = this.#rootOf.get(fact.message) ?? fact.message;
      this.#rootOf.set(fact.message, root);
      if (fact.dead !== undefined) this.#rootOf.set(fact.dead, root);
      if (fact.queue !== undefined) this.#queues.add(fact.queue);
      const known = this.#facts.get(root);
      if (known) known.push(fact);
      else this.#facts.set(root, [fact]);
    }
  }

  /** The story's messages. */
  get ids(): Iterable<string> {
    return this.#roots.keys();
  }

  rootOf(id: string): string | undefined {
    return this.#roots.get(id);
  }

  /** What the story calls a message. */
  title(root: string): string {
    return this.#idOf.get(root) ?? root;
  }

  carriedBy(seq: number): string | undefined {
    const message = this.#evidence.carried.get(seq);
    return message === undefined ? undefined : (this.#rootOf.get(message) ?? message);
  }

  settledBy(seq: number): readonly string[] | undefined {
    return this.#evidence.settled.get(seq)?.map((message) => this.#rootOf.get(message) ?? message);
  }

  /** The messages that look the same as this one when they are published. */
  equalTo(id: string): string[] {
    const content = this.#contentOf.get(id);
    return [...this.ids].filter((other) => this.#contentOf.get(other) === content);
  }

  /** What happened to a message, in few words. */
  storyOf(id: string): string {
    const facts = this.#of(id, Number.POSITIVE_INFINITY);
    if (facts.length === 0) return 'the server never read it';
    return facts
      .map((fact) => {
        const reason = 'reason' in fact ? ` (${fact.reason})` : '';
        const noAck = 'noAck' in fact && fact.noAck ? ' without acks' : '';
        return `${fact.what}${reason}${fact.queue === undefined ? '' : ` ${fact.queue}`}${noAck} @${fact.after}`;
      })
      .join(', ');
  }

  /** Whether what is told of a message had happened when the tap had seen that many frames. */
  supports(id: string, { stage, from, route, reason }: MessageEvent, by: number): boolean {
    const facts = this.#of(id, by);
    const some = (test: (fact: Fact) => boolean): boolean => facts.some(test);
    const inQueue = (fact: Fact): boolean => this.#isNamed(fact, route);
    switch (stage) {
      case 'routed':
        return this.#entered(route.split(' → ').at(-1) ?? '', facts);
      case 'unroutable':
        return some((fact) => isUntaken(fact) && this.#isWhy(fact, reason));
      case 'confirmed':
        return some((fact) => fact.what === 'confirmed' && fact.isAccepted);
      case 'nacked':
        return from === 'server'
          ? some((fact) => fact.what === 'confirmed' && !fact.isAccepted)
          : some(({ what }) => what === 'requeued' || what === 'died');
      case 'acked':
        return some((fact) => fact.what === 'acked');
      case 'requeued':
        return some((fact) => fact.what === 'requeued' && inQueue(fact));
      case 'rejected':
        return some((fact) => (fact.what === 'died' && fact.reason === 'rejected') || fact.what === 'homeless');
      case 'expired':
        return some((fact) => fact.what === 'died' && fact.reason === 'expired' && inQueue(fact));
      case 'dropped':
        if (reason?.code === 'DEAD_LETTER_CYCLE') {
          const { to } = reason.values;
          return some((fact) => fact.what === 'stopped' && this.#isNamed(fact, to));
        }
        return some((fact) => isCause(fact, reason) && inQueue(fact));
      case 'dead-lettered': {
        const [first = '', ...others] = route.split(' → ');
        const dead = facts.filter((fact) => fact.what === 'dead-lettered' && this.#isNamed(fact, first));
        const onward = facts.filter(({ message }) => dead.some((fact) => fact.dead === message));
        const to = others.at(-1) ?? '';
        // An exchange is where the way ends if nothing takes it there.
        if (!this.#queues.has(to) && onward.some(isUntaken)) return true;
        return dead.length > 0 && this.#entered(to, onward);
      }
      case 'discarded':
        return this.rootOf(id) === undefined || some(({ what }) => what === 'discarded');
      default:
        return false;
    }
  }

  /** Whether the reason why no queue took a message names what was there at that moment. */
  #isWhy(fact: Fact, reason: Statement | undefined): boolean {
    const there = this.#evidence.surroundings.get(fact);
    if (!there || !reason) return true;
    switch (reason.code) {
      case 'UNROUTABLE_NO_BINDING':
        return there.keys.get(reason.values.exchange)?.length === 0;
      case 'UNROUTABLE_NO_MATCH': {
        const { exchange, bindings } = reason.values;
        return [...bindings].sort().join() === there.keys.get(exchange)?.join();
      }
      case 'UNROUTABLE_NO_QUEUE': {
        const { queue, nearest } = reason.values;
        return !there.queues.has(queue) && (nearest === undefined || there.queues.has(nearest));
      }
      case 'DEAD_LETTER_NO_QUEUE': {
        const { to, nearest } = reason.values;
        return !there.queues.has(to) && (nearest === undefined || there.queues.has(nearest));
      }
      case 'DEAD_LETTER_NO_EXCHANGE':
        return !there.keys.has(reason.values.exchange);
      default:
        return true;
    }
  }

  /** How often that happened to a message and to what came of it. */
  timesOf(id: string, stage: Stage): number {
    return this.#of(id, Number.POSITIVE_INFINITY).filter((fact) => COUNTED[stage]?.(fact)).length;
  }

  /** Whether that is what became of a message in the end. */
  fits(id: string, fate: Fate): boolean {
    if (fate.kind === 'unknown') return true;
    const facts = this.#of(id, Number.POSITIVE_INFINITY);
    const reached = facts.some(isTaken);
    if (fate.kind === 'reached') return reached;
    const waits = remains(facts);
    if (fate.kind === 'waiting') {
      // A copy may have been handed out without acks to somebody whose connection was cut before the tap saw it.
      const isSeen = facts.some(
        (fact) => isTaken(fact) && (fact.what === 'acked' ? this.#isAcked(id) : this.#isCarried(fact)),
      );
      return !isSeen && fate.places.every((place) => waits.includes(place) || !this.#queues.has(place));
    }
    if (reached || waits.length > 0) return false;
    if (fate.stage === 'discarded') {
      return this.rootOf(id) === undefined || facts.some(({ what }) => what === 'discarded');
    }
    if (fate.stage === 'returned') return facts.some((fact) => fact.what === 'unroutable' && fact.returned);
    if (fate.stage === 'unroutable') return facts.some(isUntaken);
    // These words say that the message may have found its queue gone.
    const mayBeUnroutable = fate.reason.code === 'QUEUE_WENT_MEANWHILE';
    if (mayBeUnroutable && facts.some(({ what }) => what === 'unroutable')) return true;
    return facts.some((fact) => fact.what === 'refused' || ANY_LOSS.includes(fact.what) || fact.what === 'unawaited');
  }

  /** Where what the facts add up to is not what the engine holds: the witness is wrong then. */
  faults(): string[] {
    const counts = new Map<string, number>();
    for (const facts of this.#facts.values()) {
      for (const queue of remains(facts)) counts.set(queue, (counts.get(queue) ?? 0) + 1);
    }
    const queues = new Set([...counts.keys(), ...this.#evidence.left.keys()]);
    return [...queues].flatMap((queue) => {
      const told = counts.get(queue) ?? 0;
      const held = this.#evidence.left.get(queue) ?? 0;
      return told === held ? [] : [`queue ${queue} holds ${held}, the facts add up to ${told}`];
    });
  }

  /** Whether the tap saw a delivery on its way to a client, and it is plain which message it was. */
  #isCarried(delivered: Fact): boolean {
    const { arrived, told } = this.#evidence;
    const seq = arrived.get(delivered);
    return seq !== undefined && !told.some(({ type, frames, ...event }) => frames?.[0] === seq && 'among' in event);
  }

  /** Whether it is plain which message a client acknowledged. */
  #isAcked(id: string): boolean {
    return this.#evidence.told.some(
      (event) => event.type === 'message' && event.stage === 'acked' && event.id === id && !event.among,
    );
  }

  #of(id: string, by: number): Fact[] {
    const root = this.rootOf(id);
    const facts = root === undefined ? [] : (this.#facts.get(root) ?? []);
    return facts.filter(({ after }) => after <= by);
  }

  /** Queues that the engine does not know by that name are ones that the story had to name itself. */
  #isNamed({ queue }: Fact, name: string): boolean {
    return queue === name || !this.#queues.has(name);
  }

  /** Whether all of these queues were found by the way of the message. */
  #entered(names: string, facts: readonly Fact[]): boolean {
    const found = facts.filter(({ what }) => what === 'entered' || what === 'refused');
    const told = names.split(', ');
    if (new Set(told).size < told.length) return false;
    return told.every((name) =>
      this.#queues.has(name) ? found.some(({ queue }) => queue === name) : found.length > 0,
    );
  }
}

/** No queue took it, or whoever asked for that reply was gone. */
function isUntaken({ what }: Fact): boolean {
  return what === 'unroutable' || what === 'unawaited';
}

/** Somebody has it for good. */
function isTaken(fact: Fact): boolean {
  return fact.what === 'acked' || (fact.what === 'delivered' && fact.noAck);
}

function isCause(fact: Fact, reason: Statement | undefined): boolean {
  const death = reason && DEATHS[reason.code];
  if (death !== undefined) return fact.what === 'died' && fact.reason === death;
  return ((reason && CAUSES[reason.code]) ?? ANY_LOSS).includes(fact.what);
}

/** The queues in which what came of a message is in the end. */
function remains(facts: readonly Fact[]): string[] {
  const places = new Map<string, string>();
  for (const { what, message, queue, queueId } of facts) {
    const key = `${message} ${queueId}`;
    if (what === 'entered' || what === 'requeued') places.set(key, queue ?? '');
    else if (queue !== undefined && what !== 'refused' && what !== 'stopped' && what !== 'dead-lettered')
      places.delete(key);
  }
  return [...places.values()];
}

/** A command, or a transaction, on its way: sent, but not known to have been carried out. */
import { Deque } from '../../../core/collections/deque.ts';
import { itemAt, present } from '../../../core/collections/present.ts';
import type { Statement } from '../../../core/statements/index.ts';
import type { RespCommand, RespFrameValue } from '../../../protocols/resp/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { ANY, type Answer, isNothing, NO_KEY, NOTHING, sameAnswer } from '../keys/answer.ts';
import type { Element } from '../keys/element.ts';
import { type Act, CLOCK_MARGIN_MS, type Effect, type Plan, WAITS } from '../keys/plan.ts';
import { type Key, shownKey, type World } from '../keys/world.ts';

/** One command of an operation: a transaction has several. */
export interface Part {
  readonly command: RespCommand;
  /** Undefined where it touches no list. */
  readonly plan: Plan | undefined;
  /** What it puts into lists. */
  readonly elements: readonly Element[];
}

/** What an operation does where it begins in this database. */
export interface Place {
  readonly db: number;
  readonly parts: readonly Part[];
  /** Which of its parts ask for a database and are refused that. */
  readonly refused?: ReadonlySet<number>;
}

/** One way in which an operation may be carried out. */
export interface Way {
  readonly place: Place;
  readonly act: (plan: Plan) => Act;
}

const REFUSED: Statement = { code: 'REFUSED_UNSEEN', values: {} };

/** What carrying out an operation did: for each of its parts. */
export interface Done {
  readonly answers: readonly Answer[];
  readonly effects: readonly (readonly Effect[])[];
  /** In which database it began; undefined where that is all the same. */
  readonly db?: number;
}

/** It waited, and nothing came. */
export const IN_VAIN: Done = { answers: [null], effects: [[]] };

export class Operation {
  readonly seen: SeenFrame;
  /** Several as long as it is not known in which database it begins; the commands and what they put are the same in each. */
  places: readonly Place[];
  /** Those of every place; undefined: any. */
  readonly keys: readonly Key[] | undefined;
  readonly reads: boolean;
  readonly waits: boolean;
  /** From then on it may have waited in vain; in ms since the run began. */
  readonly vainAt: number;
  readonly onlyRemoves: boolean;
  /** It adds to one list, or does nothing: nothing leaves any list by it. */
  readonly onlyAdds: boolean;
  /** Nobody is given what it takes: its reply is switched off. */
  readonly isSilent: boolean;
  /** Equal for those that wait for the same, which the server may serve in any order. */
  readonly kind: string;
  /** A transaction that may do nothing at all. */
  readonly mayFail: boolean;
  /** Nothing else was under way on its keys since it was sent. */
  alone = true;
  /** When it was sent, so many had been answered on its keys that did more than look; undefined where that is not known. */
  sentAfter: number | undefined;
  /** The order is given up of what was done while it was under way. */
  isSpoilt = false;
  /** Its connection is gone: it may be carried out all the same, unless that is too long ago. Counted in rounds. */
  lostIn: number | undefined;

  static #count = 0;

  constructor(seen: SeenFrame, places: readonly Place[], mayFail = false) {
    this.seen = seen;
    this.places = places;
    this.mayFail = mayFail;
    const { parts, plans } = this;
    this.keys = plans.some(({ keys }) => keys === undefined) ? undefined : plans.flatMap(({ keys }) => present(keys));
    this.reads = plans.every(({ reads }) => reads === true);
    const [only] = plans;
    this.waits = parts.length === 1 && only?.waits === true;
    this.vainAt = this.waits ? seen.at + (only?.patienceMs ?? Number.POSITIVE_INFINITY) - CLOCK_MARGIN_MS : seen.at;
    this.onlyRemoves = plans.every(({ onlyRemoves }) => onlyRemoves === true);
    const isOne = places.length === 1 && new Set(this.keys).size === 1;
    this.onlyAdds = isOne && !mayFail && plans.every((plan) => plan.onlyAdds || plan.reads);
    const sent = seen.frame.value as RespFrameValue;
    this.isSilent = sent.kind === 'command' && sent.silent;
    const number = ++Operation.#count;
    const isAlike = this.waits && places.length === 1;
    this.kind = isAlike ? kindOf(itemAt(parts, 0).command, present(this.keys)) : `#${number}`;
  }

  /** Those of the first place that it may have. */
  get parts(): readonly Part[] {
    return itemAt(this.places, 0).parts;
  }

  /** Those of every place. */
  get plans(): Plan[] {
    return this.places.flatMap(({ parts }) => parts.flatMap(({ plan }) => plan ?? []));
  }

  /** It may be carried out in several ways. */
  get hasAlternatives(): boolean {
    return this.places.length > 1 || this.parts.some(({ plan }) => plan?.alternatives !== undefined);
  }

  /** It begins in one of these databases. */
  beginsIn(dbs: readonly number[]): void {
    this.#narrow(({ db }) => dbs.includes(db));
  }

  /** Its parts were answered: `isRefused` tells whether by an error, undefined where nobody saw that. */
  choseBy(isRefused: (part: number) => boolean | undefined): void {
    if (this.places.length === 1) return;
    const open = new Set(this.places.flatMap(({ refused }) => [...(refused ?? [])]));
    this.#narrow(({ refused }) => {
      for (const part of open) if (isRefused(part) === !refused?.has(part)) return false;
      return true;
    });
  }

  #narrow(isPossible: (place: Place) => boolean): void {
    const possible = this.places.filter(isPossible);
    if (possible.length > 0) this.places = possible;
  }

  /** The ways in which it may be carried out. */
  get ways(): Way[] {
    const acts = ({ alternatives, unanswered }: Plan): readonly Act[] => alternatives ?? unanswered ?? [];
    return this.places.flatMap((place) => {
      const most = Math.max(1, ...place.parts.map(({ plan }) => (plan ? acts(plan).length : 1)));
      return Array.from({ length: most }, (_, at): Way => ({ place, act: (plan) => acts(plan)[at] ?? plan.act }));
    });
  }

  /**
   * Tries it in a world, which it changes. Undefined where it can't be carried out there, or would answer otherwise
   * than `known`; then the world is spoilt. Where the answer is not known, `refuses` tells what the server refuses.
   */
  tryIn(
    world: World,
    known?: readonly Answer[],
    refuses?: (plan: Plan) => boolean,
    { place, act }: Way = { place: itemAt(this.places, 0), act: (plan) => plan.act },
  ): Done | undefined {
    const answers: Answer[] = [];
    const effects: Effect[][] = [];
    for (const [index, { plan, elements, command }] of place.parts.entries()) {
      const seen = known?.[index];
      const found: Effect[] = [];
      const isOpen = seen === undefined || seen === ANY;
      if (seen === NO_KEY && plan?.needs !== undefined && world.at(plan.needs) instanceof Deque) return undefined;
      if (plan === undefined || isNothing(seen)) {
        effects.push(found);
        answers.push(plan ? NOTHING : ANY);
        continue;
      }
      const answer = isOpen && refuses?.(plan) ? NOTHING : act(plan)(world, found, seen);
      if (answer === WAITS || (answer === NOTHING && !isOpen)) return undefined;
      if (answer === NOTHING && elements.length > 0) {
        found.push({ kind: 'refused', items: elements, key: plan.keys?.[0] ?? '', reason: REFUSED });
      }
      if (seen !== undefined && !mayAnswer(answer, found, seen)) return undefined;
      answers.push(answer);
      effects.push(this.isSilent ? found.map((effect) => unanswered(command, effect)) : found);
    }
    return this.places.length > 1 ? { answers, effects, db: place.db } : { answers, effects };
  }
}

/** What is taken without an answer reaches nobody; what is moved stays. */
function unanswered({ name }: RespCommand, effect: Effect): Effect {
  if (effect.kind !== 'taken' || effect.to !== undefined) return effect;
  const { item, key } = effect;
  return {
    kind: 'dropped',
    item,
    key,
    reason: { code: 'TAKEN_UNANSWERED', values: { command: name, key: shownKey(key) } },
  };
}

/** Whether this may be what was answered: whoever took something was not told that there was nothing. */
export function mayAnswer(answer: Answer, effects: readonly Effect[], seen: Answer): boolean {
  return sameAnswer(answer, seen) && !(seen === null && effects.some(({ kind }) => kind === 'taken'));
}

/** Who waits for the same in the same way. */
function kindOf({ name, args }: RespCommand, keys: readonly Key[]): string {
  const options = /MOVE|MPOP/.test(name) ? args.map((arg) => arg.toString('latin1', 0, 64)).join(' ') : '';
  return `${name} ${keys.join(' ')} ${options}`;
}

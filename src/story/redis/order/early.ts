/**
 * On a server that others use: what clients were seen to put into lists, or to move there, may be given to whoever waits
 * there before the answer to that is seen.
 */
import { Bag, Inflow } from '../keys/bag.ts';
import type { Plan } from '../keys/plan.ts';
import type { World } from '../keys/world.ts';
import type { Operation } from './operation.ts';

interface Move {
  readonly inflow: Inflow;
  readonly into: Bag;
}

export class Early {
  readonly #moves = new Map<Operation, readonly Move[]>();

  /** An operation has been sent, and may be carried out by now. */
  sent(operation: Operation, world: World): void {
    const moves: Move[] = [];
    for (const { plan, elements } of operation.parts) {
      const bags = (plan?.keys ?? []).map((key) => world.at(key));
      for (const bag of elements.length > 0 ? bags : []) if (bag instanceof Bag) bag.add(elements);
      if (plan) moves.push(...moveOf(plan, world));
    }
    for (const { inflow, into } of moves) into.inflows.add(inflow);
    if (moves.length > 0) this.#moves.set(operation, moves);
  }

  /** Its answer has told what it did, or will never come. */
  over(operation: Operation): void {
    for (const { inflow, into } of this.#moves.get(operation) ?? []) {
      inflow.end();
      into.inflows.delete(inflow);
    }
    this.#moves.delete(operation);
  }
}

function moveOf({ moves, keys }: Plan, world: World): Move[] {
  const [from, to] = (moves && keys) || [];
  if (from === undefined || to === undefined) return [];
  const [source, into] = [world.at(from), world.at(to)];
  return source instanceof Bag && into instanceof Bag ? [{ inflow: new Inflow(source), into }] : [];
}

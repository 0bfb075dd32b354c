/** Which kinds of queue there are. */
import type { FieldTable } from '../../../../protocols/amqp/table.ts';
import type { BrokerTraits } from '../../differences.ts';
import { assertArgument, type Check, oneOf } from '../arguments.ts';
import { classic } from './classic.ts';
import type { QueueKind } from './kind.ts';
import { quorum } from './quorum.ts';
import { stream } from './stream.ts';

/** The kinds beside the classic one: one row and one file each. */
const OTHERS = [quorum, stream];

/** The kinds of queue of a broker. */
export class Kinds {
  readonly all: readonly QueueKind[];
  readonly #default: QueueKind;
  readonly #isKind: Check;

  constructor(traits: BrokerTraits) {
    this.#default = classic(traits);
    this.all = [this.#default, ...OTHERS.map((kind) => kind(traits))];
    this.#isKind = oneOf(
      this.all.map(({ name }) => name),
      (value) => `"unsupported queue type '${value}'"`,
    );
  }

  /** The kind that arguments ask for, where they name one that this server has. */
  named(args: FieldTable): QueueKind | undefined {
    return this.all.find(({ name }) => name === args['x-queue-type']);
  }

  /** The kind of a queue that is declared with these arguments. Throws a Refusal where there is no such kind. */
  of(title: string, args: FieldTable): QueueKind {
    assertArgument('x-queue-type', this.#isKind, title, args);
    return this.named(args) ?? this.#default;
  }
}

/** Which kinds of queue there are. */
import type { FieldTable } from '../../../../protocols/amqp/table.ts';
import type { BrokerTraits } from '../../differences.ts';
import { notImplemented } from '../../refusal.ts';
import { assertArgument, type Check, oneOf } from '../arguments.ts';
import { classic } from './classic.ts';
import type { QueueKind } from './kind.ts';
import { quorum } from './quorum.ts';

/** One row and one file each. */
const KINDS = [classic, quorum];
/** Kinds that RabbitMQ has and this server does not. */
const MISSING: readonly string[] = ['stream'];

/** The kinds of queue of a broker. */
export class Kinds {
  readonly all: readonly QueueKind[];
  readonly #isKind: Check;

  constructor(traits: BrokerTraits) {
    this.all = KINDS.map((kind) => kind(traits));
    const names = [...this.all.map(({ name }) => name), ...MISSING];
    this.#isKind = oneOf(names, (value) => `"unsupported queue type '${value}'"`);
  }

  /** The kind that arguments ask for, where they name one that this server has. */
  named(args: FieldTable): QueueKind | undefined {
    return this.all.find(({ name }) => name === args['x-queue-type']);
  }

  /** The kind of a queue that is declared with these arguments. Throws a Refusal where there is no such kind. */
  of(title: string, args: FieldTable): QueueKind {
    assertArgument('x-queue-type', this.#isKind, title, args);
    const kind = args['x-queue-type'] === undefined ? this.all[0] : this.named(args);
    if (!kind) throw notImplemented(`${args['x-queue-type']}s are not part of the embedded RabbitMQ: ${title}`);
    return kind;
  }
}

/** Which kinds of queue there are. */
import type { FieldTable } from '../../../../protocols/amqp/table.ts';
import { notImplemented } from '../../refusal.ts';
import { assertArgument, oneOf } from '../arguments.ts';
import { classic } from './classic.ts';
import type { QueueKind } from './kind.ts';
import { quorum } from './quorum.ts';

/** One row and one file each. */
export const KINDS: readonly QueueKind[] = [classic, quorum];
/** Kinds that RabbitMQ has and this server does not. */
const MISSING: readonly string[] = ['stream'];

const isKind = oneOf([...KINDS.map(({ name }) => name), ...MISSING], (value) => `"unsupported queue type '${value}'"`);

/** The kind that arguments ask for, where they name one that this server has. */
export function namedKind(args: FieldTable): QueueKind | undefined {
  return KINDS.find(({ name }) => name === args['x-queue-type']);
}

/** The kind of a queue that is declared with these arguments. Throws a Refusal where there is no such kind. */
export function kindOf(title: string, args: FieldTable): QueueKind {
  assertArgument('x-queue-type', isKind, title, args);
  if (args['x-queue-type'] === undefined) return classic;
  const kind = namedKind(args);
  if (!kind) throw notImplemented(`${args['x-queue-type']}s are not part of the embedded RabbitMQ: ${title}`);
  return kind;
}

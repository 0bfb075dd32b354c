/** The arguments of a method, and what RabbitMQ makes of those that can't be read. */
import { ProtocolError } from '../../../core/errors.ts';
import { decoderOf } from '../../../protocols/amqp/compile.ts';
import { type AmqpArgs, type AmqpMethodName, argumentsAlias } from '../../../protocols/amqp/methods.ts';
import { isFiniteValue } from '../terms.ts';
import { undecodable } from './frame-errors.ts';

/** What the real one does not survive reading: the connection ends without a word. */
export class Crash extends Error {}

/** Throws a Refusal where they don't end where their frame does, and a Crash for tables that can't be read. */
export function argumentsOf<M extends AmqpMethodName>(
  method: M,
  bytes: Buffer,
  start: number,
  end: number,
): AmqpArgs[M] {
  // What arguments point at is kept, and the bytes are only lent.
  const isLent = argumentsAlias(method);
  const args = isLent
    ? decoded(method, Buffer.from(bytes.subarray(start, end)), 0, end - start)
    : decoded(method, bytes, start, end);
  if (isLent && 'arguments' in args && !isFiniteValue(args.arguments)) throw new Crash();
  return args;
}

/** The same for a method whose arguments point at nothing. */
export function decoded<M extends AmqpMethodName>(method: M, bytes: Buffer, start: number, end: number): AmqpArgs[M] {
  try {
    return decoderOf(method)(bytes, start, end);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code === 501) throw error;
    throw error.clause.endsWith('§4.2.4') ? undecodable(bytes.subarray(start, end)) : new Crash();
  }
}

/** Makes a program that fails in some way as small as it can be while it still fails in that way. */
import { fewer, shrinkBy } from '../shrink.ts';
import type { Program, Step } from './program.ts';

/** Tries what is smaller, the biggest savings first, until nothing smaller fails. */
export function shrink(program: Program, fails: (program: Program) => Promise<boolean>): Promise<Program> {
  return shrinkBy(program, smallerThan, fails);
}

function* smallerThan(program: Program): Generator<Program> {
  const { steps, queues, exchanges, bindings, losesLastWords, version, ending } = program;
  for (const some of fewer(steps)) yield { ...program, steps: some };
  for (const index of bindings.keys()) yield { ...program, bindings: bindings.filter((_, at) => at !== index) };
  if (queues.length > 1) yield { ...program, queues: queues.slice(0, -1) };
  if (exchanges.length > 0) yield { ...program, exchanges: exchanges.slice(0, -1) };
  for (const smaller of eachWithout(queues)) yield { ...program, queues: smaller };
  for (const smaller of eachWithout(exchanges)) yield { ...program, exchanges: smaller };
  if (losesLastWords) yield { ...program, losesLastWords: false };
  if (version !== '1.2') yield { ...program, version: '1.2' };
  if (ending !== 'orderly') yield { ...program, ending: 'orderly' };
  for (const [index, step] of steps.entries()) {
    for (const simpler of simplerThan(step)) {
      yield { ...program, steps: steps.map((one, at) => (at === index ? simpler : one)) };
    }
  }
}

function* simplerThan(step: Step): Generator<Step> {
  if ('cut' in step && step.unread) yield { ...step, unread: false };
  if ('cut' in step && step.late) yield { ...step, late: false };
  if ('pace' in step && step.pace !== 'answered') yield { ...step, pace: 'answered' };
  if ('channel' in step && step.channel !== 1) yield { ...step, channel: 1 };
  if ('op' in step) for (const op of without(step.op)) yield { ...step, op };
  if ('stomp' in step) for (const stomp of without(step.stomp)) yield { ...step, stomp };
}

const NEEDED = [
  'do',
  'queue',
  'exchange',
  'key',
  'body',
  'tag',
  'nth',
  'to',
  'count',
  'type',
  'destination',
  'id',
  'transaction',
];

/** The same with one thing less. */
function* without<T extends object>(thing: T): Generator<T> {
  for (const [name, value] of Object.entries(thing)) {
    if (typeof value === 'object') {
      for (const smaller of without(value as object)) yield { ...thing, [name]: smaller };
    } else if (value === 'b') yield { ...thing, [name]: 'a' };
    else if (!NEEDED.includes(name) || (name === 'transaction' && 'body' in thing)) {
      const { [name as keyof T]: _, ...rest } = thing;
      if (value !== false) yield rest as T;
    }
  }
}

function* eachWithout<T extends object>(things: readonly T[]): Generator<T[]> {
  for (const [index, thing] of things.entries()) {
    for (const smaller of without(thing)) yield things.map((one, at) => (at === index ? smaller : one));
  }
}

/** What a command answers, reduced to what can be compared: the same whichever version of RESP it came in. */
import { hash } from 'node:crypto';
import {
  bare,
  isError,
  type RespBulk,
  type RespCommand,
  type RespValue,
  textOf,
} from '../../../protocols/resp/index.ts';
import { fingerprint } from '../../ledger/index.ts';
import { isScript, mayHaveBegun } from './scripts.ts';

/** Of an answer that nobody saw, or that may be anything. */
export const ANY = Symbol('any answer');
/** The command had no effect: it was refused, or waited in vain. */
export const NOTHING = Symbol('no effect');

/** The same: there is no such key. */
export const NO_KEY = Symbol('no such key');

/** A number above 0. */
export const SOME = Symbol('some');

/** A text or a body is its fingerprint. */
export type Answer =
  | number
  | string
  | null
  | typeof ANY
  | typeof NOTHING
  | typeof NO_KEY
  | typeof SOME
  | readonly Answer[];

export function contentOf({ bytes, length, digest }: RespBulk): string {
  return fingerprint({ body: bytes, sizeBytes: length, digest });
}

/** What a command was answered: a script that ends with an error has done whatever it did before that. */
export function answerTo(command: RespCommand, reply: RespValue): Answer {
  const isScriptError = isScript(command) && isError(reply);
  return isScriptError && mayHaveBegun(command, textOf(reply) ?? '') ? 'error' : answerOf(reply);
}

export function answerOf(reply: RespValue): Answer {
  if (isError(reply)) return textOf(reply) === 'ERR no such key' ? NO_KEY : NOTHING;
  const value = bare(reply);
  switch (value.type) {
    case 'bulk':
      return contentOf(value);
    case 'integer':
      return Number(value.value);
    case 'simple':
      return value.bytes.toString('latin1');
    case 'null':
    case 'null-bulk':
    case 'null-array':
      return null;
    case 'array': {
      const { items, length } = value;
      return Array.from({ length }, (_, index) => (items[index] ? answerOf(items[index]) : ANY));
    }
    default:
      return ANY;
  }
}

export function sameAnswer(one: Answer, other: Answer): boolean {
  if (one === other || one === ANY || other === ANY) return true;
  if (one === SOME || other === SOME) return isSome(one) && isSome(other);
  if (typeof one === 'string' && typeof other === 'string') return sameContent(one, other);
  if (!isList(one) || !isList(other) || one.length !== other.length) return false;
  return one.every((item, index) => sameAnswer(item, other[index] as Answer));
}

function isSome(answer: Answer): boolean {
  return answer === SOME || (typeof answer === 'number' && answer > 0);
}

/** Whether the command had no effect, for whatever reason. */
export function isNothing(answer: Answer | undefined): boolean {
  return answer === NOTHING || answer === NO_KEY;
}

/** An answer, for whoever looks for a fault in the story. */
export function answerText(answer: Answer): string {
  return isList(answer) ? `[${answer.map(answerText).join(', ')}]` : String(answer);
}

export function isList(answer: Answer): answer is readonly Answer[] {
  return Array.isArray(answer);
}

/** A short body may be known by its digest, too: where it stood behind more than a frame keeps. */
export function sameContent(one: string, other: string): boolean {
  if (one === other) return true;
  return (isDigest(other) && digested(one) === other) || (isDigest(one) && one === digested(other));
}

/** Whether a content is (or looks like) the digest of one: what is in it can't be told from it. */
export function isDigest(content: string): boolean {
  return content.endsWith('=') && /^\d+:[\w+/]{27}=$/.test(content);
}

function digested(content: string): string {
  return `${content.length}:${hash('sha1', Buffer.from(content, 'latin1'), 'base64')}`;
}

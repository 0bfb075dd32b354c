/** What errors of scripts and functions say, which releases word differently. */
import type { RedisTraits } from '../differences.ts';

/** A text of Redis 7.0 as a release says it. */
export type Wording = (text: string) => string;

type Replacement = readonly [from: string | RegExp, to: string];

const LATER: readonly Replacement[] = [
  ['Invalid debug level.', 'Invalid log level.'],
  ['redis.set_repl() requires two arguments.', 'redis.set_repl() requires one argument.'],
];
const VALKEY: readonly Replacement[] = [
  [/\bredis\./, 'server.'],
  ['this redis lib call', 'this call'],
  ['Lua redis lib command arguments', 'Command arguments'],
  ['Unknown Redis command', 'Unknown command'],
  ['calling Redis command', 'calling command'],
  ['No matching script. Please use EVAL.', 'No matching script.'],
];

export function wordingOf({ logLevelWording, ownWording }: RedisTraits): Wording {
  const replacements = [...(logLevelWording ? LATER : []), ...(ownWording ? VALKEY : [])];
  return (text) => replacements.reduce((told, [from, to]) => told.replace(from, to), text);
}

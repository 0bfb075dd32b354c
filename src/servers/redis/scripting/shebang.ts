/** The first line of scripts and libraries: `#!lua flags=no-writes`, `#!lua name=library`. */
import { splitInline } from '../../../protocols/resp/index.ts';
import type { RedisTraits } from '../differences.ts';
import { ReplyError } from '../errors.ts';

/** What a script or a function may be declared with. https://redis.io/docs/latest/develop/programmability/lua-api/#script_flags */
export const FLAGS: ReadonlySet<string> = new Set([
  'no-writes',
  'allow-oom',
  'allow-stale',
  'no-cluster',
  'allow-cross-slot-keys',
]);

/** The words of the first line, and the code below it, which keeps an empty first line so that line numbers hold. */
function split(text: string, bad: ReplyError, unquotable: ReplyError): { words: string[]; code: string } {
  const end = text.indexOf('\n');
  if (end < 0) throw bad;
  const line = Buffer.from(text.slice(0, end), 'latin1');
  const words = splitInline(line, 0, line.length)?.map((word) => word.toString('latin1'));
  if (words === undefined) throw unquotable;
  return { words, code: text.slice(end) };
}

/** A script's flags, undefined where it has no shebang, and its code. */
export function readScript(
  body: string,
  { scriptingEngines }: Pick<RedisTraits, 'scriptingEngines'>,
): { flags: ReadonlySet<string> | undefined; code: string } {
  if (!body.startsWith('#!')) return { flags: undefined, code: body };
  const { words, code } = split(
    body,
    new ReplyError('ERR Invalid script shebang'),
    new ReplyError('ERR Invalid engine in script shebang'),
  );
  const [engine = '', ...options] = words;
  if (scriptingEngines) assertEngine(engine.slice(2), options.length > 0);
  else if (engine !== '#!lua') throw new ReplyError(`ERR Unexpected engine in script shebang: ${engine}`);
  const flags = new Set<string>();
  for (const option of options) {
    if (!option.startsWith('flags=')) throw new ReplyError(`ERR Unknown lua shebang option: ${option}`);
    if (option.length === 6) continue;
    for (const flag of option.slice(6).split(',')) {
      const name = flag.replace(/^ +| +$/g, '');
      if (!FLAGS.has(name)) throw new ReplyError(`ERR Unexpected flag in script shebang: ${name}`);
      flags.add(name);
    }
  }
  return { flags, code };
}

/** Valkey takes the engine's name in any case, and none at all where options follow. */
function assertEngine(name: string, hasOptions: boolean): void {
  if (name.toLowerCase() === 'lua' || (name === '' && hasOptions)) return;
  throw new ReplyError(`ERR Could not find scripting engine '${name}'`);
}

/** A library's engine, name and code. */
export function readLibrary(text: string): { engine: string; name: string; code: string } {
  if (!text.startsWith('#!')) throw new ReplyError('ERR Missing library metadata');
  const invalid = new ReplyError('ERR Invalid library metadata');
  const { words, code } = split(text, invalid, invalid);
  let name: string | undefined;
  const [engine = '', ...options] = words;
  for (const option of options) {
    if (option.slice(0, 5).toLowerCase() !== 'name=') {
      throw new ReplyError(`ERR Invalid metadata value given: ${option}`);
    }
    if (name !== undefined) {
      throw new ReplyError('ERR Invalid metadata value, name argument was given multiple times');
    }
    name = option.slice(5);
  }
  if (name === undefined) throw new ReplyError('ERR Library name was not given');
  return { engine: engine.slice(2), name, code };
}

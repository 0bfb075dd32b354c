/**
 * What the embedded Redis is held to: scripts of commands whose replies a real redis-server has given.
 *
 * A script is one command per line, quoted as in redis-cli. `@b` in front sends it as client b. `@b>` does not wait
 * for a reply (the client blocks), `@b!` neither (no reply comes, or not yet), `@b<` alone waits for the next one. `~name` in front loosens the comparison:
 * `_loosenings.ts` says how, and why.
 */
import { splitInline } from '../../../../src/protocols/resp/inline.ts';
import { LOOSENINGS, type Loosening } from './_loosenings.ts';

export interface Line {
  /** As the script has it. */
  readonly text: string;
  readonly client: string;
  readonly sends: boolean;
  readonly takes: boolean;
  /** Whether the client is blocked by it. */
  readonly blocks: boolean;
  readonly args: readonly Buffer[];
  readonly loosening: Loosening | undefined;
}

export interface Contract {
  readonly title: string;
  readonly lines: readonly Line[];
}

const LINE = /^(?:~(\w+)\s+)?(?:@(\w+)([<>!]?)\s*)?(.*)$/;

function line(text: string): Line {
  const [, loosened, client = 'a', mark, command = ''] = LINE.exec(text) ?? [];
  const bytes = Buffer.from(command, 'latin1');
  const args = splitInline(bytes, 0, bytes.length);
  if (args === undefined) throw new Error(`unbalanced quotes: ${text}`);
  const loosening = loosened === undefined ? undefined : LOOSENINGS[loosened];
  if (loosened !== undefined && loosening === undefined) throw new Error(`no such loosening: ${text}`);
  return {
    text,
    client,
    sends: mark !== '<',
    takes: mark !== '>' && mark !== '!',
    blocks: mark === '>',
    args,
    loosening,
  };
}

/** The contract of a script; empty lines and lines that begin with `#` are for its readers. */
export function contract(title: string, script: string): Contract {
  const lines = script
    .split('\n')
    .map((text) => text.trim())
    .filter((text) => text !== '' && !text.startsWith('#'));
  return { title, lines: lines.map(line) };
}

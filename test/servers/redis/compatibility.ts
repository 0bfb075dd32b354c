/** Makes docs/compatibility-redis.md out of what the contract test has compared. */
import { readFileSync } from 'node:fs';
import { GROUPS } from '../../../src/servers/redis/commands/index.ts';
import { DIFFERENCES as BETWEEN_RELEASES } from '../../../src/servers/redis/differences.ts';
import type { Command } from '../../../src/servers/redis/dispatch/command.ts';
import { tableOf } from '../../../src/servers/redis/dispatch/table.ts';
import { RELEASES } from '../../../src/servers/redis/releases.ts';
import type { Line } from './contract/_contract.ts';
import { LOOSENINGS } from './contract/_loosenings.ts';
import { ELSEWHERE } from './elsewhere.ts';

const TABLE = tableOf(GROUPS);

/** These replies say nothing of what a command does. */
const SAYS_NOTHING = /^(\+QUEUED|-ERR wrong number of arguments|-ERR unknown (sub)?command)/;

/** What has been compared of one command. */
interface Compared {
  /** As which releases, in which versions of RESP. */
  readonly sides: Set<string>;
  /** The loosenings under which its replies were compared; `''` stands for none. Errors are kept apart. */
  readonly replies: Set<string>;
  readonly errors: Set<string>;
  /** What was sent and answered as the real one answers it. */
  readonly sent: Set<string>;
}

/** How many sides there are: each release, in both versions of RESP. */
const SIDES = RELEASES.length * 2;

export class Coverage {
  readonly #compared = new Map<string, Compared>();

  /** A reply on one side was the same as the real one's. */
  note({ args, text, sends, loosening }: Line, reply: string, side: string): void {
    const [outer, inner] = args.map((arg) => arg.toString('latin1').toLowerCase());
    const command = outer === undefined ? undefined : TABLE.get(outer);
    if (command === undefined || !sends) return;
    const { name } = command.subcommands?.get(inner ?? '') ?? command;
    const known = this.#compared.get(name) ?? {
      sides: new Set(),
      replies: new Set(),
      errors: new Set(),
      sent: new Set(),
    };
    this.#compared.set(name, known);
    known.sides.add(side);
    if (SAYS_NOTHING.test(reply)) return;
    (reply.startsWith('-') ? known.errors : known.replies).add(loosening?.name ?? '');
    if (loosening?.name !== 'refused') known.sent.add(text.replace(/^~\w+ |^@\w+ /g, ''));
  }

  /** Throws where a side was left out. */
  of(command: string): Compared | undefined {
    const found = this.#compared.get(command);
    if (found !== undefined && found.sides.size < SIDES) {
      throw new Error(`${command} is compared on ${[...found.sides].join(', ')} only`);
    }
    return found;
  }
}

/** Where a command is tested that can't be compared. Throws where there is no such test. */
function elsewhere(name: string): string | undefined {
  const claim = ELSEWHERE[name];
  if (claim === undefined) return undefined;
  const text = readFileSync(new URL(claim.file, import.meta.url), 'utf8');
  if (!text.includes(`'${claim.test}'`)) throw new Error(`${name}: ${claim.file} has no test '${claim.test}'`);
  return `tested otherwise, ${claim.why} (\`test/servers/redis/${claim.file}\`: ${claim.test})`;
}

function stateOf({ name }: Command, coverage: Coverage): string {
  const compared = coverage.of(name);
  const other = elsewhere(name);
  if (other !== undefined) {
    if (compared !== undefined && compared.replies.size > 0)
      throw new Error(`${name} is compared: it needs no other test`);
    return other;
  }
  // Errors say something of a command only where it never answers anything else.
  const onlyErrors = compared !== undefined && ![...compared.replies].some((way) => way !== 'refused');
  const ways = new Set(onlyErrors ? compared.errors : compared?.replies);
  if (compared === undefined || ways.size + compared.replies.size === 0) {
    throw new Error(`${name} is not tested: compare it in contract/, or name its test in elsewhere.ts`);
  }
  const isRefused = compared.replies.has('refused');
  if (isRefused) {
    const sent = [...compared.sent].sort().map((text) => `\`${text}\``);
    return sent.length === 0 ? 'refused' : `refused, but for what was compared: ${sent.join(', ')}`;
  }
  const state = ways.has('') ? 'compared' : `compared loosely (${[...ways].sort()})`;
  return onlyErrors ? `${state}, as far as errors go` : state;
}

const INTRODUCTION = `# What the embedded Redis can do

Counted by \`test/servers/redis/contract.test.ts\` from what it compares: do not edit. After a change,
\`npx vitest run test/servers/redis/contract.test.ts -u\` writes it anew.

The embedded server follows ${RELEASES.map(({ version }) => version).join(', ')}. **compared** means that its replies, as each
of these releases, were compared with those of a real server of that release, byte for byte, in RESP2 and RESP3;
**compared loosely** says in which way (see below). **refused** means
that it answers a clear error, but for the very commands that are named. What can't be compared is **tested otherwise**, where it says.
`;

const DIFFERENCES = `## Where it differs on purpose

- Cluster mode, replication, persistence (with DUMP, RESTORE, MIGRATE, FUNCTION DUMP and FUNCTION RESTORE), modules,
  managing users with ACL, and client-side caching (CLIENT TRACKING) are refused.
- CLIENT SETINFO is accepted as 7.0, too, because current clients send it. Vector sets, the module that Redis 8 comes
  with, are unknown commands, like those of other modules.
- As Valkey: no COMMANDLOG, CLIENT IMPORT-SOURCE and SCRIPT SHOW.
- Keys expire on time, not up to a tenth of a second later; \`used_memory\`, MEMORY USAGE and eviction work on estimates.
- \`~\` trimming of streams goes by nodes of stream-node-max-entries and stream-node-max-bytes, whose bytes are counted as
  they are kept here, so that it may keep a few entries more or fewer.
- Scripts run on a Lua 5.3 machine that is turned into 5.1: numbers are doubles, \`getfenv\` and \`setfenv\` are absent as
  in Redis, \`pairs\` over the libraries (\`redis\`, \`string\`, ...) finds nothing, and a few messages of syntax errors are
  worded otherwise.
- A script inside MULTI that runs for longer than busy-reply-threshold is stopped, where Redis would wait.
- COMMAND DOCS tells groups and subcommands, but no texts and no arguments.
`;

/** The document's text. */
export function compatibility(coverage: Coverage): string {
  const groups = new Map<string, string[]>();
  const counts = new Map<string, number>();
  for (const outer of TABLE.values()) {
    for (const command of [outer, ...(outer.subcommands?.values() ?? [])]) {
      if (command.run === undefined) continue;
      const state = stateOf(command, coverage);
      const kind = /^(compared loosely|tested otherwise|\w+)/.exec(state)![0];
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const rows = groups.get(command.group) ?? [];
      groups.set(command.group, rows);
      rows.push(`- ${command.name.replaceAll('|', ' ').toUpperCase()}: ${state}`);
    }
  }
  const kinds = ['compared', 'compared loosely', 'tested otherwise', 'refused'];
  const lines = [INTRODUCTION, `${kinds.map((kind) => `${counts.get(kind) ?? 0} ${kind}`).join(', ')}.`, ''];
  for (const [group, rows] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`## ${group}`, '', ...rows.sort(), '');
  }
  lines.push('## Where replies are compared loosely', '');
  for (const { name, why } of Object.values(LOOSENINGS)) lines.push(`- \`${name}\`: ${why}`);
  lines.push('', '## What differs between the releases', '');
  for (const { what, in: releases } of Object.values(BETWEEN_RELEASES)) lines.push(`- ${releases.join(', ')}: ${what}`);
  return [...lines, '', DIFFERENCES].join('\n');
}

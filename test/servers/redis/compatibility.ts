/** Makes docs/compatibility-redis.md out of the command tables and the contract tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { GROUPS } from '../../../src/servers/redis/commands/index.ts';
import { tableOf } from '../../../src/servers/redis/dispatch/table.ts';
import { LOOSENINGS } from './contract/contract.ts';

const CONTRACTS = new URL('contract/', import.meta.url);
/** Handlers that answer with a refusal: the command is known, and not there. */
const REFUSALS = new Set([
  'noCluster',
  'noAcl',
  'noPersistence',
  'noReplication',
  'noModules',
  'noDump',
  'dump',
  'restore',
  'migrate',
  'shutdown',
]);

/** Every word of the contract scripts, to see which commands they call. */
function calledCommands(): Set<string> {
  const called = new Set<string>();
  for (const file of readdirSync(CONTRACTS)) {
    const text = readFileSync(new URL(file, CONTRACTS), 'utf8');
    for (const [, first, second] of text.matchAll(/^\s*(?:~\w+ )?(?:@\w+[<>]?\s*)?([A-Z_]{2,})(?: ([A-Z-]+))?/gm)) {
      called.add(first!.toLowerCase());
      if (second !== undefined) called.add(`${first}|${second}`.toLowerCase());
    }
    for (const [, word] of text.matchAll(/'([A-Z_]{3,})'/g)) called.add(word!.toLowerCase());
  }
  return called;
}

function cell(text: string): string {
  return text.replaceAll('|', ' ');
}

/** The document's text. */
export function compatibility(): string {
  const called = calledCommands();
  const lines = [
    '# What the embedded Redis can do',
    '',
    'Made by `test/servers/redis/compatibility.test.ts` from the command tables and the contract tests: do not edit.',
    'Run `UPDATE_DOCS=1 npx vitest run test/servers/redis/compatibility.test.ts` after a change.',
    '',
    'The embedded server follows Redis 7.0. **compared** means that contract tests send the command to it and to a real',
    'redis-server 7.0 and require the same bytes in RESP2 and RESP3. **there** means that other tests, or clients at work',
    'in tests, use it. **refused** means that it answers a clear error.',
    '',
  ];
  const groups = new Map<string, string[]>();
  let counts = { compared: 0, there: 0, refused: 0 };
  for (const outer of tableOf(GROUPS).values()) {
    for (const command of [outer, ...(outer.subcommands?.values() ?? [])]) {
      if (command.run === undefined) continue;
      const state = REFUSALS.has(command.run.name) ? 'refused' : called.has(command.name) ? 'compared' : 'there';
      counts = { ...counts, [state]: counts[state] + 1 };
      const rows = groups.get(command.group) ?? [];
      rows.push(`- ${cell(command.name).toUpperCase()}: ${state}`);
      groups.set(command.group, rows);
    }
  }
  lines.push(`${counts.compared} compared, ${counts.there} there, ${counts.refused} refused.`, '');
  for (const [group, rows] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`## ${group}`, '', ...rows.sort(), '');
  }
  lines.push('## Where replies are compared loosely', '');
  for (const [name, { why }] of Object.entries(LOOSENINGS)) lines.push(`- \`${name}\`: ${why}`);
  lines.push(
    '',
    '## Where it differs on purpose',
    '',
    '- Cluster mode, replication, persistence (with DUMP, RESTORE, MIGRATE, FUNCTION DUMP and FUNCTION RESTORE), modules, managing users with ACL,',
    '  and client-side caching (CLIENT TRACKING) are refused.',
    '- CLIENT SETINFO is accepted, as in Redis 7.2, because current clients send it.',
    '- Keys expire on time, not up to a tenth of a second later; `used_memory`, MEMORY USAGE and eviction work on estimates.',
    '- `~` trimming of streams goes by nodes of stream-node-max-entries and stream-node-max-bytes, whose bytes are counted as they are kept here,',
    '  so that it may keep a few entries more or fewer.',
    '- Scripts run on a Lua 5.3 machine that is turned into 5.1: numbers are doubles, `getfenv` and `setfenv` are absent as in Redis, `pairs` over',
    '  the libraries (`redis`, `string`, ...) finds nothing, and a few messages of syntax errors are worded otherwise.',
    '- A script inside MULTI that runs for longer than busy-reply-threshold is stopped, where Redis would wait.',
    '- COMMAND DOCS tells groups and subcommands, but no texts and no arguments.',
    '',
  );
  return lines.join('\n');
}

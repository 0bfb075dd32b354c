/** The rows of commands as a release has them. What stands in the groups is what the newest Redis tells. */
import type { RedisTraits } from '../differences.ts';
import type { Group, Row } from '../dispatch/table.ts';

type Trait = keyof RedisTraits;

/** Commands that are only there where the release has a trait. */
const ONLY: readonly (readonly [Trait, readonly string[]])[] = [
  [
    'fieldExpiry',
    'hexpire hexpireat hexpiretime hgetdel hgetex hpersist hpexpire hpexpireat hpexpiretime hpttl hsetex httl'.split(
      ' ',
    ),
  ],
  ['libraryInfo', ['client|no-touch', 'waitaof']],
  ['valkeyTable', ['client|capa']],
];

/** What a text in a row's flags or keys is replaced with; where the first is empty the other is added. */
type Edit = readonly [from: string, to: string];

interface Change {
  readonly arity?: number;
  readonly flags?: Edit;
  readonly keys?: Edit;
}

const NOSCRIPT: Change = { flags: ['blocking', 'noscript blocking'] };
const WITHOUT_POLICIES: Change = { flags: [' ~request_policy:all_nodes ~response_policy:all_succeeded', ''] };
const COMPLETE: Change = { keys: [' incomplete', ''] };
const NOT_QUEUED: Change = { flags: ['', ' no_multi'] };

const CHANGES: readonly (readonly [Trait, Readonly<Record<string, Change>>])[] = [
  [
    'oldTable',
    {
      'client|setname': WITHOUT_POLICIES,
      randomkey: { flags: [' ~response_policy:special', ''] },
      scan: { flags: [' ~response_policy:special', ''] },
      wait: { flags: ['blocking', 'noscript'] },
      msetnx: { flags: ['', ' ~request_policy:multi_shard ~response_policy:agg_min'] },
      blmove: NOSCRIPT,
      blpop: NOSCRIPT,
      brpop: NOSCRIPT,
      brpoplpush: NOSCRIPT,
      bzpopmax: NOSCRIPT,
      bzpopmin: NOSCRIPT,
      sinterstore: { keys: ['OW update', 'RW update'] },
      zrank: { arity: 3 },
      zrevrank: { arity: 3 },
      'acl|setuser': WITHOUT_POLICIES,
      'acl|deluser': WITHOUT_POLICIES,
      'acl|save': WITHOUT_POLICIES,
      'config|resetstat': WITHOUT_POLICIES,
      'config|rewrite': WITHOUT_POLICIES,
      'command|getkeys': { arity: -4 },
      'command|getkeysandflags': { arity: -4 },
      'latency|reset': { flags: ['agg_sum', 'all_succeeded'] },
      xread: COMPLETE,
      xreadgroup: COMPLETE,
      georadius: COMPLETE,
      georadiusbymember: COMPLETE,
    },
  ],
  [
    'valkeyTable',
    {
      xread: COMPLETE,
      xreadgroup: COMPLETE,
      georadius: COMPLETE,
      georadiusbymember: COMPLETE,
      exec: { flags: ['skip_slowlog', 'skip_commandlog'] },
      multi: NOT_QUEUED,
      watch: NOT_QUEUED,
      'memory|malloc-stats': { flags: ['', ' loading'] },
      'memory|purge': { flags: ['', ' loading'] },
    },
  ],
];

/** The groups as a release with these traits has them. */
export function groupsOf(groups: readonly Group[], traits: RedisTraits): Group[] {
  const absent = new Set(ONLY.flatMap(([trait, names]) => (traits[trait] ? [] : names)));
  const changes = CHANGES.filter(([trait]) => traits[trait]).map(([, byName]) => byName);
  return groups.map(({ name, rows }) => ({
    name,
    rows: rows
      .filter((row) => !absent.has(row.name))
      .map((row) => changes.reduce((changed, byName) => change(changed, byName[row.name]), row)),
  }));
}

function change(row: Row, { arity = row.arity, flags, keys }: Change = {}): Row {
  return { ...row, arity, flags: edit(row.flags, flags), keys: edit(row.keys, keys) };
}

function edit(text: string, [from, to]: Edit = ['', '']): string {
  return from === '' ? text + to : text.replaceAll(from, to);
}

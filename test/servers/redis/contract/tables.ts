/** COMMAND tells what Redis tells: arity, flags, keys, categories and tips of every command that is there. */
import { GROUPS } from '../../../../src/servers/redis/commands/index.ts';
import { contract } from './_contract.ts';

/** Absent in Redis 7.0, and a container whose subcommands are absent here. */
const NOT_BOTH = new Set(['client|setinfo', 'cluster']);

const names = GROUPS.flatMap(({ rows }) => rows.map(({ name }) => name)).filter((name) => !NOT_BOTH.has(name));

export default [
  contract('what is there', '~names COMMAND LIST'),
  contract('what is told of each', names.map((name) => `~table COMMAND INFO ${name}`).join('\n')),
];

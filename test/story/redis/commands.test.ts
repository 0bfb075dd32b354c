/** The story knows each command that may make, move or remove a message: of one that it does not know it would tell lies. */
import { expect, test } from 'vitest';
import { GROUPS } from '../../../src/servers/redis/commands/index.ts';
import { KEY_COMMANDS } from '../../../src/story/redis/keys/commands.ts';
import { LIST_COMMANDS } from '../../../src/story/redis/lists/commands.ts';
import { FOLLOWED } from '../../../src/story/redis/streams/commands.ts';

/** These write, and touch no entry and no group. */
const HARMLESS = ['XGROUP CREATECONSUMER', 'XSETID'];

/** The commands of a group that write, by Redis's own table. */
function writesOf(group: string): string[] {
  const rows = GROUPS.find(({ name }) => name === group)?.rows ?? [];
  const writes = rows.filter(({ flags }) => flags.split(' ').includes('write'));
  return writes.map(({ name }) => name.replace('|', ' ').toUpperCase());
}

test.each(['list', 'generic', 'stream'])('every command of the group %s that writes', (group) => {
  const writes = writesOf(group);
  expect(writes.length).toBeGreaterThan(5);
  const known = (name: string): boolean => LIST_COMMANDS.has(name) || KEY_COMMANDS.has(name) || FOLLOWED.has(name);
  const unknown = writes.filter((name) => !known(name) && !HARMLESS.includes(name));
  expect(unknown, 'what src/story/redis/ does not know').toEqual([]);
});

/** After these anything may be in any key: scripts, what can't be read, a server that evicts. */
import { Deque } from '../../../core/collections/deque.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { ANY } from './answer.ts';
import { Bag } from './bag.ts';
import { type Act, type Plan, type Planner, wordAt } from './plan.ts';
import { SCRIPTS, UNREAD } from './scripts.ts';
import { shownKey, type Unknown } from './world.ts';

/** From here on anything may be in any key. */
export function anything(unknown: Unknown): Plan {
  const act: Act = (world) => {
    for (const [key, list] of [...world.lists]) {
      if (!(list instanceof Deque)) {
        list.hasForeign ||= unknown.hasForeign;
        continue;
      }
      const bag = new Bag(unknown.reason(key), unknown.hasForeign);
      bag.isSettleable = unknown.isSettleable ?? false;
      bag.add(list.toArray());
      world.put(key, bag);
    }
    world.due.clear();
    const known = world.unknown;
    if (!known?.isLasting) world.unknown = unknown;
    else if (unknown.hasForeign && !known.hasForeign) world.unknown = { ...known, hasForeign: true };
    return ANY;
  };
  return { keys: undefined, act, unknown };
}

/** Nothing shows what a script does, or what can't be read: it may touch any key. */
function unseen(reason: Statement): Planner {
  const unknown: Unknown = { reason: () => reason, hasForeign: true };
  return () => anything(unknown);
}

/** A master stays one, and keeps what it has. https://redis.io/docs/latest/commands/replicaof/ */
const follow: Planner = (call) =>
  wordAt(call.args, 0) === 'NO' && wordAt(call.args, 1) === 'ONE' ? undefined : loads(call);

/** What the server holds then comes from elsewhere: a file, or another server. */
const loads: Planner = ({ name }) => {
  const reason: Statement = { code: 'COMMAND_MAY_TOUCH', values: { command: name } };
  return anything({ reason: () => reason, hasForeign: true });
};

/** A server that is told to evict keys may do so at any time from then on, and tells nobody. */
const EVICTED: Unknown = {
  reason: (key) => ({ code: 'MAY_BE_EVICTED', values: { key: shownKey(key) } }),
  hasForeign: false,
  isLasting: true,
};

const configure: Planner = (call) => {
  const setting = (name: string): string | undefined => {
    const at = call.args.findIndex((_, index) => index % 2 === 0 && wordAt(call.args, index) === name);
    return at < 0 ? undefined : wordAt(call.args, at + 1);
  };
  const policy = setting('MAXMEMORY-POLICY');
  if (policy !== undefined && policy !== 'NOEVICTION') return anything(EVICTED);
  return setting('APPENDONLY') === 'YES' || setting('SAVE') ? save(call) : undefined;
};

const save: Planner = () => ({ keys: [], act: () => ANY, reads: true, saves: true });

/** What it held is there again, or some of it. */
export const SAVED: Unknown = {
  reason: () => ({ code: 'MAY_BE_SAVED', values: {} }),
  hasForeign: false,
  isSettleable: true,
};

const script = unseen({ code: 'SCRIPT_MAY_TOUCH', values: {} });

export const UNSEEN_COMMANDS: readonly (readonly [string, Planner])[] = [
  ['CONFIG SET', configure],
  ...['SAVE', 'BGSAVE', 'BGREWRITEAOF'].map((name) => [name, save] as const),
  ...SCRIPTS.map((name) => [name, script] as const),
  [UNREAD.name, unseen({ code: 'UNDECODABLE_MAY_TOUCH', values: {} })],
  ...['DEBUG RELOAD', 'DEBUG LOADAOF', 'DEBUG FLUSHALL'].map((name) => [name, loads] as const),
  ...['REPLICAOF', 'SLAVEOF'].map((name) => [name, follow] as const),
];

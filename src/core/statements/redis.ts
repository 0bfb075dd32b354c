/** What can be said of messages and connections in Redis. */
import { counted, listed, named } from './_words.ts';

type Key = { key: string };
type ByCommand = { command: string };
type Channel = { channel: string };
type Answered = ByCommand & {
  reply?: string;
  items?: number;
  within?: string;
  db?: number;
  discarded?: number;
  unanswered?: boolean;
};

export const redis = {
  // Why something was never taken, or never happened.
  REDIS_REFUSED: ({ error }: { error: string }) => error,
  REFUSED_UNSEEN: (_: object) => 'the server refused it, though nobody saw the answer',
  WATCHED_KEY_CHANGED: (_: object) => 'a watched key had changed, so EXEC did nothing',
  NO_LIST_TO_PUSH_TO: ({ command, key }: ByCommand & Key) =>
    `there is no list ${named(key)}, and ${command} makes none`,
  NO_STREAM_TO_ADD_TO: ({ key }: Key) => `there is no stream ${named(key)}, and NOMKSTREAM makes none`,
  NOT_INSERTED: ({ key }: Key) => `list ${named(key)} has no such element to insert it beside`,
  NOBODY_SUBSCRIBES: ({ channel }: Channel) =>
    `nobody subscribes to ${named(channel)} at this moment, and Redis keeps nothing`,

  // Why it is no longer where it was.
  KEY_REMOVED: ({ command, key }: ByCommand & Key) => `it was in ${named(key)}, which ${command} removed`,
  KEY_REPLACED: ({ command, key }: ByCommand & Key) =>
    `it was in ${named(key)}, in place of which ${command} put something else`,
  DATABASE_FLUSHED: ({ command }: ByCommand) =>
    `${command} emptied ${command === 'FLUSHALL' ? 'all databases' : 'the database that it was in'}`,
  KEY_EXPIRED: ({ key }: Key) => `the time to live of ${named(key)} ran out with it inside`,
  LIST_TRIMMED: ({ key }: Key) => `LTRIM cut it off list ${named(key)}`,
  LIST_REMOVED: ({ key }: Key) => `LREM took it out of list ${named(key)}`,
  LIST_SET: ({ key }: Key) => `LSET put another element in its place in list ${named(key)}`,
  ENTRY_DELETED: ({ command, key }: ByCommand & Key) => `${command} deleted it from stream ${named(key)}`,
  STREAM_TRIMMED: ({ command, key }: ByCommand & Key) => `${command} cut it off stream ${named(key)}`,
  TAKEN_UNANSWERED: ({ command, key }: ByCommand & Key) =>
    `${command} took it from ${named(key)}, with its reply switched off`,
  REMOVED_OR_EXPIRED: ({ key }: Key) =>
    `either a command removed it or the time to live of ${named(key)} ran out with it inside: no answer tells which was first`,
  REMOVED_BY_EITHER: (_: object) => 'one of several commands removed it, and no answer tells which was first',
  REDIS_RESTARTED: (_: object) => 'the server was restarted and kept nothing',

  // Why it can't be told what became of it.
  ORDER_UNSETTLED: (_: object) =>
    'it hangs on commands that were under way, and no answer tells which of them came first, or came at all',
  LIST_ORDER_UNSETTLED: ({ key }: Key) =>
    `what others did to ${named(key)} at the same time decides, and no answer tells which came first`,
  TAKEN_BY_LOST_CONNECTION: ({ peer }: { peer: string }) =>
    `${peer} may have taken it, but its connection was lost before the answer was seen`,
  SUBSCRIBER_LOST: ({ peer }: { peer: string }) =>
    `Redis gave it to ${peer}, whose connection ended before anything showed that it came there`,
  MAY_BE_SAVED: (_: object) =>
    'the server was restarted, and has again what it had written down: no answer tells how much',
  MAY_HAVE_EXPIRED: ({ key }: Key) => `the time to live of ${named(key)} may have run out since it was last known of`,
  TRIMS_ABOUT: ({ command, key }: ByCommand & Key) =>
    `${command} trims stream ${named(key)} only about (~), and no answer tells how much it cut off`,
  SCRIPT_MAY_TOUCH: (_: object) => 'a script ran, which may touch keys that no command shows',
  COMMAND_MAY_TOUCH: ({ command }: ByCommand) =>
    `${command} was carried out, after which keys may hold something that no command shows`,
  UNDECODABLE_MAY_TOUCH: (_: object) => 'what a client said could not be decoded, and may have touched any key',
  MAY_BE_EVICTED: ({ key }: Key) => `Redis may have evicted ${named(key)} to make room (maxmemory-policy)`,
  OTHERS_MAY_USE_KEY: ({ key }: Key) => `left the run's sight in ${named(key)}, which others may use too`,
  KEY_LOST_TRACK: ({ key }: Key) => `too much happened to ${named(key)} at the same time to follow it`,
  MAY_BE_PUBLISHED_TO: ({ channel }: Channel) =>
    `who subscribed to ${named(channel)} just then decides, and no answer tells`,

  // Notes.
  /** `reply` is a plain one, or lists the items where they are few and short; `items` says how many there are. */
  /** With neither where it is told before its reply; `within` names the command whose reply has this one's in it: EXEC. */
  /** `db` is the database that it is about, where that is not the first. */
  /** `unanswered` where its reply is switched off; `discarded` says how many queued commands it kept from happening. */
  REDIS_COMMAND: ({ command, db, reply, items, discarded, unanswered }: Answered) => {
    const answer = reply ?? (items === undefined ? undefined : counted(items, command === 'EXEC' ? 'answer' : 'item'));
    const asked = db === undefined ? command : `${command} (db ${db})`;
    const said = answer === undefined ? asked : `${asked} → ${answer}`;
    if (unanswered) return `${said} (its reply is switched off)`;
    return discarded === undefined ? said : `${said} (${notCarriedOut(discarded)})`;
  },
  REDIS_QUEUE_GONE: ({ count }: { count: number }) => `is gone without EXEC: ${notCarriedOut(count)}`,
  REDIS_SUBSCRIPTION: ({ command, name }: ByCommand & { name: string }) => `${command} ${name}`,
  REDIS_SUBSCRIPTIONS_GONE: ({ names }: { names: string[] }) =>
    `is gone, and with it its subscription to ${listed(names)}`,
  /** What a client is told that keeps values itself; no keys are all. */
  REDIS_INVALIDATED: ({ keys }: { keys: string[] }) =>
    `is told to forget what it keeps of ${keys.length === 0 ? 'every key' : listed(keys)} (CLIENT TRACKING)`,
} as const;

function notCarriedOut(count: number): string {
  return count === 1 ? '1 queued command was not carried out' : `${count} queued commands were not carried out`;
}

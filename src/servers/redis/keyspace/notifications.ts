/** Keyspace notifications. https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/ */

/** The classes of events that `A` stands for, in the order in which Redis prints them. */
const ALL = [...'g$lshzxetd'];
/** Misses and new keys, which have to be asked for by name. */
const OTHERS = [...'mn'];
/** Whether a message is sent to the key's channel, to the event's, or to both. */
const CHANNELS = [...'KE'];

/** The class of an event, as notify-keyspace-events names it. */
export type EventKind = 'g' | '$' | 'l' | 's' | 'h' | 'z' | 'x' | 'e' | 't' | 'd' | 'm' | 'n';

/** The letters of notify-keyspace-events as Redis keeps them; undefined where one is unknown. */
export function normalised(text: string): string | undefined {
  const letters = new Set(text);
  if (letters.delete('A')) for (const letter of ALL) letters.add(letter);
  const known = [...ALL, ...CHANNELS, ...OTHERS];
  if ([...letters].some((letter) => !known.includes(letter))) return undefined;
  const chosen = (from: readonly string[]): string => from.filter((letter) => letters.has(letter)).join('');
  const all = chosen(ALL);
  return `${all.length === ALL.length ? 'A' : all}${chosen(CHANNELS)}${chosen(OTHERS)}`;
}

/** Whether an event of a kind is published, by the letters of notify-keyspace-events. */
export function isWanted(letters: string, kind: EventKind): boolean {
  return letters.includes(kind) || (letters.includes('A') && !OTHERS.includes(kind));
}

/** The messages that tell of an event: by the key, by the event, or both. */
export function messagesOf(
  letters: string,
  event: string,
  database: number,
  key: string,
): { channel: string; message: string }[] {
  const messages: { channel: string; message: string }[] = [];
  if (letters.includes('K')) messages.push({ channel: `__keyspace@${database}__:${key}`, message: event });
  if (letters.includes('E')) messages.push({ channel: `__keyevent@${database}__:${event}`, message: key });
  return messages;
}

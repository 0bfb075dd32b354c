/** Keyspace notifications. https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/ */

/** The class of an event, as notify-keyspace-events names it. */
export type EventKind = 'g' | '$' | 'l' | 's' | 'h' | 'z' | 'x' | 'e' | 't' | 'd' | 'm' | 'n';

/** Whether an event of a kind is published, by the letters of notify-keyspace-events: `A` is all but misses and new keys. */
export function isWanted(letters: string, kind: EventKind): boolean {
  return letters.includes(kind) || (letters.includes('A') && kind !== 'm' && kind !== 'n');
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

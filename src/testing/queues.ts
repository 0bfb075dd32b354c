/** The queues that clients declare, by what they say on the wire. */
import type { AmqpValue } from '../protocols/amqp/index.ts';
import type { Frame } from '../protocols/protocol.ts';
import type { StompValue } from '../protocols/stomp/index.ts';

const QUEUE = '/queue/';
const DESTINATIONS: ReadonlySet<string> = new Set(['SEND', 'SUBSCRIBE']);

/** The queue that this frame says is there: RabbitMQ's answer to a declaration, or a destination of STOMP. */
export function queueDeclaredBy({ protocol, from, name, value }: Frame): string | undefined {
  if (protocol === 'amqp' && from === 'server' && name === 'queue.declare-ok') {
    const { method, args } = value as AmqpValue;
    return method === 'queue.declare-ok' ? args.queue : undefined;
  }
  if (protocol !== 'stomp' || from !== 'client' || !DESTINATIONS.has(name)) return undefined;
  const headers = (value as StompValue).headers;
  const [, destination = ''] = [...headers].find(([key]) => key === 'destination') ?? [];
  return destination.startsWith(QUEUE) ? decoded(destination.slice(QUEUE.length)) : undefined;
}

/** RabbitMQ writes a name of a queue into a destination as into a URL. */
function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** What counts of a message for routing and queues; a dead-lettered message is another publication of it. */
import type { FieldTable } from '../../../protocols/amqp/index.ts';

export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  /** Where it had been published to. */
  readonly exchange: string;
}

/** As the header x-death tells them. https://www.rabbitmq.com/docs/dlx */
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

interface Published {
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers: FieldTable;
  readonly sizeBytes: number;
  readonly priority: number;
  readonly persistent: boolean;
  readonly ttlMs: number | undefined;
  readonly deaths: readonly Death[];
  /** What its client's own headers say of a death that the broker knows nothing of. */
  readonly told?: Death | undefined;
}

export class Publication implements Published {
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers: FieldTable;
  /** What it is known by where it arrives: body and properties, where it was published to, and where it died before. */
  readonly key: string;
  readonly #identityLength: number;
  readonly sizeBytes: number;
  readonly priority: number;
  readonly persistent: boolean;
  /** Its own time to live, in ms. */
  readonly ttlMs: number | undefined;
  /** Where it died before, and why, the latest first. */
  readonly deaths: readonly Death[];

  /** @param identity what body and properties are known by; see `identify` */
  constructor(identity: string, published: Published) {
    const { exchange, routingKey, deaths } = published;
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.headers = published.headers;
    this.key = keyOf(identity, exchange, routingKey, published);
    this.#identityLength = identity.length;
    this.sizeBytes = published.sizeBytes;
    this.priority = published.priority;
    this.persistent = published.persistent;
    this.ttlMs = published.ttlMs;
    this.deaths = deaths;
  }

  /** What body and properties are known by. It is part of the key, so that it need not be kept twice. */
  get identity(): string {
    return this.key.slice(0, this.#identityLength);
  }
}

/** Together with where it was published to, and where it died before: a delivery tells that, too. */
function keyOf(identity: string, exchange: string, routingKey: string, { deaths, told }: Published): string {
  const key = `${identity}\n@${exchange}\n${routingKey}`;
  const known = deaths.length === 0 && told ? [told] : deaths;
  return known.reduce((all, { reason, queue, exchange: from }) => `${all}\n${reason} in ${queue} from ${from}`, key);
}

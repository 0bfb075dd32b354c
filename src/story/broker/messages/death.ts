/** Where a message goes that dies in a queue. https://www.rabbitmq.com/docs/dlx */
import type { FieldTable, FieldValue } from '../../../protocols/amqp/index.ts';
import { type Death, type DeathReason, Publication } from './publication.ts';

/** The message as it is published to the dead-letter exchange. */
export function deadLettered(
  publication: Publication,
  queue: string,
  reason: DeathReason,
  exchange: string,
  routingKey: string | undefined,
): Publication {
  const key = routingKey ?? publication.routingKey;
  const { CC, BCC, ...others } = publication.headers;
  const isSame = (death: Death): boolean => death.queue === queue && death.reason === reason;
  // Of several deaths of one kind the first tells where it had been published.
  const death = publication.deaths.find(isSame) ?? { queue, reason, exchange: publication.exchange };
  const { sizeBytes, priority, persistent } = publication;
  return new Publication(publication.identity, {
    exchange,
    routingKey: key,
    // Further keys count on, unless the queue gives a key of its own.
    headers: routingKey === undefined ? publication.headers : others,
    sizeBytes,
    priority,
    persistent,
    ttlMs: undefined,
    deaths: [death, ...publication.deaths.filter((one) => !isSame(one))],
  });
}

/** Whether a message would come back to a queue it died in before, with nobody having rejected it on the way. */
export function isCycle({ deaths }: Publication, queue: string): boolean {
  const last = deaths.findIndex((death) => death.queue === queue);
  return last >= 0 && deaths.slice(0, last + 1).every(({ reason }) => reason !== 'rejected');
}

/** The deaths that the header x-death tells, the latest first. */
export function deathsIn(headers: FieldTable | undefined): Death[] {
  const told = headers?.['x-death'];
  if (!Array.isArray(told)) return firstDeathIn(headers ?? {});
  return told.flatMap((death: FieldValue) => {
    const { queue, reason, exchange } = (death ?? {}) as Record<string, unknown>;
    return typeof queue === 'string' && isDeathReason(reason) ? [{ queue, reason, exchange: nameOf(exchange) }] : [];
  });
}

/** STOMP leaves out what is no text: of several deaths it tells the first. */
function firstDeathIn(headers: FieldTable): Death[] {
  const { 'x-first-death-queue': queue, 'x-first-death-reason': reason, 'x-first-death-exchange': exchange } = headers;
  return typeof queue === 'string' && isDeathReason(reason) ? [{ queue, reason, exchange: nameOf(exchange) }] : [];
}

function nameOf(exchange: unknown): string {
  return typeof exchange === 'string' ? exchange : '';
}

function isDeathReason(reason: unknown): reason is DeathReason {
  return reason === 'rejected' || reason === 'expired' || reason === 'maxlen' || reason === 'delivery_limit';
}

/** Who may see the page: whoever has its URL, from this machine, by this machine's own names. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A page whose name is bound to this machine after it was loaded says that name (DNS rebinding). */
const HOSTS = ['127.0.0.1', 'localhost'];

/** Why a request is not served, for its sender to read; undefined where it may be. */
export function refusalOf({ host, origin }: IncomingHttpHeaders, port: number): string | undefined {
  // Of the port that belongs to HTTP, a browser says nothing.
  const own = HOSTS.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (host === undefined || !own.includes(host.toLowerCase())) return 'This page is not served by that name.\n';
  if (origin !== undefined && !own.some((one) => origin === `http://${one}`)) {
    return 'This page is not for other pages.\n';
  }
  return undefined;
}

/** What a target asks for, where it has the token: `/TOKEN/events`. */
export function wayTo(target: string | undefined, token: string): string | undefined {
  const [, given = '', way] = /^\/([^/?#]*)\/([^?#]*)/.exec(target ?? '') ?? [];
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other) ? way : undefined;
}

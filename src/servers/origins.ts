/**
 * Who may talk to a web server on this machine. A browser lets any page that its user visits open a WebSocket to this
 * machine and send it forms, and says from where the page comes in `Origin`. A page whose host's name is bound to
 * 127.0.0.1 after it was loaded (DNS rebinding) is of the same origin as the server, but its `Host` is that name.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from './loopback.ts';

const ANY = '*';

/** Why a request must not be served, for its sender to read; undefined where it may. */
export function refusalOf(headers: IncomingHttpHeaders, allowOrigins: readonly string[]): string | undefined {
  if (allowOrigins.includes(ANY)) return undefined;
  const { origin, host } = headers;
  if (origin !== undefined && !isOwnOrigin(origin) && !allowOrigins.includes(origin)) {
    return `Pages from ${origin} are not served. Start it with --allow-origin ${origin} if they should be.\n`;
  }
  if (host !== undefined && !isOwnHost(host) && !allowOrigins.some((allowed) => hostOf(allowed) === nameOf(host))) {
    return `This server is not called ${host}. Start it with --allow-origin http://${host} if it should be.\n`;
  }
  return undefined;
}

/** Whether an origin is as a browser writes it: a scheme, a host, and a port where it is not the scheme's. */
export function isOrigin(text: string): boolean {
  return text === ANY || (URL.canParse(text) && new URL(text).origin === text);
}

function isOwnOrigin(origin: string): boolean {
  const host = hostOf(origin);
  return host !== undefined && isLoopback(host);
}

/** Addresses can't be bound to another one, and a name without a dot is of the network that this machine is in. */
function isOwnHost(host: string): boolean {
  const name = nameOf(host);
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || !name.includes('.') || isLoopback(name);
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).hostname : undefined;
}

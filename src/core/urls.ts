/** The URLs by which services are named, and how to tell one without its secrets. */
import { UsageError } from './errors.ts';
import { SERVICE_TITLES, type Service } from './services.ts';

/** The schemes that each service is reached by, the plain one first, and the port of each. */
const SCHEMES: Record<Service, Readonly<Record<string, number>>> = {
  rabbitmq: { amqp: 5672, amqps: 5671 },
  redis: { redis: 6379, rediss: 6379 },
  ws: { ws: 80, wss: 443 },
  stomp: { ws: 80, wss: 443 },
  http: { http: 80, https: 443 },
};
const HIDDEN = '***';
const WITH_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):.*@/i;
const PASSWORD_IN_TEXT = /\b([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*):[^\s/?#]*@/gi;
const SECRET_QUERY =
  /([?&](?:access_token|api_?key|auth|key|passw(?:or)?d|passcode|secret|signature|token)=)[^&#\s]*/gi;

/**
 * A URL that can name this service. Throws a UsageError that tells which schemes can; it never repeats a password.
 * `source` is what the URL came from, for that message: an option or an environment variable.
 */
export function parseServiceUrl(service: Service, text: string, source = `--${service}-url`): URL {
  const schemes = SCHEMES[service];
  const wanted = Object.keys(schemes)
    .map((scheme) => `${scheme}://`)
    .join(' or ');
  const example = `${Object.keys(schemes)[0]}://127.0.0.1:${Object.values(schemes)[0]}`;
  const shown = redactUrl(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol.slice(0, -1) ?? '';
  if (!url || !(scheme in schemes)) {
    const problem = url ? `does not name ${SERVICE_TITLES[service]}` : 'is not a URL';
    throw new UsageError(`${source} ${shown}: this ${problem}`, {
      hint: `begin it with ${wanted}, such as ${example}`,
    });
  }
  if (url.hostname === '')
    throw new UsageError(`${source} ${shown}: this names no host`, { hint: `such as ${example}` });
  return url;
}

/** Where a service's URL leads to; IPv6 addresses without their brackets. */
export function addressOf(service: Service, url: URL): { host: string; port: number; tls: boolean } {
  const scheme = url.protocol.slice(0, -1);
  const port = url.port === '' ? SCHEMES[service][scheme]! : Number(url.port);
  const tls = scheme !== Object.keys(SCHEMES[service])[0];
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, tls };
}

/** The same service, by the scheme that does or does not use TLS. */
export function schemeOf(service: Service, tls: boolean): string {
  return `${Object.keys(SCHEMES[service])[tls ? 1 : 0]}://`;
}

/** `host:port`, an IPv6 host in brackets. */
export function authorityOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A URL fit to be shown: without its password, and without what looks like a token in its query. */
export function redactUrl(url: string | URL): string {
  // A password that holds an @, a / or a # ends the host early, so all that stands before the last @ is hidden.
  return String(url).replace(WITH_PASSWORD, `$1:${HIDDEN}@`).replace(SECRET_QUERY, `$1${HIDDEN}`);
}

/** Any text without the passwords and tokens of the URLs that stand in it. */
export function redactText(text: string): string {
  return text.replace(PASSWORD_IN_TEXT, `$1:${HIDDEN}@`).replace(SECRET_QUERY, `$1${HIDDEN}`);
}

/** The user and the password of a URL, decoded; each undefined where the URL has none. */
export function credentialsOf(url: URL): { user?: string; password?: string } {
  return {
    ...(url.username === '' ? {} : { user: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
  };
}

/** The URL without user and password, for what would send them along or refuse them. */
export function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

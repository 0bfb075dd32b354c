/** The URLs by which services are named, and how to tell one without its secrets. */
import { UsageError } from './errors.ts';
import { HIDDEN, hideSecrets, secretsAreShown } from './secrets.ts';
import { factsOf, type Service, urlFlag } from './services.ts';

const WITH_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):.*@/i;

/**
 * A URL that can name this service. Throws a UsageError that tells which schemes can; it never repeats a password.
 * `source` is what the URL came from, for that message: an option or an environment variable.
 */
export function parseServiceUrl(service: Service, text: string, source = urlFlag(service)): URL {
  const { title, plain, tls } = factsOf(service);
  const wanted = `${plain.scheme}:// or ${tls.scheme}://`;
  const example = `${plain.scheme}://127.0.0.1:${plain.port}`;
  const shown = redactUrl(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol.slice(0, -1) ?? '';
  if (!url || (scheme !== plain.scheme && scheme !== tls.scheme)) {
    const problem = url ? `does not name ${title}` : 'is not a URL';
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
  const facts = factsOf(service);
  const tls = url.protocol !== `${facts.plain.scheme}:`;
  const port = url.port === '' ? facts[tls ? 'tls' : 'plain'].port : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, tls };
}

/** The same service, by the scheme that does or does not use TLS. */
export function schemeOf(service: Service, tls: boolean): string {
  return `${factsOf(service)[tls ? 'tls' : 'plain'].scheme}://`;
}

/** `host:port`, an IPv6 host in brackets. */
export function authorityOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A URL fit to be shown: without its password, and without what looks like a token in its query. */
export function redactUrl(url: string | URL): string {
  // A password that holds an @, a / or a # ends the host early, so all that stands before the last @ is hidden.
  const text = String(url);
  return hideSecrets(secretsAreShown() ? text : text.replace(WITH_PASSWORD, `$1:${HIDDEN}@`));
}

/** Any text without the passwords and tokens of the URLs that stand in it. */
export function redactText(text: string): string {
  return hideSecrets(text);
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

/** Which host a request is for. */
import type { IncomingMessage } from 'node:http';

type Head = Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders' | 'httpVersion'>;

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `uri-host [ ":" port ]` (RFC 9110 §7.2). */
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9\-._~!$&'()*+,;=%]*)(?::\d*)?$/i;

/**
 * The host that a request is for; none where HTTP/1.0 names none, and undefined where the request must be answered with 400
 * (RFC 9112 §3.2). Where its target is a whole URL, that says the host, and not the field.
 */
export function hostOf({ url = '', headers, rawHeaders, httpVersion }: Head): { readonly host?: string } | undefined {
  const lines = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  if (lines > 1 || (lines === 0 && httpVersion !== '1.0')) return undefined;
  if (headers.host !== undefined && !HOST.test(headers.host)) return undefined;
  if (!ABSOLUTE.test(url)) return headers.host === undefined ? {} : { host: headers.host };
  return URL.canParse(url) ? { host: new URL(url).host } : undefined;
}

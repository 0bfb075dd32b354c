/** Finding out, within seconds, whether the server that a URL names is there, is the right one and lets us in. */
import { BackendError, messageOf } from '../core/errors.ts';
import { howToName, SERVICE_TITLES, type Service, urlFlag } from '../core/services.ts';
import { hearingTimeout } from '../core/time/patience.ts';
import { addressOf, authorityOf, redactUrl, schemeOf } from '../core/urls.ts';
import { type Answerer, whoAnswers } from './_who-answers.ts';

/** The longest that a server may take to answer, in ms. */
const KNOCK_MS = 5000;

/** Knocks at one kind of server: resolves with the version it says it has, rejects with why it does not let us in. */
export type Knock = (url: URL, signal: AbortSignal) => Promise<string>;

/** What kind of refusal it was, where the protocol told; the network's and TLS's own errors are recognised by code. */
export class Refused extends Error {
  readonly reason: 'login' | 'vhost' | 'protocol' | 'other';

  constructor(reason: Refused['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/**
 * Runs a knock, for at most KNOCK_MS. `isKnown`: the right server answered there before, so it is not looked for another.
 * `named` is what the user would have to correct. Throws a BackendError that says what is wrong and what to do, or the
 * signal's reason when the user gave up.
 */
export async function knock(
  service: { readonly name: Service; readonly knock: Knock },
  url: URL,
  signal?: AbortSignal,
  isKnown = false,
  named = urlFlag(service.name),
): Promise<string> {
  const { signal: late, cancel } = hearingTimeout(KNOCK_MS);
  const limit = signal ? AbortSignal.any([signal, late]) : late;
  try {
    limit.throwIfAborted();
    return await Promise.race([service.knock(url, limit), rejection(limit)]);
  } catch (error) {
    const failure = late.aborted ? late.reason : error;
    const { host, port } = addressOf(service.name, url);
    const answerer = !isKnown && isStranger(failure) ? await whoAnswers(host, port, signal) : undefined;
    signal?.throwIfAborted();
    throw (answerer && mistaken(service.name, url, answerer, named)) ?? explain(service.name, url, failure, named);
  } finally {
    cancel();
  }
}

/** Whether a knock that failed was answered all the same, by a server of the right kind that does not let us in now. */
export function isAnswer(error: unknown): boolean {
  const refused = error instanceof BackendError ? error.cause : error;
  return refused instanceof Refused && refused.reason !== 'protocol';
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const CERTIFICATE = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(GET_ISSUER|VERIFY)/;
/** How OpenSSL, and a server that is spoken TLS to without knowing it, end a handshake. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|EPROTO|ERR_SSL/;

/** Whether somebody is there, who is perhaps another than was looked for. */
function isStranger(error: unknown): boolean {
  if (error instanceof Refused) return error.reason === 'protocol';
  const code = coded(error)?.code ?? '';
  return (
    code !== 'ECONNREFUSED' && ![UNKNOWN_HOST, UNREACHABLE].some((set) => set.has(code)) && !CERTIFICATE.test(code)
  );
}

/** What is wrong where it is known who answers; undefined where that is who was looked for. */
function mistaken(service: Service, url: URL, answerer: Answerer, named: string): BackendError | undefined {
  const title = SERVICE_TITLES[service];
  const { host, port, tls } = addressOf(service, url);
  const at = authorityOf(host, port);
  const [other] = answerer.services;
  const isFlag = named === urlFlag(service);
  if (!answerer.services.includes(service)) {
    const over = answerer.tls ? `${answerer.who}, over TLS,` : answerer.who;
    const hint =
      other === undefined || !isFlag ? `correct ${named}` : `name it with ${howToName(other)}, or correct ${named}`;
    const fails = tls && !answerer.tls ? 'TLS fails: ' : '';
    return new BackendError(`${fails}${at} does not speak ${title}: ${over} answers there`, { hint });
  }
  if (answerer.tls === tls) return undefined;
  const how = tls ? 'without TLS' : 'only over TLS';
  return new BackendError(`${tls ? 'TLS fails: ' : ''}${at} speaks ${title} ${how}`, {
    hint: `use ${schemeOf(service, !tls)}…`,
  });
}

function explain(service: Service, url: URL, error: unknown, named: string): BackendError {
  const title = SERVICE_TITLES[service];
  const { host, port, tls } = addressOf(service, url);
  const at = authorityOf(host, port);
  const root = coded(error) ?? error;
  const code = coded(error)?.code ?? '';
  const fail = (message: string, hint: string) => new BackendError(message, { hint, cause: error });
  const start =
    named === urlFlag(service)
      ? `start it, correct ${named}, or leave the URL out to use the embedded one`
      : `start it, or correct ${named}`;
  if (error instanceof Refused) return fail(...refusal(service, url, error, named));
  if (code === 'ECONNREFUSED') return fail(`${title} is not there: nothing listens at ${at}`, start);
  if (UNKNOWN_HOST.has(code)) return fail(`${title} is not there: the host ${host} is unknown`, start);
  if (UNREACHABLE.has(code)) return fail(`${title} is not there: ${at} can't be reached`, start);
  if (CERTIFICATE.test(code)) {
    const hint = 'let Node trust its authority: NODE_EXTRA_CA_CERTS=ca.pem msgplay …';
    return fail(`${title} at ${at} has a certificate that can't be trusted: ${messageOf(root)}`, hint);
  }
  if (tls && (NO_TLS.test(code) || code === 'ECONNRESET' || code === 'UND_ERR_SOCKET')) {
    return fail(`TLS fails at ${at}: ${title} may not be speaking it there`, `try ${schemeOf(service, false)}…`);
  }
  if ((error as Error | undefined)?.name === 'TimeoutError') {
    const how = tls ? `${title} over TLS` : title;
    const hint = `check that it is ${title} and the right port, or try ${schemeOf(service, !tls)}…`;
    return fail(`${at} did not answer as ${how} within ${KNOCK_MS / 1000} s`, hint);
  }
  const hint = `check that it is ${title}${tls ? '' : `, and whether it wants TLS (${schemeOf(service, true)}…)`}`;
  return fail(`${at} does not answer as ${title} does: ${messageOf(root)}`, hint);
}

function refusal(
  service: Service,
  url: URL,
  { reason, message }: Refused,
  named: string,
): [message: string, hint: string] {
  const title = SERVICE_TITLES[service];
  const { host, port, tls } = addressOf(service, url);
  const at = authorityOf(host, port);
  switch (reason) {
    case 'login':
      return [`${title} at ${at} refuses the login: ${message}`, `check user and password in ${redactUrl(url)}`];
    case 'vhost':
      return [
        `${title} at ${at} has no such virtual host: ${message}`,
        `check the path of ${redactUrl(url)}; %2f is /`,
      ];
    case 'protocol': {
      const maybe = tls ? '' : `, and whether it wants TLS (${schemeOf(service, true)}…)`;
      return [`${at} does not speak ${title}: ${message}`, `check the port in ${named}${maybe}`];
    }
    case 'other':
      return [`${title} at ${at} refuses: ${message}`, `check ${redactUrl(url)}`];
  }
}

/** The error with a code among an error and what caused it; several attempts (IPv4 and IPv6) fail as one. */
function coded(error: unknown): NodeJS.ErrnoException | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (typeof (current as NodeJS.ErrnoException).code === 'string') return current;
    if (current instanceof AggregateError && current.errors.length > 0) return coded(current.errors[0]);
  }
  return undefined;
}

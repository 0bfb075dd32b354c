/** Who answers where another kind of server was expected: told by the first bytes that come back. */
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Service } from '../core/services.ts';
import { afterHearing } from '../core/time/patience.ts';

/** Whoever says something to a stranger does so in a round trip or two, in ms. */
const ANSWER_MS = 2000;
/** Enough to tell all of them from each other. */
const ENOUGH_BYTES = 16;
/**
 * Every server says something to it: HTTP answers, Redis counts arguments, RabbitMQ tells its own version, and those
 * that speak first have spoken already. It has no Host header, which Redis takes for an attack and logs.
 */
const QUESTION = 'GET / HTTP/1.0\r\n\r\n';

interface Greeting {
  readonly begins: RegExp;
  /** Who begins so, as in a sentence. */
  readonly who: string;
  /** Which services may be meant to be there. */
  readonly services: readonly Service[];
}

/** How servers begin what they say. A byte is a character. */
const GREETINGS: readonly Greeting[] = [
  { begins: /^AMQP/, who: 'RabbitMQ, or another AMQP server,', services: ['rabbitmq'] },
  { begins: /^-[A-Z]+ /, who: 'Redis', services: ['redis'] },
  { begins: /^HTTP\/1\.[01] \d/, who: 'an HTTP server', services: ['http', 'ws', 'stomp'] },
  { begins: /^ERROR\r?\n[a-z-]+:/, who: 'a STOMP server without WebSocket', services: [] },
  { begins: /^INFO \{/, who: 'a NATS server', services: [] },
  { begins: /^ERROR\r\n/, who: 'memcached', services: [] },
  { begins: /^SSH-/, who: 'an SSH server', services: [] },
  { begins: /^220[ -]/, who: 'a mail or FTP server', services: [] },
  { begins: /^.{3}\0\n\d/s, who: 'a MySQL server', services: [] },
];
/** A TLS alert: what comes next has to be encrypted. https://www.rfc-editor.org/rfc/rfc8446#section-6 */
const ALERT = '\x15\x03';

export interface Answerer extends Omit<Greeting, 'begins'> {
  readonly tls: boolean;
}

/** Asks an address who is there, without and then with TLS; undefined where nobody says anything that is known. */
export async function whoAnswers(host: string, port: number, signal?: AbortSignal): Promise<Answerer | undefined> {
  const plain = await answerOf(host, port, false, signal);
  const tls = plain === '' || plain.startsWith(ALERT);
  const answer = tls ? await answerOf(host, port, true, signal) : plain;
  const greeting = GREETINGS.find(({ begins }) => begins.test(answer));
  return greeting && { who: greeting.who, services: greeting.services, tls };
}

/** The first bytes that come back, as Latin-1; nothing where none do. */
function answerOf(host: string, port: number, tls: boolean, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    // Nothing secret is said, so it may be anybody's certificate.
    const secure = { servername: isIP(host) ? '' : host, rejectUnauthorized: false };
    const socket = tls ? connectTls({ host, port, ...secure }) : connect({ host, port });
    let answer = '';
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      socket.destroy();
      resolve(answer);
    };
    const cancel = afterHearing(ANSWER_MS, done);
    signal?.addEventListener('abort', done, { once: true });
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
      if (answer.length >= ENOUGH_BYTES) done();
    });
    socket.on('close', done).on('error', done).write(QUESTION);
    if (signal?.aborted) done();
  });
}

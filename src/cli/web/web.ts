/** `--web`: the page of what happens, while it happens, for browsers on this machine. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BackendError, messageOf } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import { within } from '../../core/time/patience.ts';
import { type Page, pageFor } from '../../reporters/html/page.ts';
import { View } from '../../reporters/html/view.ts';
import type { Look } from '../../reporters/reporter.ts';
import { contained, tellFault } from '../../servers/contain.ts';
import { declineExpectations, endWithBody } from '../../servers/web-server.ts';
import { refusalOf, wayTo } from './doors.ts';
import { KeptPieces } from './kept.ts';
import { Visitor } from './visitors.ts';

/** So many pages may listen at a time. */
const MOST_VISITORS = 16;
/** What has come is told so often, in ms: a screen shows no more. */
const TELL_MS = 30;
/** How long the end waits for pages that are being loaded, or read slowly, in ms. */
const END_MS = 3_000;

export class Web {
  readonly #kept = new KeptPieces();
  readonly #visitors = new Set<Visitor>();
  readonly #token = randomBytes(16).toString('base64url');
  readonly #page: Page = pageFor('server');
  readonly #server: Server;
  /** Pages that were loaded and don't listen yet. */
  #expected = 0;
  #comes: () => void = () => {};
  /** Resolves when the first page listens. */
  readonly visited = new Promise<void>((resolve) => {
    this.#comes = resolve;
  });
  #telling: NodeJS.Timeout | undefined;

  constructor() {
    const failed = (error: unknown) => tellFault('The live page ends a connection over an error', error);
    this.#server = createServer((request, response) => {
      contained(
        () => this.#serve(request, response),
        (error) => {
          failed(error);
          response.destroy();
        },
      )();
    });
    declineExpectations(this.#server);
    this.#server.on('connection', (socket) => socket.on('error', () => socket.destroy()));
  }

  /** Throws a BackendError for a port that can't be had. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'it is taken' : messageOf(error);
        reject(new BackendError(`port ${port} for the page can't be had: ${why}`, { hint: FREE, cause: error }));
      });
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/${this.#token}/`;
  }

  /** Begins a run; the result takes its events. */
  begin(look: Look): (event: TraceEvent) => void {
    const run = this.#kept.nextRun();
    const view = new View(look);
    return (event) => {
      for (const told of view.add(event)) this.#kept.add(run, told);
      this.#telling ??= setTimeout(() => this.#tell(), TELL_MS).unref();
    };
  }

  /** Resolves when every page that listens has all that came, or has taken too long. */
  async end(): Promise<void> {
    clearTimeout(this.#telling);
    const deadline = performance.now() + END_MS;
    while (this.#expected > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    const last = Promise.all([...this.#visitors].map((visitor) => visitor.over()));
    await within(Math.max(1, deadline - performance.now()), last).catch(() => {});
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #tell(): void {
    this.#telling = undefined;
    for (const visitor of this.#visitors) visitor.hear();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    endWithBody(request, response);
    const refusal = refusalOf(request.headers, this.#port);
    if (refusal !== undefined) return answer(response, 403, refusal);
    const way = wayTo(request.url, this.#token);
    if (way !== '' && way !== 'events') return answer(response, 404, 'There is nothing here.\n');
    if (request.method !== 'GET') return answer(response, 405, 'This page can only be read.\n');
    if (way === 'events') return this.#listens(request, response);
    // What is expected and never comes is waited for no longer than anything else.
    this.#expected += 1;
    const { before, after, policy } = this.#page;
    response.writeHead(200, {
      ...COMMON,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    });
    response.end(before + after);
  }

  #listens(request: IncomingMessage, response: ServerResponse): void {
    this.#expected = Math.max(0, this.#expected - 1);
    if (this.#visitors.size >= MOST_VISITORS) return answer(response, 503, 'Too many pages listen already.\n');
    response.writeHead(200, { ...COMMON, 'Content-Type': 'text/event-stream' });
    const had = request.headers['last-event-id'];
    const last = typeof had === 'string' && /^\d{1,15}$/.test(had) ? Number(had) : undefined;
    const visitor = new Visitor(this.#kept, response, last);
    this.#visitors.add(visitor);
    void visitor.gone.then(() => this.#visitors.delete(visitor));
    visitor.hear();
    this.#comes();
  }
}

const FREE = 'Without a number, --web takes a free one.';

/** For every answer: it is nobody else's, and not kept. */
const COMMON = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...COMMON, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(text);
}

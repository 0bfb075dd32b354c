/** Follows requests and their responses through HTTP, and what a server pushes down an open response. */
import { obtain } from '../../core/maps.ts';
import { type HttpValue, withoutSecrets } from '../../protocols/http/index.ts';
import type { Ledger, Message, Sighting } from '../ledger.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';

type Request = Extract<HttpValue, { kind: 'request' }>;
type Response = Extract<HttpValue, { kind: 'response' }>;
const NOTHING = Buffer.alloc(0);
/** The first bytes of a body in chunks that are kept to be shown. */
const SHOWN_BYTES = 256;

class HttpTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #requests = new WeakMap<Request, Message>();
  /** Requests of each connection that have no answer yet. */
  readonly #open = new Map<number, Set<Message>>();
  /** Requests to upgrade: they are no messages, and neither is a refusal. */
  readonly #upgrades = new WeakSet<Request>();
  /** How a body in chunks begins. */
  readonly #begun = new WeakMap<Request | Response, Buffer>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as HttpValue;
    switch (value.kind) {
      case 'request':
        return this.#request(seen, value);
      case 'chunk':
        return this.#chunk(value.of, value.body);
      case 'response':
        if (value.status === 101) return this.#ledger.note(seen, `101 ${value.reason}: both sides may speak now`);
        if (value.request && this.#upgrades.has(value.request))
          return this.#ledger.note(seen, `${value.status} ${value.reason}: the upgrade is refused`);
        // A response with a body is told when the body is complete, one that stays open or has none at once.
        return hasBody(value) ? undefined : this.#respond(seen, value, NOTHING);
      case 'body':
        if (value.of.kind === 'response') return this.#respond(seen, value.of, value.body);
        return this.#publish(seen, value.of, value.body, value.bodySize);
      case 'end': {
        const begun = this.#begun.get(value.of) ?? NOTHING;
        if (value.of.kind === 'request') return this.#publish(seen, value.of, begun, value.bodySize);
        return isStream(value.of) ? undefined : this.#respond(seen, value.of, begun);
      }
      case 'event': {
        const data = Buffer.from(value.data);
        const event = this.#ledger.stranger(data, data.length);
        return this.#ledger.step(seen, event, {
          stage: 'delivered',
          verb: 'event',
          from: 'server',
          route: value.event,
        });
      }
    }
  }

  /** A connection that ends takes its open requests with it: they are answered by nobody, and that is no mystery. */
  closed(at: Sighting, connection: number): void {
    const open = this.#open.get(connection) ?? [];
    this.#open.delete(connection);
    for (const message of open) {
      this.#ledger.explain(message);
      this.#ledger.note(at, `gives up ${message.id} before its answer`);
    }
  }

  #respond(seen: SeenFrame, value: Response, answer: Buffer): void {
    if (value.request && this.#upgrades.has(value.request)) return;
    // A server may answer before it has read the whole request.
    if (value.request) this.#publish(seen, value.request, NOTHING, 0);
    const message = value.request && this.#requests.get(value.request);
    if (!message) return;
    this.#open.get(seen.connection)?.delete(message);
    const verb = String(value.status);
    this.#ledger.step(seen, message, { stage: 'delivered', verb, from: 'server', route: value.reason, answer });
  }

  #request(seen: SeenFrame, value: Request): void {
    const target = withoutSecrets(value.target);
    const asks = seen.frame.phase === 'opening';
    if (asks) {
      this.#upgrades.add(value);
      return this.#ledger.note(seen, `${value.method} ${target}: asks to upgrade to WebSocket`);
    }
    // A request with a body is told when the body is there.
    if (!announcesBody(value)) this.#publish(seen, value, NOTHING, 0);
  }

  #publish(seen: SeenFrame, value: Request, body: Buffer, size: number): void {
    if (this.#requests.has(value)) return;
    const step = { verb: value.method, from: 'client', route: withoutSecrets(value.target) } as const;
    const message = this.#ledger.publish(seen, body, size, step);
    this.#requests.set(value, message);
    obtain(this.#open, seen.connection, () => new Set<Message>()).add(message);
  }

  #chunk(of: Request | Response, body: Buffer): void {
    const begun = this.#begun.get(of) ?? NOTHING;
    if (begun.length >= SHOWN_BYTES) return;
    this.#begun.set(of, Buffer.concat([begun, body.subarray(0, SHOWN_BYTES - begun.length)]));
  }
}

/** Whether a request says that a body follows. RFC 9112 §6 */
function announcesBody(request: Request): boolean {
  const length = field(request, 'content-length');
  return (length !== undefined && length !== '0') || field(request, 'transfer-encoding') !== undefined;
}

function field(response: Request | Response, name: string): string | undefined {
  return response.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

function isStream(response: Response): boolean {
  return field(response, 'content-type')?.startsWith('text/event-stream') ?? false;
}

/** Whether a complete body will follow. RFC 9112 §6.3 */
function hasBody(response: Response): boolean {
  const { status, request } = response;
  if (status < 200 || status === 204 || status === 304 || request?.method === 'HEAD' || isStream(response))
    return false;
  return field(response, 'content-length') !== '0';
}

const tale: Tale = { name: 'http', begin: (ledger) => new HttpTeller(ledger) };
export default tale;

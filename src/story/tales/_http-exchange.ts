/** A request and its response, as far as they have come. */
import { type HttpValue, withoutSecrets } from '../../protocols/http/index.ts';
import type { Content, SeenMessage, Sighting } from '../ledger/index.ts';

export type HttpRequest = Extract<HttpValue, { kind: 'request' }>;
export type HttpResponse = Extract<HttpValue, { kind: 'response' }>;

/** The first bytes of a body that are kept to be shown. */
const SHOWN_BYTES = 256;

/** A body that arrives whole or in chunks. */
export class Body {
  #content: Content = { body: Buffer.alloc(0), sizeBytes: 0 };

  add({ body, bodySize }: { body: Buffer; bodySize: number }): void {
    const { body: begun, sizeBytes } = this.#content;
    const room = SHOWN_BYTES - begun.length;
    const kept = room > 0 ? Buffer.concat([begun, body.subarray(0, room)]) : begun;
    this.#content = { body: kept, sizeBytes: sizeBytes + bodySize };
  }

  content(): Content {
    return this.#content;
  }
}

export class Exchange {
  readonly request: HttpRequest;
  /** Where the last part of the request, and of the response, was seen. */
  lastSent: Sighting;
  lastReceived: Sighting | undefined;
  readonly sent = new Body();
  readonly received = new Body();
  /** Set once the request is told. */
  message: SeenMessage | undefined;
  response: HttpResponse | undefined;
  /** The response is a stream of events: it was told when it began. */
  streams = false;

  constructor(request: HttpRequest, seen: Sighting) {
    this.request = request;
    this.lastSent = whereOf(seen);
  }

  /** Takes note of where a part of the request or of the response was seen. */
  saw(part: HttpRequest | HttpResponse, seen: Sighting): void {
    if (part.kind === 'request') this.lastSent = whereOf(seen);
    else this.lastReceived = whereOf(seen);
  }

  get name(): string {
    return `${this.request.method} ${withoutSecrets(this.request.target)}`;
  }
}

/** Without the frame, which would keep the memory that it was read from. */
function whereOf({ seq, at, peer, service, server, phase }: Sighting): Sighting {
  return { seq, at, peer, service, server, phase };
}

/** Both directions of one WebSocket connection, and what it carries. */
import { present } from '../../core/collections/present.ts';
import type { Conversation, Converse, Side } from '../protocol.ts';
import { negotiatedInflation } from './deflate.ts';
import { Direction, type Sink } from './direction.ts';

const STOMP_SUBPROTOCOL = /^v1[012]\.stomp$/;
/** What a STOMP client begins with, whatever end of line it uses; other servers know nothing of it (STOMP 1.2 §Connecting). */
const STOMP_START = /^[\r\n]*(?:CONNECT|STOMP)\r?\n/;
const STOMP_START_BYTES = 64;

export class WebSocketConversation implements Conversation {
  readonly #options: Converse;
  readonly #client: Direction;
  readonly #server: Direction;
  #carried: Conversation | undefined;
  /** Whether the client's first message will be asked what it is. */
  #undecided: boolean;

  constructor(options: Converse) {
    this.#options = options;
    const subprotocol = options.handshake?.response.get('sec-websocket-protocol')?.trim();
    this.#undecided = subprotocol === undefined;
    if (subprotocol !== undefined && STOMP_SUBPROTOCOL.test(subprotocol)) this.#carryStomp();
    this.#client = new Direction('client', negotiatedInflation('client', options.handshake), this.#sink('client'));
    this.#server = new Direction('server', negotiatedInflation('server', options.handshake), this.#sink('server'));
  }

  push(from: Side, chunk: Buffer): void {
    this.#direction(from).read(chunk);
  }

  end(from: Side): void {
    this.#carried?.end(from);
  }

  #direction(from: Side): Direction {
    return from === 'client' ? this.#client : this.#server;
  }

  #sink(from: Side): Sink {
    const conversation = this;
    return {
      get carrying() {
        return conversation.#carried !== undefined;
      },
      carry: (data) => present(conversation.#carried).push(from, data),
      recognise: (start) => from === 'client' && conversation.#recognise(start),
      frame: (header, value, raw, sizeBytes) => {
        const phase = conversation.#direction(from).closed ? 'closing' : 'open';
        conversation.#options.emit({ protocol: 'websocket', from, phase, name: header.name, sizeBytes, raw, value });
      },
    };
  }

  #recognise(start: Buffer): boolean {
    if (!this.#undecided) return false;
    this.#undecided = false;
    return STOMP_START.test(start.toString('latin1', 0, STOMP_START_BYTES)) && this.#carryStomp();
  }

  #carryStomp(): boolean {
    this.#carried = this.#options.carry?.(
      'stomp',
      this.#options.handshake ?? { request: new Map(), response: new Map() },
    );
    return this.#carried !== undefined;
  }
}

/** Tells what either side says on a WebSocket, and what an echo server says back. */

import { obtain } from '../../core/collections/maps.ts';
import { present } from '../../core/collections/present.ts';
import type { Ender } from '../../core/events.ts';
import { type HttpValue, headerTokens } from '../../protocols/http/index.ts';
import type { MessageView, WebSocketValue } from '../../protocols/websocket/index.ts';
import { type Content, fingerprint, type Ledger, type SeenMessage, type Sighting } from '../ledger/index.ts';
import type { SeenFrame, Server, Tale, Teller } from '../teller.ts';

/** The most messages of a connection whose echo is waited for; of more, the oldest come back unrecognised. */
const AWAITED = 10_000;

/** What a connection's client sent and has not got back. An echo server answers in order. */
class Awaited {
  readonly #prints = new Map<SeenMessage, string>();
  #forgotten = 0;

  add(message: SeenMessage, content: Content): void {
    this.#prints.set(message, fingerprint(content));
    if (this.#prints.size <= AWAITED) return;
    this.#prints.delete(present(this.#first())[0]);
    this.#forgotten++;
  }

  /** The message that came back; undefined where it is no longer known, `other` where something else came. */
  take(content: Content): SeenMessage | undefined | 'other' {
    if (this.#forgotten > 0) {
      this.#forgotten--;
      return undefined;
    }
    const first = this.#first();
    if (first?.[1] !== fingerprint(content)) return 'other';
    this.#prints.delete(first[0]);
    return first[0];
  }

  #first(): [SeenMessage, string] | undefined {
    for (const entry of this.#prints) return entry;
    return undefined;
  }
}

class Connection {
  readonly awaited = new Awaited();
  /** What is said here is told of another protocol. */
  carriesOther = false;
  saidGoodbye = false;
  /** What one side says can't be decoded any more, so what the other says answers nobody knows what. */
  unread = false;
}

class WebSocketTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #server: Server;
  readonly #connections = new Map<number, Connection>();

  constructor(ledger: Ledger, server: Server) {
    this.#ledger = ledger;
    this.#server = server;
  }

  frame(seen: SeenFrame): void {
    const { from, protocol } = seen.frame;
    if (protocol === 'http') return this.#opened(seen, seen.frame.value as HttpValue);
    const connection = this.#connection(seen.connection);
    if (protocol !== 'websocket') {
      connection.carriesOther = true;
      return;
    }
    const { message, close } = seen.frame.value as WebSocketValue;
    if (close) {
      connection.saidGoodbye = true;
      this.#ledger.note(seen, { code: 'WEBSOCKET_CLOSE', values: { by: from, peer: seen.peer, ...close } });
    }
    if (!message) return;
    if (from === 'client') this.#sent(seen, connection, message);
    else this.#received(seen, connection, message);
  }

  /** From here on both sides may speak, and either may break off before it has. */
  #opened({ connection }: SeenFrame, value: HttpValue): void {
    if (value.kind !== 'response' || value.status !== 101) return;
    if (headerTokens(value.headers, 'upgrade')[0] === 'websocket') this.#connection(connection);
  }

  unread(connection: number): void {
    this.#connection(connection).unread = true;
  }

  closed(at: Sighting, number: number, by: Ender): void {
    const connection = this.#connections.get(number);
    this.#connections.delete(number);
    if (!connection || connection.carriesOther || connection.saidGoodbye || connection.unread) return;
    this.#ledger.note(at, { code: 'WEBSOCKET_BROKEN', values: { by, peer: at.peer } });
  }

  #sent(seen: SeenFrame, { awaited }: Connection, view: MessageView): void {
    const content = contentOf(view);
    const message = this.#ledger.unaccounted(seen, content, seen.at);
    if (this.#echoes(seen)) awaited.add(message, content);
    this.#ledger.step(seen, message, { stage: 'sent', verb: view.type, from: 'client', route: '' });
  }

  #received(seen: SeenFrame, { awaited, unread }: Connection, view: MessageView): void {
    const content = contentOf(view);
    const back = this.#echoes(seen) && !unread ? awaited.take(content) : undefined;
    if (back === 'other') this.#ledger.contradiction(seen, 'the echo server said what is not the next echo');
    const echoed = back === 'other' ? undefined : back;
    const message = echoed ?? this.#ledger.unaccounted(seen, content, undefined);
    const route = echoed ? 'echo' : '';
    this.#ledger.step(seen, message, { stage: 'received', verb: view.type, from: 'server', route });
  }

  /**
   * Only of a server of the run's own it is known that it sends back what it gets, and nothing else. Any other may say
   * the same words for reasons of its own.
   */
  #echoes({ service }: SeenFrame): boolean {
    return this.#server.own && service === 'ws';
  }

  #connection(number: number): Connection {
    return obtain(this.#connections, number, () => new Connection());
  }
}

function contentOf({ data, size, digest }: MessageView): Content {
  return { body: data, sizeBytes: size, digest };
}

const tale: Tale = {
  name: 'websocket',
  alsoSees: ['http', 'stomp'],
  begin: (ledger, server) => new WebSocketTeller(ledger, server),
};
export default tale;

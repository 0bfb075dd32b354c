/** Follows messages through WebSocket: who spoke, and what came back as an echo. */
import { obtain } from '../../core/maps.ts';
import type { WebSocketValue } from '../../protocols/websocket/index.ts';
import { fingerprint, type Ledger } from '../ledger.ts';
import { Mailbox } from '../mailbox.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';

class WebSocketTeller implements Teller {
  readonly #ledger: Ledger;
  /** What each connection's client sent and has not got back. */
  readonly #sent = new Map<number, Mailbox>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  frame(seen: SeenFrame): void {
    const { message, close } = seen.frame.value as WebSocketValue;
    const { from } = seen.frame;
    if (close) {
      const who = from === 'client' ? seen.peer : 'the server';
      const reason = close.reason === '' ? '' : ` ${close.reason}`;
      this.#ledger.note(seen, `close from ${who}: ${close.code ?? 'no code'}${reason}`);
    }
    if (!message) return;
    const sent = obtain(this.#sent, seen.connection, () => new Mailbox());
    if (from === 'client') {
      sent.add(this.#ledger.publish(seen, message.data, message.size, { verb: message.type, from, route: '' }));
      return;
    }
    const echoed = sent.take(fingerprint(message.data, message.size));
    this.#ledger.step(seen, echoed ?? this.#ledger.stranger(message.data, message.size), {
      stage: 'delivered',
      verb: message.type,
      from,
      route: echoed ? 'echo' : '',
    });
  }

  closed(_at: unknown, connection: number): void {
    this.#explain(this.#sent.get(connection));
    this.#sent.delete(connection);
  }

  end(): void {
    for (const sent of this.#sent.values()) this.#explain(sent);
  }

  /** Whatever had no echo has arrived all the same: what is said on a socket need not be answered. */
  #explain(sent: Mailbox | undefined): void {
    for (const message of sent?.drain() ?? []) this.#ledger.explain(message);
  }
}

const tale: Tale = { name: 'websocket', begin: (ledger) => new WebSocketTeller(ledger) };
export default tale;

/** To which servers peers are connected: where they are several, it is told which of them one has no more. */
import { obtain } from '../../../core/collections/maps.ts';
import type { EventOf } from '../../../core/events.ts';

interface Connection {
  readonly to: string;
  isOpen: boolean;
}

export class Connected {
  readonly #connections = new Map<string, Map<string, Connection>>();

  meet({ peer, service, server, connection, state }: EventOf<'connection'>): void {
    const all = obtain(this.#connections, peer, () => new Map<string, Connection>());
    const key = `${service} ${connection}`;
    const known = all.get(key);
    if (state !== 'opened') {
      // Others may end at the same moment, so it counts until the peer comes again.
      if (known) known.isOpen = false;
      return;
    }
    for (const [other, { isOpen }] of all) if (!isOpen) all.delete(other);
    all.set(key, { to: server ?? service, isOpen: true });
  }

  /** Whether a peer's connections, or those that it had last, lead to more than one server. */
  isToSeveral(peer: string): boolean {
    return new Set([...(this.#connections.get(peer)?.values() ?? [])].map(({ to }) => to)).size > 1;
  }
}

/** Who is connected at a moment of the run. */

import { obtain } from '../../../core/collections/maps.ts';
import type { EventOf, TraceEvent } from '../../../core/events.ts';
import type { Service } from '../../../core/services.ts';
import type { StatementCode } from '../../../core/statements/index.ts';

/** Notes in which a side says goodbye. */
const GOODBYES: ReadonlySet<StatementCode> = new Set(['CONNECTION_CLOSED', 'STOMP_DISCONNECT', 'WEBSOCKET_CLOSE']);
/** Notes that tell who ended a connection without one. */
const ENDS: ReadonlySet<StatementCode> = new Set([
  'CONNECTION_ERROR',
  'CONNECTION_LOST',
  'EVENT_STREAM_CUT',
  'NO_RESPONSE',
  'UPGRADE_UNANSWERED',
  'WEBSOCKET_BROKEN',
]);

export class Presence {
  /** The peers in the order in which they joined. */
  readonly joined: string[] = [];
  /** The connections of each peer that are open, and the service of each. */
  readonly #connections = new Map<string, Map<string, Service>>();
  /** The connections on which each peer has said goodbye, which may end a moment later; or all that it has at a service. */
  readonly #parting = new Map<string, Set<string>>();
  readonly #here = new Set<string>();
  /** Those of whose connection something was told. */
  readonly #noted = new Set<string>();

  meet(event: TraceEvent): void {
    if (event.type === 'peer' && !this.joined.includes(event.peer)) this.joined.push(event.peer);
    if (event.type === 'connection') this.#connection(event);
    // Whoever does something is there, whatever was told before this report began.
    if (event.type === 'message' && event.basis === 'seen') this.#here.add(event.peer);
    // Who reaches nobody has no connection with which it could come, or leave.
    if (event.type === 'note' && event.statement?.code === 'UNREACHABLE') return;
    if (event.type === 'note' && event.peer !== undefined && event.service) {
      this.#noted.add(event.peer);
      if (isEnd(event)) {
        obtain(this.#parting, event.peer, () => new Set()).add(endOf(event.service, event.connection));
        if (this.#staying(event.peer).length === 0) this.#here.delete(event.peer);
      } else this.#here.add(event.peer);
    }
  }

  /** The event ends what was told of a peer's last connection, and nothing has said so. */
  isLeaving(event: TraceEvent): boolean {
    if (event.type !== 'connection' || event.state === 'opened' || event.phase !== 'open') return false;
    const { peer } = event;
    const [only, ...others] = this.#staying(peer);
    return this.#here.has(peer) && this.#noted.has(peer) && only === keyOf(event) && others.length === 0;
  }

  isHere(peer: string): boolean {
    return this.#here.has(peer);
  }

  /** The connections of a peer that go on. */
  #staying(peer: string): string[] {
    const parting = this.#parting.get(peer);
    const open = [...(this.#connections.get(peer) ?? [])];
    return open
      .filter(([connection, service]) => !parting?.has(connection) && !parting?.has(service))
      .map(([connection]) => connection);
  }

  #connection(event: EventOf<'connection'>): void {
    const { peer, service, state } = event;
    const open = obtain(this.#connections, peer, () => new Map());
    if (state === 'opened') open.set(keyOf(event), service);
    else open.delete(keyOf(event));
    // Others that the peer has there go on.
    for (const end of [service, keyOf(event)]) this.#parting.get(peer)?.delete(end);
    if (this.#staying(peer).length > 0) this.#here.add(peer);
    else this.#here.delete(peer);
  }
}

function keyOf({ service, connection }: EventOf<'connection'>): string {
  return endOf(service, connection);
}

/** What ends with a goodbye: a connection, or where a run was saved without saying which, all at the service. */
function endOf(service: Service, connection: number | undefined): string {
  return connection === undefined ? service : `${service} ${connection}`;
}

/** A connection of its peer ends by it. */
export function isEnd(note: EventOf<'note'>): boolean {
  return isGoodbye(note) || (note.statement !== undefined && ENDS.has(note.statement.code));
}

/** It says goodbye; the connection itself may end a moment later. */
export function isGoodbye({ phase, statement }: EventOf<'note'>): boolean {
  return phase === 'closing' || (statement !== undefined && GOODBYES.has(statement.code));
}

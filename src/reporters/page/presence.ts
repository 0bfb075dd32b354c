/** Who is connected at a moment of the run. */
import type { EventOf, TraceEvent } from '../../core/events.ts';

export class Presence {
  /** The peers in the order in which they joined. */
  readonly joined: string[] = [];
  readonly #connections = new Map<string, Set<string>>();
  readonly #here = new Set<string>();
  /** Those of whose connection something was told. */
  readonly #noted = new Set<string>();

  meet(event: TraceEvent): void {
    if (event.type === 'peer' && !this.joined.includes(event.peer)) this.joined.push(event.peer);
    if (event.type === 'connection') this.#connection(event.peer, event.state, `${event.service} ${event.connection}`);
    // Whoever does something is there, whatever was told before this report began.
    if (event.type === 'message' && event.basis === 'seen') this.#here.add(event.peer);
    // Who reaches nobody has no connection with which it could come, or leave.
    if (event.type === 'note' && event.statement?.code === 'UNREACHABLE') return;
    if (event.type === 'note' && event.peer !== undefined && event.service) {
      this.#noted.add(event.peer);
      if (isGoodbye(event) || event.statement?.code === 'CONNECTION_LOST') this.#here.delete(event.peer);
      else this.#here.add(event.peer);
    }
  }

  /** The event ends what was told of a connection, and nothing has said so. */
  isLeaving(event: TraceEvent): boolean {
    if (event.type !== 'connection' || event.state === 'opened' || event.phase !== 'open') return false;
    const open = this.#connections.get(event.peer);
    return this.#here.has(event.peer) && this.#noted.has(event.peer) && open?.size === 1;
  }

  isHere(peer: string): boolean {
    return this.#here.has(peer);
  }

  #connection(peer: string, state: 'opened' | 'closed', connection: string): void {
    const open = this.#connections.get(peer) ?? new Set();
    this.#connections.set(peer, open);
    if (state === 'opened') open.add(connection);
    else open.delete(connection);
    if (open.size > 0) this.#here.add(peer);
    else this.#here.delete(peer);
  }
}

/** It says goodbye; the connection itself may end a moment later. */
export function isGoodbye({ phase, statement }: EventOf<'note'>): boolean {
  return phase === 'closing' || statement?.code === 'CONNECTION_CLOSED';
}

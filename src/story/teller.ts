/** The contract of a story file: it follows messages through the frames of one protocol. */
import type { Ender, Side } from '../core/events.ts';
import type { Frame } from '../protocols/protocol.ts';
import type { Ledger, SeenMessage, Sighting } from './ledger/index.ts';

/** A frame together with where it was seen. */
export interface SeenFrame extends Sighting {
  /** Tells the connections of a run apart; a peer that reconnects has several. */
  readonly connection: number;
  readonly frame: Frame;
}

/** A server of the run, as those see it who tell its story. */
export interface Server {
  /**
   * Whether the run started it and nobody else uses it: then all that happens there is seen. On any other server there
   * may be queues, bindings, policies, consumers and publishers that nobody saw, so little can be concluded.
   */
  readonly own: boolean;
  /**
   * What is known of the server, shared by all who tell of it: a broker that speaks two protocols is one broker.
   * Made by `make` when it is asked for the first time.
   */
  model<Model>(make: () => Model): Model;
}

/** Tells the story of one service; it sees every connection to it, so it knows who else is there. */
export interface Teller {
  frame(seen: SeenFrame): void;
  /** That side of a connection will say nothing more. The other has not heard of it yet: what it does then comes after. */
  ended?(at: Sighting, connection: number, by: Side): void;
  /**
   * A connection is gone, orderly or not. `since` is the number of the last event of the run before it began to end: the
   * server heard of the end after that. 0 where the server ended it, or where that is not known.
   */
  closed?(at: Sighting, connection: number, by: Ender, since: number): void;
  /** What that side says on a connection can no longer be read: nothing may be concluded from its silence. */
  unread?(connection: number, from: Side): void;
  /** The server is about to be stopped: from here on it ends connections for that reason. */
  restarting?(): void;
  /** The server was stopped and started again: what it does not keep is gone. */
  restarted?(at: Sighting): void;
  /** The server has carried out all that it was asked, and everything that it said was seen. */
  caughtUp?(at: Sighting): void;
  /** Messages that somebody was given and has not acknowledged. */
  unsettled?(): Iterable<SeenMessage>;
  /** The run is over, and every connection is gone: what is where it is now stays there. */
  end?(at: Sighting): void;
}

/** The default export of `story/tales/<protocol>.ts`. */
export interface Tale {
  readonly name: string;
  /** Its teller sees the frames of these protocols, too: they pass on its connections, before what it tells or within. */
  readonly alsoSees?: readonly string[];
  begin(ledger: Ledger, server: Server): Teller;
}

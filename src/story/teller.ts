/** The contract of a story file: it follows messages through the frames of one protocol. */
import type { Frame } from '../protocols/protocol.ts';
import type { Ledger, Sighting } from './ledger.ts';

/** A frame together with where it was seen. */
export interface SeenFrame extends Sighting {
  /** Tells the connections of a run apart; a peer that reconnects has several. */
  readonly connection: number;
  readonly frame: Frame;
}

/** Tells the story of one service; it sees every connection to it, so it knows who else is there. */
export interface Teller {
  frame(seen: SeenFrame): void;
  /** A connection is gone, orderly or not. */
  closed?(at: Sighting, connection: number): void;
  /** The run is over. */
  end?(): void;
}

/** The default export of `story/tales/<protocol>.ts`. */
export interface Tale {
  readonly name: string;
  begin(ledger: Ledger): Teller;
}

/** Who has acknowledged entries of streams, and who still may. */
import { hash } from 'node:crypto';
import type { RespCommand } from '../../../protocols/resp/index.ts';
import { type Ledger, type Place, REACHED, type SeenMessage, type Sighting } from '../../ledger/index.ts';
import { shownKey } from '../keys/world.ts';
import type { StreamCall } from './calls.ts';
import { groupOf, idsFrom } from './commands.ts';
import type { EntryId, Stream } from './stream.ts';

const IN_HAND: Place = { forget: () => {} };
/** Where a message is that is gone from its stream, while somebody may still acknowledge it. */
const AWAITED: Place = { forget: () => {} };

export class StreamAcks {
  readonly #ledger: Ledger;
  /** See `Server.own`. */
  readonly #own: boolean;

  constructor(ledger: Ledger, own: boolean) {
    this.#ledger = ledger;
    this.#own = own;
  }

  /** So many of what a call names were acknowledged; undefined where nobody saw how many. */
  acked(at: Sighting, stream: Stream | undefined, { key, command }: StreamCall, count: number | undefined): void {
    const group = stream?.groups.get(groupOf(command));
    if (!stream || !group) return;
    const ids = [...idsFrom(command, 2), ...cutIds(command, group.pending)];
    const route = `${shownKey(key)} (group ${groupOf(command)})`;
    for (const id of group.acknowledge(ids, count === command.argCount - 2 ? ids.length : count)) {
      const message = stream.entries.get(id)?.message ?? stream.gone.get(id);
      if (!message) continue;
      this.#ledger.step(at, message, { stage: 'acked', verb: 'XACK', from: 'client', route });
      // What was claimed by its id alone nobody was given: it stays where it is, acknowledged or not.
      if (!this.#own || group.given.has(id)) this.reach(message);
      if (!stream.entries.has(id)) group.given.delete(id);
    }
    this.awaitNoMore(stream);
  }

  reach(message: SeenMessage): void {
    if (message.places.length === 0) return;
    this.#ledger.enter(message, IN_HAND);
    this.#ledger.leave(message, IN_HAND, REACHED);
  }

  /** An entry goes: who holds it may still acknowledge it. */
  remove(stream: Stream, id: EntryId): void {
    const { awaited, forgotten } = stream.remove(id);
    if (awaited) this.#ledger.enter(awaited, AWAITED);
    if (forgotten) this.#ledger.leave(forgotten, AWAITED);
  }

  /** Of what is gone from a stream, what nobody holds any more is over. */
  awaitNoMore(stream: Stream | undefined): void {
    for (const message of stream?.released() ?? []) this.#ledger.leave(message, AWAITED);
  }

  /** Its groups are gone. */
  abandon(stream: Stream): void {
    stream.groups.clear();
    this.awaitNoMore(stream);
  }
}

/** Of these, those that a command names beyond what was kept of it: their digests were. */
function cutIds({ cutArgs }: RespCommand, ids: Iterable<EntryId>): EntryId[] {
  if (!cutArgs) return [];
  const digests = new Set([...cutArgs.values()].map(({ digest }) => digest));
  return [...ids].filter((id) => digests.has(hash('sha1', id, 'base64')));
}

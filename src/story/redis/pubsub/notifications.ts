/**
 * What Redis tells of a key goes out before the reply to the command that it follows from: it is told after that command,
 * as an effect after its cause. https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/
 */
import type { RespCommand } from '../../../protocols/resp/index.ts';
import type { SeenFrame } from '../../teller.ts';

/** A command that was sent and not answered, and those that are carried out with it. */
interface UnderWay {
  readonly command: RespCommand;
  readonly works: readonly { readonly command: RespCommand }[];
}

interface Held {
  readonly seen: SeenFrame;
  /** Commands that were under way with that key when it came. */
  readonly causes: ReadonlySet<RespCommand>;
  readonly tell: (at: SeenFrame) => void;
}

/** So many are held back at a time. */
const MOST_HELD = 1_000;
/** They wait for another client, so that their replies may be far off. */
const WAITING = /^(?:B[LRZ]|XREAD|WAIT)/;

export class Notifications {
  readonly #underWay: () => Iterable<UnderWay>;
  readonly #held = new Set<Held>();

  /** `underWay` gives the commands that are sent and not answered, those that the server carries out next. */
  constructor(underWay: () => Iterable<UnderWay>) {
    this.#underWay = underWay;
  }

  /** A notification of this key has come: `tell` is called now, or when the first command that may have caused it is answered. */
  came(seen: SeenFrame, key: Buffer, tell: Held['tell']): void {
    const causes = new Set<RespCommand>();
    for (const { command, works } of this.#underWay()) {
      const all = [command, ...works.map((work) => work.command)].filter(({ name }) => !WAITING.test(name));
      if (all.some(({ args }) => args.some((arg) => arg.equals(key)))) causes.add(command);
    }
    if (causes.size > 0 && this.#held.size < MOST_HELD) this.#held.add({ seen, causes, tell });
    else tell(seen);
  }

  /** A command was answered, or nobody will see whether it was. */
  settled(command: RespCommand, at: number): void {
    if (this.#held.size > 0) this.#release(({ causes }) => causes.has(command), at);
  }

  /** That connection gets something else, which came after what is held back; or every connection, at the end. */
  release(at: number, connection?: number): void {
    this.#release(({ seen }) => connection === undefined || seen.connection === connection, at);
  }

  #release(which: (held: Held) => boolean, at: number): void {
    for (const held of this.#held) {
      if (!which(held)) continue;
      this.#held.delete(held);
      held.tell({ ...held.seen, at });
    }
  }
}

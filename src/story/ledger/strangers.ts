/** Messages that nobody was seen to publish: what comes to several places at once is one of them, not several. */
import type { SeenMessage } from './message.ts';

interface Stranger {
  readonly message: SeenMessage;
  /** Where it has come already. */
  readonly places: WeakSet<object>;
}

/** So many looks of messages are remembered. */
const REMEMBERED = 1_000;
/** So many of those that look alike. */
const ALIKE = 100;

export class Strangers {
  /** By what they look like, the oldest first. */
  readonly #alike = new Map<string, Stranger[]>();

  /** The first that looks so and has not come to this place; a new one where there is none. */
  cameTo(place: object, look: string, create: () => SeenMessage): SeenMessage {
    const alike = this.#alike.get(look) ?? [];
    const known = alike.find(({ places }) => !places.has(place));
    if (known) {
      known.places.add(place);
      return known.message;
    }
    const message = create();
    alike.push({ message, places: new WeakSet([place]) });
    if (alike.length > ALIKE) alike.shift();
    this.#alike.delete(look);
    this.#alike.set(look, alike);
    const [oldest] = this.#alike.size > REMEMBERED ? this.#alike.keys() : [];
    if (oldest !== undefined) this.#alike.delete(oldest);
    return message;
  }
}

/** Makes inputs: units of recorded sessions and new ones, left out, doubled, moved, spliced, and changed byte by byte. */
import type { Grammar } from './grammar.ts';
import type { Random } from './random.ts';

const MAX_UNITS = 40;
const MAX_MORE = 5;
const BYTES = [0, 1, 9, 10, 13, 32, 42, 47, 58, 127, 128, 206, 254, 255];

export class Mutator {
  readonly #grammar: Grammar;
  readonly #sessions: readonly (readonly Buffer[])[];
  readonly #units: readonly Buffer[];
  readonly #later: readonly Buffer[];

  /** The first `opening` units of a session open its connection. */
  constructor(grammar: Grammar, seeds: readonly Buffer[], opening = 0) {
    this.#grammar = grammar;
    this.#sessions = seeds.map((seed) => grammar.cut(seed)).filter((units) => units.length > 0);
    this.#units = this.#sessions.flat();
    this.#later = this.#sessions.flatMap((units) => units.slice(opening));
  }

  /** The chunks of a connection, from its beginning. */
  session(random: Random): Buffer[] {
    const units = random.of(this.#sessions).slice(0, 1 + random.below(MAX_UNITS));
    for (let left = random.below(6); left > 0; left--) this.#rearrange(units, random);
    return this.#whole(units, random, 0.2);
  }

  /** The chunks of what is said on a connection that is open. */
  more(random: Random): Buffer[] {
    const from = random.below(this.#later.length);
    const units: Buffer[] = [];
    for (let left = 1 + random.below(MAX_MORE); left > 0; left--) {
      const recorded = this.#later[from + units.length];
      units.push(recorded && random.chance(0.5) ? recorded : this.#grammar.invent(random));
    }
    for (let left = random.below(3); left > 0; left--) this.#rearrange(units, random);
    return this.#whole(units, random, 0.03);
  }

  #whole(units: readonly Buffer[], random: Random, damage: number): Buffer[] {
    const bytes = Buffer.concat(units);
    return chunked(random.chance(damage) ? this.#bytewise(bytes, random) : bytes, random);
  }

  #rearrange(units: Buffer[], random: Random): void {
    const at = random.below(units.length + 1);
    const unit = units[at];
    switch (random.below(5)) {
      case 0:
        units.splice(at, 1);
        break;
      case 1:
        units.splice(at, 0, random.of(this.#units));
        break;
      case 2:
        if (unit) units.splice(random.below(units.length), 0, unit);
        break;
      default:
        if (unit) units[at] = this.#grammar.mend(this.#bytewise(unit, random), random);
    }
  }

  #bytewise(bytes: Buffer, random: Random): Buffer {
    let changed = Buffer.from(bytes);
    for (let left = 1 + random.below(4); left > 0; left--) {
      const at = random.below(changed.length + 1);
      switch (random.below(5)) {
        case 0:
          changed[at] = random.of(BYTES);
          break;
        case 1:
          changed[at] = random.below(256);
          break;
        case 2:
          changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1 + random.below(8))]);
          break;
        default: {
          const word = Buffer.from(random.of(this.#grammar.words));
          const behind = random.chance(0.5) ? at + word.length : at;
          changed = Buffer.concat([changed.subarray(0, at), word, changed.subarray(behind)]);
        }
      }
    }
    return changed;
  }
}

function chunked(bytes: Buffer, random: Random): Buffer[] {
  if (random.chance(0.6) || bytes.length < 2) return [bytes];
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(random.chance(0.2) ? 4 : bytes.length);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** Makes inputs: units of recorded sessions, left out, doubled, moved, spliced, and changed byte by byte. */
import type { Grammar } from './grammar.ts';
import type { Random } from './random.ts';

const MAX_UNITS = 40;
const BYTES = [0, 1, 9, 10, 13, 32, 42, 47, 58, 127, 128, 206, 254, 255];

export class Mutator {
  readonly #grammar: Grammar;
  readonly #sessions: readonly (readonly Buffer[])[];
  readonly #units: readonly Buffer[];

  constructor(grammar: Grammar, seeds: readonly Buffer[]) {
    this.#grammar = grammar;
    this.#sessions = seeds.map((seed) => grammar.cut(seed)).filter((units) => units.length > 0);
    this.#units = this.#sessions.flat();
  }

  /** The chunks of one input. */
  input(random: Random): Buffer[] {
    const units = [...random.of(this.#sessions)].slice(0, 1 + random.below(MAX_UNITS));
    for (let left = random.below(6); left > 0; left--) this.#rearrange(units, random);
    const bytes = Buffer.concat(units);
    return chunked(random.chance(0.2) ? this.#bytewise(bytes, random) : bytes, random);
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

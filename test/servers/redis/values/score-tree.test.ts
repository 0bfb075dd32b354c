/** The tree of sorted sets against a sorted list. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Place, ScoreTree } from '../../../../src/servers/redis/values/score-tree.ts';

const compare = (a: Place, b: Place): number => a.score - b.score || (a.member < b.member ? -1 : 1);

/** A tree, and the list that it must agree with. */
class Both {
  readonly tree = new ScoreTree<Place>();
  readonly list: Place[] = [];

  insert(place: Place): void {
    this.tree.insert(place);
    this.list.push(place);
  }

  remove(index: number): void {
    const [place] = this.list.splice(index, 1);
    this.tree.remove(place!);
  }

  check(): void {
    const { tree } = this;
    const sorted = this.list.toSorted(compare);
    const { length } = sorted;
    expect(tree.length).toBe(length);
    expect([...tree.range(0, length + 1)]).toEqual(sorted);
    expect([...tree.range(length - 1, length + 1, 'down')]).toEqual(sorted.toReversed());
    for (let rank = 0; rank < length; rank += 1 + Math.floor(length / 50)) {
      const place = sorted[rank]!;
      expect(tree.rankOf(place)).toBe(rank);
      expect(tree.range(rank, 1).next().value).toBe(place);
      expect(tree.countBefore(({ score }) => score < place.score)).toBe(
        sorted.findIndex(({ score }) => score === place.score),
      );
    }
  }
}

/** What is done in a row, so often, and where: `at` is a fraction of the members, or of the scores. */
const phase = fc.record({
  kind: fc.constantFrom('anywhere', 'ascending', 'descending', 'remove', 'remove first', 'remove last'),
  count: fc.integer({ min: 1, max: 1500 }),
  scores: fc.constantFrom(1, 10, 1e9),
  seed: fc.nat(),
});

describe('the tree of a sorted set', () => {
  it('agrees with a sorted list after whatever was added and removed', () => {
    fc.assert(
      fc.property(fc.array(phase, { minLength: 1, maxLength: 8 }), (phases) => {
        const both = new Both();
        let next = 0;
        for (const { kind, count, scores, seed } of phases) {
          let random = seed;
          for (let i = 0; i < count; i++) {
            random = (Math.imul(random, 1103515245) + 12345) >>> 0;
            next++;
            const { length } = both.list;
            if (kind === 'anywhere') both.insert({ member: `m${random}:${next}`, score: random % scores });
            else if (kind === 'ascending') both.insert({ member: `m${next}`, score: 2e9 + next });
            else if (kind === 'descending') both.insert({ member: `m${next}`, score: -next });
            else if (length > 0) {
              if (kind !== 'remove') both.list.sort(compare);
              both.remove(kind === 'remove' ? random % length : kind === 'remove first' ? 0 : length - 1);
            }
          }
          both.check();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('forgets everything, and begins again', () => {
    const both = new Both();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5000; i++) both.insert({ member: `m${i}`, score: (i * 7919) % 5003 });
      both.check();
      while (both.list.length > 0) both.remove(Math.floor(both.list.length / 3));
      both.check();
    }
  });
});

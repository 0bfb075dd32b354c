/**
 * The embedded Redis answers as redis-server does, byte for byte, in RESP2 and in RESP3. `npm test` compares it with
 * what a redis-server has answered (`pinned/`), `npm run test:real` compares that with the redis-server that is here,
 * and `npm run pin` writes it anew.
 */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Coverage, compatibility } from './compatibility.ts';
import type { Contract } from './contract/_contract.ts';
import { PINNED, PinnedGroup, pinFile } from './contract/_pinned.ts';
import { play, type Version } from './contract/_play.ts';
import { embeddedSide, realSide } from './contract/_sides.ts';
import { comparable, realVersion } from './real.ts';

const subject = inject('subject');
const writes = inject('writesPins');
const VERSIONS: readonly Version[] = [2, 3];

const CONTRACTS = new URL('contract/', import.meta.url);
const GROUPS = readdirSync(CONTRACTS)
  .filter((file) => !file.startsWith('_'))
  .map((file) => file.replace('.ts', ''));
const contracts = new Map<string, readonly Contract[]>();
for (const group of GROUPS) {
  contracts.set(group, ((await import(new URL(`${group}.ts`, CONTRACTS).href)) as { default: Contract[] }).default);
}

const coverage = new Coverage();

async function replies(contract: Contract, version: Version): Promise<(string | undefined)[]> {
  const side = await (subject === 'real' ? realSide() : embeddedSide());
  try {
    const asks = (loosening: string | undefined) => subject !== 'real' || loosening !== 'refused';
    return await play(side, version, contract, asks);
  } finally {
    await side.close();
  }
}

/** One test for each command that is answered. */
function declare(contract: Contract, version: Version, pins: PinnedGroup): void {
  const { title, lines } = contract;
  describe(title, () => {
    let told: (string | undefined)[] = [];
    let pinned: (string | undefined)[] = [];
    beforeAll(async () => {
      told = await replies(contract, version);
      if (writes) pins.set(contract, told);
      pinned = pins.replies(contract);
    });
    for (const [index, line] of lines.entries()) {
      if (!line.takes) continue;
      it(`${index + 1}: ${line.text}`, ({ task }) => {
        expect(told[index]).toBe(pinned[index]);
        coverage.note(line, told[index]!);
        task.meta.comparedWith = pins.server;
      });
    }
  });
}

const isHere = subject === 'embedded' || comparable;
for (const [group, all] of contracts) {
  for (const version of VERSIONS) {
    describe.runIf(isHere)(`${group}, RESP${version}`, () => {
      const pins = new PinnedGroup(group, version);
      for (const contract of all) declare(contract, version, pins);
      if (writes) afterAll(() => pins.write(`redis-server ${realVersion} in RESP${version}`, all));
      else it('has no pins of scripts that are gone', () => expect(pins.titles).toEqual(all.map(({ title }) => title)));
    });
  }
}

it('has no pins of groups that are gone', () => {
  const files = GROUPS.flatMap((group) => VERSIONS.map((version) => pinFile(group, version)));
  expect(readdirSync(PINNED).sort()).toEqual(files.sort());
});

describe.runIf(subject === 'embedded')('docs/compatibility-redis.md', () => {
  it('says what was compared, and where the rest is tested', async () => {
    await expect(compatibility(coverage)).toMatchFileSnapshot('../../../docs/compatibility-redis.md');
  });
});

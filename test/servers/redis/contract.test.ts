/**
 * The embedded Redis answers as a real one of the same release does, byte for byte, in RESP2 and in RESP3. `npm test`
 * compares it with what a real one has answered (`pinned/<release>/`), `npm run test:real` compares that with those that
 * are here, and `npm run pin` writes it anew.
 */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { GROUPS as GROUPS_OF_COMMANDS } from '../../../src/servers/redis/commands/index.ts';
import { RELEASES, type RedisRelease } from '../../../src/servers/redis/releases.ts';
import { titled } from '../../helpers/servers.ts';
import { Coverage, compatibility } from './compatibility.ts';
import type { Contract } from './contract/_contract.ts';
import { NOT_BOTH } from './contract/_loosenings.ts';
import { PINNED, PinnedGroup, pinFile } from './contract/_pinned.ts';
import { play, type Version } from './contract/_play.ts';
import { embeddedSide, realSide } from './contract/_sides.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { realOf, unavailable } from './real.ts';

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

async function replies(contract: Contract, version: Version, release: RedisRelease): Promise<(string | undefined)[]> {
  const side = await (subject === 'real' ? realSide : embeddedSide)(release);
  try {
    const asks = (loosening: string | undefined) => subject !== 'real' || loosening !== 'refused';
    return await play(side, version, contract, asks);
  } finally {
    await side.close();
  }
}

/** One test for each command that is answered. */
function declare(contract: Contract, version: Version, release: RedisRelease, pins: PinnedGroup): void {
  const { title, lines } = contract;
  describe(title, () => {
    let told: (string | undefined)[] = [];
    let pinned: (string | undefined)[] = [];
    beforeAll(async () => {
      told = await replies(contract, version, release);
      if (writes) pins.set(contract, told);
      pinned = pins.replies(contract);
    });
    for (const [index, line] of lines.entries()) {
      if (!line.takes) continue;
      it(`${index + 1}: ${line.text}`, ({ task }) => {
        expect(told[index]).toBe(pinned[index]);
        coverage.note(line, told[index]!, `${release.name} in RESP${version}`);
        task.meta.comparedWith = pins.server;
      });
    }
  });
}

for (const release of RELEASES) {
  const why = subject === 'real' ? unavailable(release) : undefined;
  describe.skipIf(why)(titled(`Redis ${release.name}`, why), () => {
    for (const [group, all] of contracts) {
      for (const version of VERSIONS) {
        describe(`${group}, RESP${version}`, () => {
          const pins = new PinnedGroup(release, group, version);
          for (const contract of all) declare(contract, version, release, pins);
          if (writes) afterAll(() => pins.write(`${serverOf(release)} in RESP${version}`, all));
          else {
            it('has no pins of scripts that are gone', () => {
              expect(pins.titles).toEqual(all.map(({ title }) => title));
            });
          }
        });
      }
    }
  });
}

function serverOf(release: RedisRelease): string {
  const [version, product] = realOf(release)!.version.split('-').reverse();
  return `${product ?? 'redis'}-server ${version}`;
}

it('has no pins of releases and groups that are gone', () => {
  expect(readdirSync(PINNED).sort()).toEqual(RELEASES.map(({ name }) => name).sort());
  for (const { name } of RELEASES) {
    const files = GROUPS.flatMap((group) => VERSIONS.map((version) => pinFile(group, version)));
    expect(readdirSync(new URL(`${name}/`, PINNED)).sort()).toEqual(files.sort());
  }
});

it('leaves out of COMMAND LIST nothing that is there', () => {
  const names = GROUPS_OF_COMMANDS.flatMap(({ rows }) => rows.map(({ name }) => name));
  expect(names.filter((name) => NOT_BOTH.test(name) && ELSEWHERE[name] === undefined)).toEqual([]);
});

describe.runIf(subject === 'embedded')('docs/compatibility-redis.md', () => {
  it('says what was compared, and where the rest is tested', async () => {
    await expect(compatibility(coverage)).toMatchFileSnapshot('../../../docs/compatibility-redis.md');
  });
});

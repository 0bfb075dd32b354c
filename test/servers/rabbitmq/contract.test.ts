/**
 * The embedded RabbitMQ does what a real one of the same release does. `npm test` compares it with what came of each
 * script on a real one (`pinned/<release>/`), `npm run test:real` compares that with those RabbitMQs that are here, and
 * `npm run pin` writes it anew.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { RELEASES } from '../../../src/servers/rabbitmq/releases.ts';
import type { Release } from '../../../src/servers/releases.ts';
import { readPins, writePins } from '../../helpers/pins.ts';
import { unavailable } from '../../helpers/real-rabbitmq.ts';
import { titled } from '../../helpers/servers.ts';
import { compatibility } from './compatibility.ts';
import { CHAPTERS, type Chapter, type Playable } from './contract/_chapters.ts';
import { notation } from './contract/_notation.ts';
import { embedded, nameOf, real, type Subject } from './contract/_subject.ts';

const isReal = inject('subject') === 'real';
const writes = inject('writesPins');

const PINNED = new URL('pinned/', import.meta.url);
const run = `t${randomBytes(4).toString('hex')}`;
const compared = new Set<Playable>();
let count = 0;

function declare({ name, title, scripts }: Chapter, release: Release, subject: () => Subject): void {
  describe(title, () => {
    const file = new URL(`${release.name}/${name}.txt`, PINNED);
    const pins = readPins(file);
    const written = new Map<string, string[]>();
    for (const script of scripts) {
      it(script.title, async ({ task }) => {
        const told = notation(await script.play(subject(), `${run}.${String(count++).padStart(3, '0')}.`));
        if (writes) written.set(script.title, told);
        expect(told).toEqual((writes ? written : pins?.sections)?.get(script.title));
        compared.add(script);
        task.meta.comparedWith = pins?.server;
      });
    }
    if (writes) {
      afterAll(async () => {
        // A script that was not asked for keeps what is pinned of it.
        const known = scripts.flatMap(({ title }) => {
          const told = written.get(title) ?? pins?.sections.get(title);
          return told ? [[title, told] as const] : [];
        });
        writePins(file, { server: await nameOf(subject()), sections: new Map(known) });
      });
    } else {
      it('has no pins of scripts that are gone', () => {
        expect([...(pins?.sections.keys() ?? [])]).toEqual(scripts.map((script) => script.title));
      });
    }
  });
}

for (const release of RELEASES) {
  const why = isReal ? await unavailable(release) : undefined;
  describe.skipIf(why)(titled(`RabbitMQ ${release.name}`, why), () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await (isReal ? real : embedded)(release);
    });
    afterAll(async () => {
      await subject?.close();
    });
    for (const chapter of CHAPTERS) declare(chapter, release, () => subject);
  });
}

it('has no pins of releases and chapters that are gone', () => {
  expect(readdirSync(PINNED).sort()).toEqual(RELEASES.map(({ name }) => name).sort());
  for (const { name } of RELEASES) {
    const files = CHAPTERS.map((chapter) => `${chapter.name}.txt`).sort();
    expect(readdirSync(new URL(`${name}/`, PINNED)).sort()).toEqual(files);
  }
});

describe.skipIf(isReal)('docs/compatibility-rabbitmq.md', () => {
  it('says what was compared', async () => {
    await expect(compatibility(CHAPTERS, compared)).toMatchFileSnapshot('../../../docs/compatibility-rabbitmq.md');
  });
});

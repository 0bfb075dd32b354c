/**
 * The embedded RabbitMQ does what a real one does. `npm test` compares it with what came of each script on a real one
 * (`pinned/`), `npm run test:real` compares that with the RabbitMQ that is here, and `npm run pin` writes it anew.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readPins, writePins } from '../../helpers/pins.ts';
import { unavailable } from '../../helpers/real-rabbitmq.ts';
import { compatibility } from './compatibility.ts';
import { CHAPTERS, type Chapter, type Playable } from './contract/_chapters.ts';
import { notation } from './contract/_notation.ts';
import { embedded, nameOf, real, type Subject } from './contract/_subject.ts';

const isReal = inject('subject') === 'real';
const writes = inject('writesPins');
const why = isReal ? await unavailable() : undefined;
if (why) console.warn(`the pins are not compared with a real RabbitMQ: ${why}`);

const PINNED = new URL('pinned/', import.meta.url);
const run = `t${randomBytes(4).toString('hex')}`;
const compared = new Set<Playable>();
let count = 0;
let subject: Subject;

beforeAll(async () => {
  if (!why) subject = await (isReal ? real() : embedded());
});
afterAll(async () => {
  await subject?.close();
});

function declare({ name, title, scripts, restarts }: Chapter): void {
  describe.skipIf(why)(title, () => {
    const file = new URL(`${name}.txt`, PINNED);
    const pins = readPins(file);
    const written = new Map<string, string[]>();
    for (const script of scripts) {
      it(script.title, async ({ task, skip }) => {
        if (restarts && subject.restart === undefined) skip('this server is not ours to restart');
        const told = notation(await script.play(subject, `${run}.${count++}.`));
        if (writes) written.set(script.title, told);
        expect(told).toEqual((writes ? written : pins?.sections)?.get(script.title));
        compared.add(script);
        task.meta.comparedWith = pins?.server;
      });
    }
    if (writes) afterAll(async () => writePins(file, { server: await nameOf(subject), sections: written }));
    else {
      it('has no pins of scripts that are gone', () => {
        expect([...(pins?.sections.keys() ?? [])]).toEqual(scripts.map((script) => script.title));
      });
    }
  });
}

for (const chapter of CHAPTERS) declare(chapter);

it('has no pins of chapters that are gone', () => {
  expect(readdirSync(PINNED).sort()).toEqual(CHAPTERS.map(({ name }) => `${name}.txt`).sort());
});

describe.skipIf(isReal)('docs/compatibility-rabbitmq.md', () => {
  it('says what was compared', async () => {
    await expect(compatibility(CHAPTERS, compared)).toMatchFileSnapshot('../../../docs/compatibility-rabbitmq.md');
  });
});

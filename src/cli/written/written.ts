/** What the build writes down: summaries that list many scenarios at once, the glossary, schemas for editors, the man page. */
import { mkdir, writeFile } from 'node:fs/promises';
import { manPage } from '../_man.ts';
import { writeSchemas } from '../schema.ts';
import { writeGlossary } from './glossary.ts';
import { writeSummaries } from './summaries.ts';

const ROOT = new URL('../../../', import.meta.url);

/** A step of the build. */
export async function writeDown(): Promise<void> {
  await writeSummaries();
  await writeGlossary();
  await writeSchemas(new URL('schemas/', ROOT));
  await mkdir(new URL('man/', ROOT), { recursive: true });
  await writeFile(new URL('man/msgplay.1', ROOT), await manPage());
}

/** `run --watch`: again on save, whatever the file became; until Ctrl-C. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { msgplay, start } from '../helpers/cli.ts';

const scenario = (title: string): string => `import { defineScenario } from 'msgplay';
import { told } from './told.mjs';
export default defineScenario({ name: 'mine', title: '${title}', options: {}, needs: [], about: () => '',
  async run(lab) { lab.check(told, true); if (told === 'for ever') await lab.sleep(1e6); } });`;

test('runs again when the file, or one that it imports, is saved; tells what is wrong with it; Ctrl-C ends it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const save = (file: string, content: string): void => writeFileSync(join(folder, file), content);
  save('told.mjs', "export const told = 'first';");
  save('mine.mjs', scenario('Mine'));
  const { child, ended, says } = start(['run', './mine.mjs', '--watch'], {}, folder);
  await says(/✓ first/);
  await says(/watching mine\.mjs; Ctrl-C ends it/);
  save('told.mjs', "export const told = 'second';");
  await says(/✓ second.*passed/s);
  save('mine.mjs', 'export default = broken');
  await says(/mine\.mjs can't be loaded.*watching/s);
  // As editors do that replace a file.
  save('beside', scenario('Mended'));
  renameSync(join(folder, 'beside'), join(folder, 'mine.mjs'));
  await says(/Mended.*passed/s);
  // A run that is under way is ended for the next.
  save('told.mjs', "export const told = 'for ever';");
  await says(/✓ for ever/);
  save('told.mjs', "export const told = 'at last';");
  await says(/aborted.*✓ at last.*passed/s);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).not.toContain('\u001b[2J');
});

test('without a file of one’s own there is nothing to watch', async () => {
  const { code, stderr } = await msgplay(['run', 'pubsub', '--watch']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('this line names none')]);
});

/** What msgplay does by itself on GitHub Actions. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { msgplay } from '../helpers/cli.ts';

/** A job whose page somebody else has written on, a scenario that fails, and one that does not. */
function job() {
  const at = mkdtempSync(join(tmpdir(), 'msgplay-github-'));
  onTestFinished(() => rmSync(at, { recursive: true }));
  const summary = join(at, 'summary.md');
  writeFileSync(summary, 'before\n\n');
  const own = (name: string, body: string): string => {
    const path = join(at, `${name}.mjs`);
    writeFileSync(
      path,
      `import { defineScenario } from 'msgplay';
export default defineScenario({ name: '${name}', title: 'Mine', needs: [], options: {}, about: () => '', async run(lab) { ${body} } });
`,
    );
    return path;
  };
  return {
    at,
    fails: own('fails', "lab.check('it *rains*', false, '50% dry')"),
    holds: own('holds', "lab.check('it holds', true)"),
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    summary: () => readFileSync(summary, 'utf8'),
  };
}

const ERROR = '::error title=fails%3A it *rains*::50%25 dry';

describe('on GitHub Actions', () => {
  test('failures become annotations, beside the page, and each run is told on the page of the job', async () => {
    const { fails, holds, env, summary } = job();
    const { code, stdout, stderr } = await msgplay(['run', fails, holds], env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ it \*rains\* · 50% dry$/m);
    expect(stdout).not.toContain('::error');
    expect(stderr.split('\n').filter((line) => line.startsWith('::'))).toEqual([ERROR]);
    expect(summary()).toMatch(
      /^before\n\n## msgplay\n\n❌ \*\*fails\*\* failed in .* · ✓ 0\/1\n\n❌ it \\\*rains\\\*: 50% dry\n\n/,
    );
    expect(summary()).toMatch(/\n\n✅ \*\*holds\*\* passed in .* · ✓ 1\/1\n\n$/);
  });

  test('annotations go where they are told to go, and nowhere else', async () => {
    const { at, fails, env, summary } = job();
    const inFile = await msgplay(['run', fails, '--report', `github=${at}/github.txt`], env);
    expect(inFile.stdout + inFile.stderr).not.toContain('::error');
    expect(readFileSync(join(at, 'github.txt'), 'utf8')).toContain(ERROR);
    const onPage = await msgplay(['run', fails, '--format', 'github'], env);
    expect(onPage.stdout).toContain(ERROR);
    expect(onPage.stderr).not.toContain('::error');
    expect(summary().match(/❌ \*\*fails\*\*/g)).toHaveLength(2);
  });

  test('a summary that can not be written, or has no room, fails no run', async () => {
    const { at, holds, env } = job();
    const unwritable = await msgplay(['run', holds], {
      ...env,
      GITHUB_STEP_SUMMARY: join(at, 'nowhere', 'summary.md'),
    });
    expect(unwritable.code).toBe(0);
    expect(unwritable.stderr).toContain("the job summary can't be written");
    const full = join(at, 'full.md');
    writeFileSync(full, 'x'.repeat(1024 * 1024 - 10));
    expect((await msgplay(['run', holds], { ...env, GITHUB_STEP_SUMMARY: full })).code).toBe(0);
    expect(readFileSync(full).length).toBeLessThanOrEqual(1024 * 1024);
  });
});

test('elsewhere nothing of it', async () => {
  const { fails, env, summary } = job();
  const { stdout, stderr } = await msgplay(['run', fails], { ...env, GITHUB_ACTIONS: undefined });
  expect(stdout + stderr).not.toContain('::');
  expect(summary()).toBe('before\n\n');
});

/** On stage: demos, and runs with a page, in a real terminal (tmux). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hears, hearsTheEnd, listenTo } from '../helpers/events.ts';
import { titled } from '../helpers/servers.ts';
import { noTerminal, terminal } from '../helpers/terminal.ts';

const TALK = `
title: { en: A talk, ko: 짧은 발표 }
steps:
  - say: { en: First the one., ko: 먼저 하나. }
  - pause
  - run: hello-queue
    options: { messages: 1 }
  - say: { en: Now the other., ko: 이번에는 다른 하나. }
  - pause
  - run: pubsub
    options: { via: redis, events: 1 }
  - pause: 50ms
  - say: { en: That was all., ko: 이상이다. }
  - pause
`;

function talk(...flags: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-talk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'talk.yml'), TALK);
  return terminal(['play', 'talk.yml', ...flags], folder);
}

describe.skipIf(noTerminal !== undefined)(titled('a demo on stage', noTerminal), () => {
  test('waits for Enter at each pause, and ends as it went', async () => {
    const { keys, shows } = talk('--lang', 'en');
    expect(await shows(/First the one\..*Enter goes on/s)).not.toContain('message 1');
    keys('Enter');
    const second = await shows(/Now the other\..*Enter goes on/s);
    expect(second).toMatch(/message 1 publish/);
    expect(second).not.toContain('Redis');
    keys('Enter');
    await shows(/That was all\..*Enter goes on/s);
    keys('Enter');
    const end = await shows(/exit code 0/);
    expect(end).toContain('2 of 2 runs went as expected');
  });

  test('speaks Korean, and goes at the pace that was asked for', async () => {
    const since = performance.now();
    const { keys, shows } = talk('--lang', 'ko', '--pace', '150ms');
    await shows(/짧은 발표.*먼저 하나\..*Enter를 누르면 계속한다/s);
    keys('Enter');
    const screen = await shows(/이번에는 다른 하나\..*Enter를 누르면 계속한다/s);
    expect(screen).toContain('프로듀서');
    expect(screen).not.toContain('First the one.');
    // A dozen lines, each of which is read.
    expect(performance.now() - since).toBeGreaterThan(12 * 150);
    keys('C-c');
    await shows(/실행 2개 가운데 1개가 예상대로 진행됨.*실행하지 않음.*exit code 130/s);
  });

  test.each([0, 1, 2])('Ctrl-C at pause %i ends it there, in order', async (pause) => {
    const { keys, shows } = talk('--lang', 'en');
    const said = ['First the one', 'Now the other', 'That was all'];
    for (let at = 0; at <= pause; at++) {
      await shows(new RegExp(`${said[at]}.*Enter goes on`, 's'));
      keys(at === pause ? 'C-c' : 'Enter');
    }
    const screen = await shows(/exit code \d+/);
    expect(screen).toContain('exit code 130');
    expect(screen).toContain(`${pause} of 2 runs went as expected`);
    for (const later of said.slice(pause + 1)) expect(screen).not.toContain(later);
  });

  test('a signal at a pause ends it there, too', async () => {
    const { kill, shows } = talk('--lang', 'en');
    await shows(/First the one.*Enter goes on/s);
    kill('SIGTERM');
    expect(await shows(/exit code \d+/)).toContain('exit code 143');
  });

  test('with --auto it waits for nobody', async () => {
    const { shows } = talk('--lang', 'en', '--auto');
    expect(await shows(/exit code 0/)).toContain('That was all.');
  });
});

describe.skipIf(noTerminal !== undefined)(titled('a run with a page', noTerminal), () => {
  const url = (screen: string) => /The page: (\S+)/.exec(screen)?.[1] ?? '';

  test('begins when the page is open', async () => {
    const { shows } = terminal(['run', 'pubsub', '--web', '--lang', 'en']);
    const screen = await shows(/The page: http\S+\s.*then it begins/s);
    expect(screen).not.toContain('Redis');
    const listener = await listenTo(url(screen));
    await shows(/exit code 0/);
    await hears(listener, /"outcome":"passed"/);
    await hearsTheEnd(listener);
  });

  test('begins at Enter, where nobody wants to see the page', async () => {
    const { keys, shows } = terminal(['run', 'pubsub', '--web', '--lang', 'ko']);
    await shows(/Enter를 누르면 시작한다/);
    keys('Enter');
    await shows(/통과.*exit code 0/s);
  });

  test('is given up by Ctrl-C', async () => {
    const { keys, shows } = terminal(['run', 'pubsub', '--web', '--lang', 'en']);
    await shows(/then it begins/);
    keys('C-c');
    expect(await shows(/exit code \d+/)).toContain('exit code 130');
  });
});

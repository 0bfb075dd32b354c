/** The picker, driven through a real terminal (tmux). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { titled } from '../helpers/servers.ts';
import { terminal, noTerminal as why } from '../helpers/terminal.ts';

describe.skipIf(why !== undefined)(titled('the picker', why), () => {
  test('lists scenarios under their headings, with the idea of the one at hand', async () => {
    const { shows } = terminal();
    const screen = await shows(/What do you want to see\? \(type to search, Esc leaves\).*pubsub/s);
    for (const word of ['First steps', 'Load and work', 'Publish and route', 'hello-queue', 'job-queue', 'pubsub']) {
      expect(screen).toContain(word);
    }
    // The first lesson is at hand.
    expect(screen).toMatch(/A broker is a program between programs/);
  });

  test('searches, asks for options and servers, tells the command, and runs it', async () => {
    const { keys, shows } = terminal();
    await shows(/type to search/);
    keys('-l', 'many sub');
    const found = await shows(/many sub/);
    await shows(/pubsub/);
    expect(found).toContain('pubsub');
    await eventually(async () => expect(await shows(/pubsub/)).not.toContain('job-queue'));
    keys('Enter');
    await shows(/What now\?/);
    keys('Down', 'Enter');
    await shows(/which broker is used/);
    keys('Down', 'Down', 'Enter');
    await shows(/\(1 to 100\) \(1\)/);
    keys('-l', '2');
    keys('Enter');
    await shows(/Where should Redis come from\?/);
    keys('Enter');
    const screen = await shows(/exit code \d+/);
    expect(screen).toContain('The same without questions: msgplay run pubsub --via redis --events 2');
    expect(screen).toMatch(/✓ Redis: who comes late has no past/);
    expect(screen).toContain('┃');
    expect(screen).toContain('exit code 0');
  });

  test('asks for flags, refuses what is out of range, and names another backend', async () => {
    const { keys, shows } = terminal();
    await shows(/type to search/);
    keys('-l', 'job-queue');
    await shows(/see\?.* job-queue/);
    keys('Enter');
    await shows(/What now\?/);
    keys('Down', 'Enter');
    await shows(/which broker has the queue/);
    keys('Enter');
    await shows(/how many jobs the producer sends/);
    keys('-l', '5000');
    keys('Enter');
    await shows(/between 1 and 1000/i);
    keys('BSpace', 'BSpace', 'BSpace');
    keys('Enter');
    await shows(/how many workers share/);
    keys('Enter');
    await shows(/how many more workers/);
    keys('Enter');
    await shows(/unacked jobs/);
    keys('Enter');
    await shows(/dies in the middle of it/);
    keys('-l', 'y');
    keys('Enter');
    await shows(/Where should RabbitMQ come from\?/);
    keys('Enter');
    const screen = await shows(/exit code \d+/);
    expect(screen).toContain('msgplay run job-queue --jobs 5 --crash');
    expect(screen).toContain('exit code 0');
  });

  test('explains a scenario, and runs it as it is', async () => {
    const { keys, shows } = terminal();
    await shows(/type to search/);
    keys('-l', 'hello-queue');
    await shows(/see\?.* hello-queue/);
    keys('Enter');
    await shows(/What now\?/);
    keys('Down', 'Down', 'Enter');
    await shows(/What to look for[\s\S]*What now\?[\s\S]*run it/);
    keys('Enter');
    const screen = await shows(/exit code \d+/);
    expect(screen).toMatch(/The same without questions: msgplay run hello-queue$/m);
    expect(screen).toContain('exit code 0');
  });

  test('offers scenarios of your own, and asks for their options', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'msgplay-own-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'msgplay'));
    const source = `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: 'greet',
  title: 'A greeting of mine',
  options: { times: { type: 'integer', default: 1, min: 1, max: 9, help: 'how often' } },
  needs: [],
  about: ({ times }) => 'said ' + times + ' times',
  async run(lab, { times }) { lab.check('it was said ' + times + ' times', true); },
});`;
    writeFileSync(join(folder, 'msgplay', 'greet.mjs'), source);
    const { keys, shows } = terminal([], folder);
    await shows(/type to search/);
    keys('-l', 'of mine');
    expect(await shows(/see\?.* of mine.*greet/s)).toContain('Your own (./msgplay)');
    keys('Enter');
    await shows(/What now\?/);
    keys('Down', 'Enter');
    await shows(/how often \(1 to 9\)/);
    keys('-l', '3');
    keys('Enter');
    await shows(/msgplay run greet --times 3/);
    expect(await shows(/exit code \d+/)).toMatch(/it was said 3 times.*exit code 0/s);
  });

  test('asks in the language of the reader, down to what keys do', async () => {
    const { keys, shows } = terminal([], undefined, 'ko_KR.UTF-8');
    await shows(/입력하면 찾고/);
    keys('-l', 'no such word');
    expect(await shows(/찾은 것이 없다/)).not.toContain('No results');
    keys('C-u');
    keys('-l', 'leaderboard');
    await shows(/leaderboard .*↑↓ 이동 • ⏎ 선택/s);
    keys('Enter');
    await shows(/이제 무엇을 할까\?/);
    keys('Down', 'Enter');
    for (const question of [/선수 수/, /판 수/, /화면에 보이는/]) {
      await shows(question);
      keys('Enter');
    }
    const screen = await shows(/embedded +msgplay 안에서.*local +이 컴퓨터에 설치된/s);
    expect(screen).not.toMatch(/navigate|select/);
  });

  test('Ctrl-C leaves with 130, and nothing is run', async () => {
    const { keys, shows } = terminal();
    await shows(/type to search/);
    keys('C-c');
    const screen = await shows(/exit code \d+/);
    expect(screen).toContain('exit code 130');
    expect(screen).not.toMatch(/The same without|Error|^ +at /m);
  });

  test('Escape leaves like Ctrl-C, at any question', async () => {
    for (const before of [[], ['Enter']]) {
      const { keys, shows } = terminal();
      await shows(/type to search/);
      for (const key of before) {
        keys(key);
        await shows(/What now\?/);
      }
      keys('Escape');
      const screen = await shows(/exit code \d+/);
      expect(screen).toContain('exit code 130');
      expect(screen).not.toMatch(/The same without|Error|^ +at /m);
    }
  });

  test('Ctrl-C at a later question leaves with 130, too', async () => {
    const { keys, shows } = terminal();
    await shows(/type to search/);
    keys('Enter');
    await shows(/What now\?/);
    keys('Down', 'Enter');
    await shows(/how many messages/);
    keys('C-c');
    expect(await shows(/exit code \d+/)).toContain('exit code 130');
  });

  test('Ctrl-C while the scenario runs ends it in good order', async () => {
    const { keys, shows } = terminal();
    await shows(/type to search/);
    keys('-l', 'job-queue');
    await shows(/see\?.* job-queue/);
    keys('Enter');
    await shows(/What now\?/);
    keys('Down', 'Enter');
    await shows(/which broker has the queue/);
    keys('Enter');
    await shows(/how many jobs the producer sends/);
    keys('-l', '999');
    keys('Enter');
    for (const question of [
      /how many workers share/,
      /how many more/,
      /unacked jobs/,
      /dies in the middle/,
      /come from/,
    ]) {
      await shows(question);
      keys('Enter');
    }
    await shows(/job 3 ack/);
    keys('C-c');
    const screen = await shows(/exit code \d+/);
    expect(screen).toMatch(/aborted after/);
    expect(screen).toContain('exit code 130');
  });
});

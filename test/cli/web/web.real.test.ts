/** The live page in a browser. */
import { Redis } from 'ioredis';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { CHROMIUM, closeBrowser, visit } from '../../helpers/browser.ts';
import { start } from '../../helpers/cli.ts';
import { pageUrl } from '../../helpers/events.ts';

afterAll(closeBrowser);

async function up() {
  const running = start(['up', 'redis', '--web', '--json', '--lang', 'en']);
  await running.says(/\}\n/);
  const redis = new Redis(JSON.parse(running.stdout()).redis.url, { connectionName: 'shop' });
  redis.on('error', () => {});
  onTestFinished(() => redis.disconnect());
  const visited = await visit();
  await visited.page.goto(pageUrl(running.stderr()));
  return { running, redis, ...visited };
}

const shown = async (page: Page) => Number((await page.getAttribute('.row >> nth=0', 'aria-setsize')) ?? 0);
const last = (page: Page) => page.locator('.row').last().textContent();

describe.skipIf(CHROMIUM === undefined)('in a browser', () => {
  test('follows what happens; pauses, steps back, and goes on to the end', async () => {
    const { page, redis, running, wrong } = await up();
    for (let count = 0; count < 100; count++) await redis.lpush('mail', `letter ${count}`);
    await expect.poll(() => last(page)).toContain('letter 99');
    expect(await page.textContent('.source')).toBe('live');
    // Who has not scrolled back sees the newest line.
    const { y = 10_000 } = (await page.locator('.row').last().boundingBox()) ?? {};
    expect(y).toBeLessThan(800);
    const total = await shown(page);

    await page.click('[data-key=pause]');
    await redis.lpush('mail', 'meanwhile');
    await expect.poll(() => page.textContent('#count')).toMatch(new RegExp(`^${total} of`));
    expect(await last(page)).toContain('letter 99');
    await page.click('[data-key=back]');
    await expect.poll(() => last(page)).toContain('letter 98');
    expect(await page.textContent('#about')).toContain('letter 98');
    await page.click('[data-key=pause]');
    await expect.poll(() => last(page)).toContain('meanwhile');

    running.child.kill('SIGINT');
    await running.ended;
    await expect.poll(() => page.textContent('.source')).toContain('msgplay has ended');
    // What it has can be used as before.
    await page.fill('#search', 'letter 42');
    await expect.poll(() => shown(page)).toBe(1);
    await page.click('.row');
    expect(await page.textContent('#about')).toContain('letter 42');
    expect(wrong.filter((text) => !text.includes('ERR_'))).toEqual([]);
  });

  test('nothing that a client says runs', async () => {
    const { page, redis, wrong } = await up();
    const hostile =
      '</script><img src=x onerror="document.title=\'owned\'"><b>bold</b>\u2028\ndata: {"piece":"end"}\n\n';
    await redis.client('SETNAME', 'javascript:alert(1)<b>');
    await redis.lpush(hostile, hostile);
    await redis.lpush('mail', 'afterwards');
    await expect.poll(() => last(page)).toContain('afterwards');
    await page.click('.row >> nth=-2');
    expect(await page.textContent('#about')).toContain('<b>bold</b>');
    expect(await page.locator('img, .row b').count()).toBe(0);
    expect(await page.title()).not.toContain('owned');
    expect(wrong).toEqual([]);
  });

  test('a page that comes late has all of the run, and ends in the whole of it', async () => {
    const running = start(['run', 'pubsub', '--web', '--pace', '60ms', '--lang', 'ko']);
    await running.says(/The page/);
    const early = await visit();
    await early.page.goto(pageUrl(running.stderr()));
    await expect.poll(() => shown(early.page)).toBeGreaterThan(5);
    const late = await visit({ dark: true, width: 390 });
    await late.page.goto(pageUrl(running.stderr()));
    expect((await running.ended).code).toBe(0);
    for (const { page, wrong } of [early, late]) {
      await expect.poll(() => page.textContent('.badge')).toBe('✓ 통과');
      await expect.poll(() => page.textContent('.source')).toContain('종료');
      expect(await page.title()).toMatch(/\p{Script=Hangul}/u);
      expect(wrong.filter((text) => !text.includes('ERR_'))).toEqual([]);
    }
    expect(await shown(early.page)).toBe(await shown(late.page));
  });

  test('a page of another site gets nothing of it', async () => {
    const { running } = await up();
    const url = pageUrl(running.stderr());
    const { page } = await visit();
    // As served by a name that is bound to this machine afterwards.
    await page.goto(url.replace('127.0.0.1', 'rebound.localhost'));
    expect(await page.textContent('body')).toContain('not served by that name');
    await page.goto('data:text/html,<title>elsewhere</title>');
    const got = await page.evaluate(
      `fetch(${JSON.stringify(`${url}events`)}).then((one) => one.text(), () => 'refused')`,
    );
    expect(got).toBe('refused');
  });
});

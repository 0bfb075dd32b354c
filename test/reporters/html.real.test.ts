/** The page in a browser. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import type { Language } from '../../src/core/language.ts';
import { CHROMIUM, closeBrowser, visit } from '../helpers/browser.ts';
import { msgplay } from '../helpers/cli.ts';
import { pageOf, recordedRun, repeated } from '../helpers/html.ts';

afterAll(closeBrowser);

/** A page of these events, opened as a file. */
async function opened(
  events: readonly TraceEvent[],
  { language = 'en', ...look }: { language?: Language; width?: number; height?: number; dark?: boolean } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'page.html');
  writeFileSync(file, pageOf([events], language));
  const visited = await visit(look);
  const since = performance.now();
  await visited.page.goto(`file://${file}`);
  await visited.page.waitForSelector('html:not([aria-busy])');
  await visited.page.waitForSelector('.row');
  return { ...visited, openedMs: performance.now() - since };
}

describe.skipIf(CHROMIUM === undefined)('in a browser', () => {
  test('shows the run in the language asked for, and in the other one', async () => {
    const { page, wrong } = await opened(recordedRun('pubsub'), { language: 'ko' });
    expect(await page.getAttribute('html', 'lang')).toBe('ko');
    expect(await page.locator('.row').count()).toBeGreaterThan(5);
    const korean = await page.textContent('.row.step');
    expect(korean).toMatch(/\p{Script=Hangul}/u);
    await page.click('text=English');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(await page.textContent('.row.step')).not.toMatch(/\p{Script=Hangul}/u);
    expect(wrong).toEqual([]);
  });

  test('works as it is built, as a report and printed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'msgplay-page-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { code, stdout } = await msgplay([
      'run',
      'pubsub',
      'topics',
      '--lang',
      'en',
      '--format',
      'html',
      '--report',
      `html=${folder}/report.html`,
    ]);
    expect(code).toBe(0);
    writeFileSync(join(folder, 'printed.html'), stdout);
    for (const name of ['report', 'printed']) {
      const { page, wrong } = await visit();
      await page.goto(`file://${folder}/${name}.html`);
      await page.waitForSelector('.row');
      await page.selectOption('[data-key=run]', '1');
      expect(await page.textContent('h1')).toMatch(/^topics/);
      await page.click('.row.arrow');
      expect(await page.textContent('#about')).toContain('basic.publish');
      expect(await page.textContent('.badge')).toBe('✓ passed');
      expect(wrong).toEqual([]);
    }
  });

  test('shows markup in every text as text', async () => {
    const hostile = '</script><img src=x onerror="document.title=1"><b>bold</b>';
    const events = recordedRun('pubsub').map((event) => {
      if (event.type === 'message') return { ...event, body: hostile, name: hostile };
      if (event.type === 'frame') return { ...event, summary: hostile, fields: { [hostile]: hostile } };
      return event.type === 'step' ? { ...event, text: hostile, translations: {} } : event;
    });
    const { page, wrong } = await opened(events);
    for (const layer of ['story', 'message', 'frame']) {
      await page.click(`[data-key=${layer}]`);
      await page.click('.row.arrow');
      expect(await page.textContent('#about')).toContain('<b>bold</b>');
    }
    expect(await page.locator('img, .row b').count()).toBe(0);
    expect(await page.title()).toMatch(/^pubsub/);
    // A policy that had to forbid something would tell of it.
    expect(wrong).toEqual([]);
  });

  test('follows a message: its steps, its frames with their fields, its body as JSON', async () => {
    const { page } = await opened(recordedRun('job-queue'));
    const all = await page.textContent('#count');
    await page.click('.row.arrow >> nth=0');
    const about = (await page.textContent('#about')) ?? '';
    expect(about).toContain('basic.publish');
    expect(about).toContain('"routingKey"');
    await page.click('[data-follow]');
    const names = await page.locator('.row').allTextContents();
    expect(names.length).toBeGreaterThan(1);
    expect(names.every((text) => text.includes('job 1'))).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.textContent('#count')).toBe(all);
  });

  test('is used by keyboard, and tells those who listen where they are', async () => {
    const { page } = await opened(recordedRun('job-queue'));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const chosen = page.locator('[role=option][aria-selected=true]');
    await expect.poll(() => chosen.count()).toBe(1);
    expect(await page.getAttribute('[role=listbox]', 'aria-activedescendant')).toBe(await chosen.getAttribute('id'));
    expect(await chosen.getAttribute('aria-posinset')).toBe('2');
    // What is pressed keeps the focus.
    await page.focus('[data-key=message]');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe('message');
    await page.keyboard.press('/');
    await page.keyboard.type('job 2');
    await expect
      .poll(async () => (await page.locator('.row').allTextContents()).every((text) => text.includes('job 2')))
      .toBe(true);
  });

  test('steps through the run line by line', async () => {
    const { page } = await opened(recordedRun('job-queue'));
    const total = Number(await page.getAttribute('.row', 'aria-setsize'));
    const shown = async () => Number(await page.getAttribute('.row', 'aria-setsize'));
    await page.click('[data-key=back]');
    await page.keyboard.press('Enter');
    await expect.poll(shown).toBe(total - 2);
    await page.click('[data-key=onward]');
    await expect.poll(shown).toBe(total - 1);
    expect(await page.getAttribute('[aria-selected=true]', 'aria-posinset')).toBe(String(total - 1));
    await page.click('[data-key=pause]');
    await expect.poll(shown).toBe(total);
  });

  test.each([390, 768, 1280, 1600])('fits a window of %i px', async (width) => {
    const { page } = await opened(recordedRun('job-queue'), { width, dark: width === 768 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const { height = 0 } = (await page.locator('.scroll').boundingBox()) ?? {};
    expect(height).toBeGreaterThan(300);
  });

  test('of a hundred thousand events only what is in view is drawn', { timeout: 180_000 }, async () => {
    const events = repeated(recordedRun('job-queue'), 100_000);
    const { page, wrong, openedMs } = await opened(events);
    await page.click('[data-key=frame]');
    const frames = events.filter((event) => event.type === 'frame');
    await page.click('[data-key=handshakes]');
    await page.fill('#search', 'basic.publish');
    const published = frames.filter(({ name }) => name === 'basic.publish');
    await expect.poll(() => page.getAttribute('.row', 'aria-setsize')).toBe(String(published.length));

    // Each place holds the line that belongs there.
    for (const place of [0, 0.25, 0.5, 1]) {
      await page.locator('.scroll').evaluate((box, to) => {
        box.scrollTop = to * (box.scrollHeight - box.clientHeight);
      }, place);
      const middle = Math.floor(place * (published.length - 1));
      await expect
        .poll(async () => {
          const rows = await page
            .locator('.row')
            .evaluateAll((all) =>
              all.map((row) => ({ at: Number(row.getAttribute('aria-posinset')) - 1, text: row.textContent ?? '' })),
            );
          const right = rows.every(({ at, text }) => text.includes(published[at]!.at.toFixed(1)));
          return right && rows.some(({ at }) => Math.abs(at - middle) < 40);
        })
        .toBe(true);
      expect(await page.locator('*').count()).toBeLessThan(2500);
    }

    const framesPerSecond = await page.evaluate<number>(`new Promise((done) => {
      const box = document.querySelector('.scroll');
      const start = performance.now();
      let drawn = 0;
      const scroll = () => {
        const passed = performance.now() - start;
        box.scrollTop = (passed / 1000) * box.scrollHeight;
        drawn += 1;
        if (passed < 1000) requestAnimationFrame(scroll);
        else done(drawn / (passed / 1000));
      };
      scroll();
    })`);
    console.log(`opened in ${Math.round(openedMs)} ms; scrolled at ${Math.round(framesPerSecond)} frames per second`);
    // Within seconds; a busy machine has more of them.
    expect(openedMs).toBeLessThan(30_000);
    expect(wrong).toEqual([]);
  });
});

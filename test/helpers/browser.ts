/** A real browser, where there is one. */
import { execFileSync } from 'node:child_process';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** The path of the system's Chromium. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => {
  try {
    return [execFileSync('which', [name], { encoding: 'utf8' }).trim()];
  } catch {
    return [];
  }
})[0];

let browser: Promise<Browser> | undefined;

/** Ends it, where one was started. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export interface Visit {
  readonly page: Page;
  /** What the page said was wrong: errors of its program, and what its policy forbade. */
  readonly wrong: readonly string[];
}

/** A page of its own, with nothing opened yet. */
export async function visit(options: { width?: number; height?: number; dark?: boolean } = {}): Promise<Visit> {
  const { width = 1280, height = 800, dark = false } = options;
  browser ??= chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] });
  const context = await (await browser).newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  return { page, wrong };
}

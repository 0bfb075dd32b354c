/**
 * What runs on shared servers have declared there and not yet removed, one file per run in this user's own directory. It
 * outlives a run that is killed, so that `msgplay clean` knows what AMQP can't list. It holds no URL and no password.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ownDirectory } from '../../core/private-directory.ts';
import type { Service } from '../../core/services.ts';
import { addressOf, authorityOf } from '../../core/urls.ts';
import type { Item } from './leftovers.ts';
import { runOf } from './run-names.ts';

/** What was written down of one run. */
export interface Noted {
  readonly prefix: string;
  /** Whether the process that plays it is still there. */
  readonly alive: boolean;
  readonly items: readonly (Item & { readonly at: string })[];
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function directory(): string | undefined {
  const { XDG_STATE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  const state = xdg || (process.platform === 'win32' && local) || join(homedir(), '.local', 'state');
  const own = ownDirectory(join(state, 'msgplay'));
  return own === undefined ? undefined : ownDirectory(join(own, 'runs'));
}

/** Which server and virtual host a URL leads to, without user and password. */
export function placeOf(service: Service, url: string): string {
  const parsed = new URL(url);
  const { host, port } = addressOf(service, parsed);
  const path = service === 'rabbitmq' ? decodeURIComponent(parsed.pathname.replace(/^\//, '')) || '/' : '';
  return `${service} ${authorityOf(host, port)} ${path}`.trim();
}

/** Writes down what one run declares; where nothing can be written, nothing is. */
export class Journal {
  readonly #file: string | undefined;
  #begun = false;

  constructor(prefix: string) {
    const place = directory();
    this.#file = place === undefined ? undefined : join(place, `${prefix}.jsonl`);
  }

  note(at: string, { kind, name }: Item): void {
    if (this.#file === undefined) return;
    try {
      if (!this.#begun) appendFileSync(this.#file, `${JSON.stringify({ pid: process.pid })}\n`, { mode: 0o600 });
      this.#begun = true;
      appendFileSync(this.#file, `${JSON.stringify({ at, kind, name })}\n`);
    } catch {
      // Without it, only what a killed run leaves is harder to find.
    }
  }

  /** The run has left nothing. */
  close(): void {
    if (this.#file !== undefined) forget(this.#file);
  }
}

/** What is written down of all runs. */
export function readJournals(): Noted[] {
  const place = directory();
  if (place === undefined) return [];
  return readdirSync(place).flatMap((file) => {
    const run = runOf(file);
    if (!run || !file.endsWith('.jsonl')) return [];
    const [head, ...items] = linesOf(join(place, file));
    return [{ prefix: run.prefix, alive: isAlive((head as { pid?: number } | undefined)?.pid), items: items as never }];
  });
}

/** What was written down of a run is gone from one of its servers. */
export function forgetRun(prefix: string, at: string): void {
  const place = directory();
  if (place === undefined) return;
  const file = join(place, `${prefix}.jsonl`);
  const [head, ...items] = existsSync(file) ? linesOf(file) : [];
  const left = items.filter((item) => (item as { at?: string }).at !== at);
  if (left.length === 0) return forget(file);
  writeFileSync(file, `${[head, ...left].map((line) => JSON.stringify(line)).join('\n')}\n`, { mode: 0o600 });
}

function forget(file: string): void {
  rmSync(file, { force: true });
}

/** The last line may be cut off where the run was killed. */
function linesOf(file: string): unknown[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What is common to servers that `local` starts: waiting until they serve, saying why they don't, starting again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BackendError } from '../core/errors.ts';
import { afterHearing, within } from '../core/time/patience.ts';
import type { Keeper, KeptServer, ServerCommand } from './_keeper.ts';

const LOOK_AGAIN_MS = 20;
/** The most lines of a log, and the most characters of a line, that an error message repeats. */
const LOG_LINES = 8;
const LOG_LINE_CHARS = 200;
/** How long a server may take to stop in good order before it is killed. */
const STOP_MS = 10_000;
/** How often a server is started anew when somebody else took one of its ports meanwhile. */
export const MAX_STARTS = 4;
/** How servers say it: Redis, RabbitMQ of its listeners, RabbitMQ of its port for other nodes. */
const PORT_TAKEN = /address already in use|eaddrinuse|dist_port_already_used/i;

export interface ServerPlan extends ServerCommand {
  /** The name of its log. */
  readonly name: string;
  /** For people: `redis-server`. */
  readonly title: string;
  /** What its log says when it serves. Its own log can't be mistaken for that of another server on the same port. */
  readonly ready: RegExp;
  readonly startMs: number;
}

/** A start that failed because a port was taken in the meantime. */
export class PortLost extends BackendError {
  constructor(title: string) {
    super(`${title} did not start: one of its ports was taken in the meantime`, { hint: 'try again' });
  }
}

/** A server that runs, and can be started again where it was. */
export class LocalServer {
  readonly #keeper: Keeper;
  readonly #plan: ServerPlan;
  #kept: KeptServer;
  #stopping = false;
  #tellExit: (why: string) => void = () => {};
  /** Resolves, with why, when it has ended without having been told to. */
  readonly exited: Promise<string>;

  /** Resolves when the server serves. Throws a BackendError with the server's last words, or PortLost. */
  static async start(keeper: Keeper, plan: ServerPlan, signal: AbortSignal): Promise<LocalServer> {
    return new LocalServer(keeper, plan, await runUntilReady(keeper, plan, signal));
  }

  private constructor(keeper: Keeper, plan: ServerPlan, kept: KeptServer) {
    this.#keeper = keeper;
    this.#plan = plan;
    this.#kept = kept;
    this.exited = new Promise((resolve) => {
      this.#tellExit = resolve;
    });
    this.#follow(kept);
  }

  /** Stops it in good order, so that it keeps what it promised to keep, and starts it again. */
  async restart(): Promise<void> {
    this.#stopping = true;
    this.#kept.signal('SIGTERM');
    await within(STOP_MS, this.#kept.exited).catch(() => this.#kept.signal('SIGKILL'));
    await this.#kept.exited;
    this.#kept = await this.#runWhereItWas();
    this.#stopping = false;
    this.#follow(this.#kept);
  }

  /** Its clients know its ports, so whoever took one meanwhile is waited for: others' connections come and go. */
  async #runWhereItWas(): Promise<KeptServer> {
    const never = new AbortController().signal;
    let late = false;
    const cancel = afterHearing(this.#plan.startMs, () => {
      late = true;
    });
    try {
      for (;;) {
        try {
          return await runUntilReady(this.#keeper, this.#plan, never);
        } catch (error) {
          if (late || !(error instanceof PortLost)) throw error;
          await sleep(LOOK_AGAIN_MS);
        }
      }
    } finally {
      cancel();
    }
  }

  #follow(kept: KeptServer): void {
    kept.exited.then((why) => this.#stopping || this.#tellExit(`${this.#plan.title} ended: ${why}`));
  }
}

async function runUntilReady(keeper: Keeper, plan: ServerPlan, signal: AbortSignal): Promise<KeptServer> {
  // A log is appended to: what earlier starts said is not about this one.
  const before = (await keeper.log(plan.name)).length;
  const said = async (): Promise<string> => (await keeper.log(plan.name)).slice(before);
  const kept = await keeper.run(plan.name, plan);
  let died: string | undefined;
  kept.exited.then((why) => {
    died = why;
  });
  let late = false;
  const cancel = afterHearing(plan.startMs, () => {
    late = true;
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      const log = await said();
      keeper.assertThere();
      // Its last words may have been written since.
      if (died !== undefined) throw failure(plan, died, await said());
      if (plan.ready.test(log)) return kept;
      if (late) throw failure(plan, `not ready after ${plan.startMs / 1000} s`, log);
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  } finally {
    cancel();
  }
}

function failure({ title, command }: ServerPlan, why: string, log: string): Error {
  if (PORT_TAKEN.test(log)) return new PortLost(title);
  const words = lastWords(log);
  const said = words === '' ? '' : `. Its last words:\n${words}`;
  return new BackendError(`${title} did not start: ${why}${said}`, {
    hint: `check ${command}, or leave --backend local out to use the embedded server`,
  });
}

/** The last lines of a log, in one string. */
function lastWords(log: string): string {
  const lines = log.split('\n').map((line) => line.trim().slice(0, LOG_LINE_CHARS));
  return lines
    .filter((line) => line !== '')
    .slice(-LOG_LINES)
    .join('\n');
}

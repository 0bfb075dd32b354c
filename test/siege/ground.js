/** What the attacks stand on: shared servers, processes of msgplay, and a way to see what is left of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import amqplib from 'amqplib';
import { Redis } from 'ioredis';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));

export class Ground {
  /** Servers that runs share: embedded ones, kept by `msgplay up`. */
  urls = {};
  /** Queues that runs have told of: AMQP lists none. */
  declared = [];
  #up;
  #files = 0;

  constructor(directory) {
    this.directory = directory;
  }

  async prepare(services = ['rabbitmq', 'redis']) {
    this.#up = this.start(['up', ...services, '--json', '--until-stdin-closes'], 'pipe');
    const listed = await this.#up.firstLine;
    this.urls = Object.fromEntries(Object.entries(JSON.parse(listed)).map(([name, { url }]) => [name, url]));
  }

  async leave() {
    this.#up?.child.stdin.end();
    await this.#up?.ended;
  }

  /** Whether the shared servers are there. */
  get serves() {
    return this.#up.child.exitCode === null && this.#up.child.signalCode === null;
  }

  /** The process of the shared servers. */
  get pid() {
    return this.#up.child.pid;
  }

  /** What the shared servers told on stderr. */
  get told() {
    return this.#up.said.stderr;
  }

  get sharedFlags() {
    return ['--rabbitmq-url', this.urls.rabbitmq, '--redis-url', this.urls.redis];
  }

  /** Starts msgplay; whatever it starts in turn bears the mark of this siege in its environment. */
  start(args, stdin = 'ignore', more = {}) {
    const env = {
      ...process.env,
      MSGPLAY_SIEGE: this.directory,
      TMPDIR: this.directory,
      XDG_STATE_HOME: this.directory,
      NO_COLOR: '1',
      ...more,
    };
    const child = spawn(process.execPath, [BIN, ...args], { env, stdio: [stdin, 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    let tellLine = () => {};
    const firstLine = new Promise((resolve) => {
      tellLine = resolve;
    });
    child.stderr.on('data', (text) => {
      said.stderr += text;
    });
    const listen = () =>
      child.stdout.on('data', (text) => {
        said.stdout += text;
        if (said.stdout.includes('\n')) tellLine(said.stdout.slice(0, said.stdout.indexOf('\n')));
      });
    if (more.MSGPLAY_SIEGE_UNREAD !== '1') listen();
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...said }));
    return { child, ended, firstLine, said, listen };
  }

  /** Writes a scenario file whose run is `body`. */
  scenario(body, { before = '', needs = '[]' } = {}) {
    const path = join(this.directory, `scenario-${++this.#files}.mjs`);
    writeFileSync(
      path,
      `import { defineScenario } from 'msgplay';
${before}
export default defineScenario({
  name: 'hostile', title: 'Hostile', options: {}, needs: ${needs}, about: () => '',
  async run(lab) { ${body} },
});
`,
    );
    return path;
  }

  /** Processes that msgplay has started and left, beside the shared servers (Linux). */
  orphans() {
    const mark = `MSGPLAY_SIEGE=${this.directory}`;
    return readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid) || Number(pid) === this.#up.child.pid) return false;
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
  }

  /** Keys that runs have left on the shared Redis. */
  async keys() {
    const redis = new Redis(this.urls.redis);
    try {
      return await redis.keys('*');
    } finally {
      redis.disconnect();
    }
  }

  /** Queues that runs have declared and left on the shared RabbitMQ. */
  async queues() {
    const connection = await amqplib.connect(this.urls.rabbitmq);
    const left = [];
    try {
      for (const queue of this.declared.splice(0)) {
        const channel = await connection.createChannel();
        channel.on('error', () => {});
        await channel.checkQueue(queue).then(
          () => left.push(queue),
          () => {},
        );
      }
    } finally {
      await connection.close();
    }
    return left;
  }
}

const STEP_MS = 20;

/**
 * Waits until something holds, for a while; whether it did. The while is one in which this process got its turns: on a busy
 * machine all take longer.
 */
export async function holds(condition, withinMs = 20_000) {
  for (let leftMs = withinMs; leftMs > 0; leftMs -= STEP_MS) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  return false;
}

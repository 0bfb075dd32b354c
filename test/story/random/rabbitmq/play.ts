/** Plays programs: does what they say, step by step. */
import { AmqpClient } from './amqp-client.ts';
import { Bench } from './bench.ts';
import type { Evidence } from './evidence.ts';
import { type AmqpOp, exchangeName, type Pace, type Program, queueName, type Step } from './program.ts';
import { StompClient } from './stomp-client.ts';
import type { Wire } from './wire.ts';

type Client = AmqpClient | StompClient;

/** Where a program is played. */
export interface World {
  connect(service: 'rabbitmq' | 'stomp', peer: string): Promise<Wire>;
  /** Time passes. */
  wait(ms: number): Promise<void>;
  /** Stops the broker and starts it again; every connection ends. `ended` lets the clients see that. */
  restart(ended: () => Promise<void>): Promise<void>;
  /** The story is told that nothing is under way. */
  caughtUp?(): void;
  /** The server is another process: only an answer tells how far it is. */
  readonly isElsewhere: boolean;
}

/** Plays a program on an embedded broker and gathers what was told and what was true. */
export async function play(program: Program, { isTapped = false } = {}): Promise<Evidence> {
  const bench = await Bench.start({ losesLastWords: program.losesLastWords, isTapped });
  await perform(program, bench);
  return bench.end();
}

/** Does what a program says, and ends every connection. */
export async function perform(program: Program, world: World): Promise<void> {
  const player = new Player(world, program);
  await player.prepare();
  for (const step of program.steps) await player.step(step);
  await player.end();
}

/** How long an answer may take, in ms. */
const PATIENCE_MS = 10_000;

class Player {
  readonly #world: World;
  readonly #program: Program;
  readonly #clients = new Map<string, Client>();
  /** Connections that are gone and of which the server does not know it. */
  readonly #unnoticed: Wire[] = [];

  constructor(world: World, program: Program) {
    this.#world = world;
    this.#program = program;
  }

  async prepare(): Promise<void> {
    const { queues, exchanges, bindings } = this.#program;
    const say = (op: AmqpOp): Promise<void> => this.step({ at: 'c1', channel: 1, op, pace: 'answered' });
    for (const [index, traits] of exchanges.entries()) {
      await say({ do: 'declare exchange', exchange: exchangeName(index), traits });
    }
    for (const [index, traits] of queues.entries()) await say({ do: 'declare', queue: queueName(index), traits });
    for (const binding of bindings) await say({ do: 'bind', ...binding });
  }

  async step(step: Step): Promise<void> {
    if ('read' in step) return this.#clients.get(step.read)?.line.read(step.count);
    if ('hear' in step) return this.#hear(step.hear);
    if ('wait' in step) {
      await this.#world.wait(step.wait);
      if (this.#program.isAwaited) await this.#settle();
      return;
    }
    if ('restart' in step) {
      await this.#notice();
      return this.#world.restart(() => this.#settle());
    }
    if ('caughtUp' in step) {
      await this.#notice();
      await this.#settle();
      return this.#world.caughtUp?.();
    }
    if ('cut' in step) {
      const { unread, late } = step;
      const line = this.#clients.get(step.cut)?.line;
      await line?.end(step.by, { unread, late });
      if (line && late) this.#unnoticed.push(line);
      this.#clients.delete(step.cut);
      return;
    }
    if ('notice' in step) return this.#notice();
    const { isAwaited } = this.#program;
    if ('stomp' in step) {
      const client = await this.#stomp(step.at);
      if (client.does(step.stomp, isAwaited)) await this.#pace(step.at, step.pace);
      return;
    }
    const client = await this.#amqp(step.at, step.channel);
    if (!client.does(step.channel, step.op)) return;
    await this.#pace(step.at, step.pace);
    if (!isAwaited) return;
    client.syncs(step.channel);
    await this.#pace(step.at, step.pace);
  }

  async end(): Promise<void> {
    const { ending } = this.#program;
    const isOrderly = ending === 'orderly';
    await this.#notice();
    if (isOrderly) await this.#settle();
    for (const [name, client] of this.#clients) {
      if (isOrderly && !client.isGone) {
        if (client instanceof StompClient) client.does({ do: 'DISCONNECT', receipt: true }, false);
        else client.does(1, { do: 'close' });
        await this.#settle();
      }
      await client.line.end(isOrderly ? 'client' : 'cut', { unread: ending === 'cut unread' });
      this.#clients.delete(name);
    }
  }

  async #notice(): Promise<void> {
    for (const line of this.#unnoticed.splice(0)) await line.notice();
  }

  async #pace(name: string, pace: Pace): Promise<void> {
    if (pace === 'answered' || this.#program.isAwaited) await this.#settle();
    else if (pace === 'read') await this.#clients.get(name)?.line.read(Number.POSITIVE_INFINITY);
  }

  /** Until nothing is under way any more. */
  async #settle(): Promise<void> {
    if (this.#world.isElsewhere) return this.#awaitAnswers();
    for (let busy = true; busy; ) {
      busy = false;
      for (const [name, { line }] of [...this.#clients]) {
        if (!line.isBusy) continue;
        busy = true;
        await line.read(Number.POSITIVE_INFINITY);
        await this.#hear(name);
      }
    }
  }

  async #awaitAnswers(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (const client of this.#clients.values()) client.syncsAll();
    while ([...this.#clients.values()].some((client) => client.isWaiting && !client.line.isClosed)) {
      if (performance.now() > deadline)
        throw new Error(
          `no answer to ${[...this.#clients].filter(([, client]) => client.isWaiting).map(([name]) => name)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const name of [...this.#clients.keys()]) await this.#hear(name);
    }
  }

  async #hear(name: string): Promise<void> {
    const client = this.#clients.get(name);
    if (!client) return;
    for (const frame of client.line.hear()) client.hears(frame);
    if (client.line.isClosed) this.#clients.delete(name);
  }

  async #amqp(name: string, channel: number): Promise<AmqpClient> {
    const known = await this.#usable(name);
    if (known instanceof AmqpClient) {
      while (known.isClosing(channel) && !known.line.isClosed) await this.#advance(name, known);
      if (this.#clients.get(name) === known) return known;
    }
    return this.#begin(name, new AmqpClient(await this.#world.connect('rabbitmq', name)));
  }

  async #stomp(name: string): Promise<StompClient> {
    const known = await this.#usable(name);
    if (known instanceof StompClient) return known;
    return this.#begin(name, new StompClient(await this.#world.connect('stomp', name), this.#program.version));
  }

  async #advance(name: string, { line }: Client): Promise<void> {
    await line.read(Number.POSITIVE_INFINITY);
    await this.#hear(name);
  }

  /** A client whose connection has ended, or is about to, is none: the next thing it does needs a new connection. */
  async #usable(name: string): Promise<Client | undefined> {
    const known = this.#clients.get(name);
    if (!known) return undefined;
    if (!known.isGone) return known;
    await known.line.read(Number.POSITIVE_INFINITY);
    await this.#hear(name);
    await known.line.end('client');
    this.#clients.delete(name);
    return undefined;
  }

  async #begin<C extends Client>(name: string, client: C): Promise<C> {
    this.#clients.set(name, client);
    client.begin();
    while (!client.isOpen) {
      await this.#advance(name, client);
      if (client.line.isClosed) throw new Error(`${name} can't connect`);
    }
    return client;
  }
}

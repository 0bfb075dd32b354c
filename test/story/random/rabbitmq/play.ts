/** Plays a program on an embedded broker and gathers what was told and what was true. */
import { AmqpClient } from './amqp-client.ts';
import { Bench } from './bench.ts';
import type { Evidence } from './evidence.ts';
import { type AmqpOp, exchangeName, type Pace, type Program, queueName, type Step } from './program.ts';
import { StompClient } from './stomp-client.ts';

type Client = AmqpClient | StompClient;

export async function play(program: Program, { isTapped = false } = {}): Promise<Evidence> {
  const { losesLastWords } = program;
  const bench = await Bench.start({ losesLastWords, isTapped });
  const player = new Player(bench, program);
  await player.prepare();
  for (const step of program.steps) await player.step(step);
  await player.end();
  return bench.end();
}

class Player {
  readonly #bench: Bench;
  readonly #program: Program;
  readonly #clients = new Map<string, Client>();

  constructor(bench: Bench, program: Program) {
    this.#bench = bench;
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
      this.#bench.clock.advance(step.wait);
      await this.#clients.values().next().value?.line.read(0);
      if (this.#program.isAwaited) await this.#settle();
      return;
    }
    if ('restart' in step) return this.#bench.restart(() => this.#settle());
    if ('cut' in step) {
      await this.#clients.get(step.cut)?.line.end(step.by, step.unread);
      this.#clients.delete(step.cut);
      if (this.#program.isAwaited) await this.#settle();
      return;
    }
    const { isAwaited } = this.#program;
    if ('stomp' in step) {
      const client = await this.#stomp(step.at);
      if (client.does(step.stomp, isAwaited)) await this.#pace(step.at, step.pace);
      return;
    }
    const client = await this.#amqp(step.at);
    if (!client.does(step.channel, step.op)) return;
    await this.#pace(step.at, step.pace);
    if (!isAwaited) return;
    client.syncs(step.channel);
    await this.#pace(step.at, step.pace);
  }

  async end(): Promise<void> {
    const isOrderly = this.#program.ending === 'orderly';
    if (isOrderly) await this.#settle();
    for (const [name, client] of this.#clients) {
      if (isOrderly && !client.isGone) {
        if (client instanceof StompClient) client.does({ do: 'DISCONNECT', receipt: true }, false);
        else client.does(1, { do: 'close' });
        await this.#settle();
      }
      await client.line.end(isOrderly ? 'client' : 'cut', !isOrderly);
      this.#clients.delete(name);
    }
  }

  async #pace(name: string, pace: Pace): Promise<void> {
    if (pace === 'answered' || this.#program.isAwaited) await this.#settle();
    else if (pace === 'read') await this.#clients.get(name)?.line.read(Number.POSITIVE_INFINITY);
  }

  /** Until nothing is under way any more. */
  async #settle(): Promise<void> {
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

  async #hear(name: string): Promise<void> {
    const client = this.#clients.get(name);
    if (!client) return;
    for (const frame of client.line.hear()) client.hears(frame);
    if (client.line.isClosed) this.#clients.delete(name);
  }

  async #amqp(name: string): Promise<AmqpClient> {
    const known = await this.#usable(name);
    if (known instanceof AmqpClient) return known;
    return this.#begin(name, new AmqpClient(await this.#bench.connect('rabbitmq', name)));
  }

  async #stomp(name: string): Promise<StompClient> {
    const known = await this.#usable(name);
    if (known instanceof StompClient) return known;
    return this.#begin(name, new StompClient(await this.#bench.connect('stomp', name), this.#program.version));
  }

  /** A client whose connection has ended, or is about to, is none: the next thing it does needs a new connection. */
  async #usable(name: string): Promise<Client | undefined> {
    const known = this.#clients.get(name);
    if (!known) return undefined;
    if (!known.isGone) return known;
    await known.line.read(Number.POSITIVE_INFINITY);
    await this.#hear(name);
    await known.line.end('client', false);
    this.#clients.delete(name);
    return undefined;
  }

  async #begin<C extends Client>(name: string, client: C): Promise<C> {
    this.#clients.set(name, client);
    client.begin();
    while (!client.isOpen) {
      await client.line.read(1);
      await this.#hear(name);
    }
    return client;
  }
}

/**
 * An embedded Redis behind wires on which every byte moves when the test says so: between client and tap nothing is
 * delayed, between tap and server everything may be. The story is told of what the tap sees, and compared with the truth.
 */
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { MessageEvent, NoteEvent } from '../../../../src/core/events.ts';
import { worded } from '../../../../src/core/statements/index.ts';
import type { Conversation, Frame } from '../../../../src/protocols/protocol.ts';
import resp, { encodeCommand, type RespCommand, type RespFrameValue } from '../../../../src/protocols/resp/index.ts';
import { createEngine } from '../../../../src/servers/redis/create.ts';
import type { Engine } from '../../../../src/servers/redis/dispatch/engine.ts';
import { Story } from '../../../../src/story/story.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { BRIEFLY, INLINE } from './commands.ts';
import { type Origin, Truth } from './truth.ts';

export type Words = readonly string[];

/** A told delivery: what the story says it may be. */
export interface ToldDelivery {
  readonly ids: readonly string[];
  readonly event: MessageEvent;
}

class Wire extends Duplex {
  readonly fromServer: Buffer[] = [];
  /** The server has ended it. */
  isEnded = false;

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.fromServer.push(Buffer.from(chunk));
    done();
  }

  override _final(done: () => void): void {
    this.isEnded = true;
    done();
  }

  override _destroy(_: Error | null, done: () => void): void {
    this.isEnded = true;
    done();
  }
}

interface Client {
  readonly id: number;
  readonly conversation: Conversation;
  readonly wire: Wire;
  toServer: Buffer[];
  /** Commands since MULTI, as the story takes them to be queued. */
  queue: { number: number; words: Words }[] | undefined;
  /** Commands that were sent, and those that the tap has seen. */
  sent: number;
  number: number;
  /** Commands without their answers. */
  waiting: Set<number>;
  /** Its last command of those that are repeated waits for a while. */
  isWaiting?: boolean;
  isGone: boolean;
}

const AT_ONCE = new Set(['EXEC', 'DISCARD', 'MULTI', 'WATCH', 'QUIT', 'RESET']);

const PUSHED = 'message';

function isGiven({ stage }: MessageEvent): boolean {
  return stage === 'delivered' || stage === 'redelivered';
}

function toldOf(event: MessageEvent): ToldDelivery {
  return { ids: [event.id, ...(event.among ?? [])], event };
}

export class Run {
  readonly engine: Engine;
  readonly clock = new ManualClock();
  readonly truth = new Truth();
  readonly told: (MessageEvent | NoteEvent)[] = [];
  readonly clients: Client[] = [];
  /** Where each message came from, by its id in the story. */
  readonly origins = new Map<string, Origin>();
  /** What the story told to be given, by `connection:command`. */
  readonly deliveries = new Map<string, ToldDelivery[]>();
  readonly acknowledgements = new Map<string, MessageEvent[]>();
  readonly #story: Story;
  readonly #numbers = new WeakMap<RespCommand, number>();
  readonly #words = new Map<string, Words>();
  readonly #expected = new Map<number, number>();
  #seq = 0;

  /** @param isWired whether the clients reach the embedded server by wires; otherwise they come by themselves */
  static async open(connections: number, isWired = true): Promise<Run> {
    const told: (MessageEvent | NoteEvent)[] = [];
    const story = await Story.begin({
      protocols: ['resp'],
      serverOf: () => ({ name: 'redis', own: true }),
      tell: (event) => told.push(event),
      number: () => 0,
    });
    const run = new Run(story, told);
    for (let i = 0; i < connections; i++) run.#connect(isWired);
    return run;
  }

  private constructor(story: Story, told: (MessageEvent | NoteEvent)[]) {
    this.#story = story;
    this.told = told;
    this.engine = createEngine({ clock: this.clock, random: () => 0.5 });
    this.engine.keyspace.witness = this.truth;
  }

  #connect(isWired: boolean): void {
    const id = this.clients.length + 1;
    const wire = new Wire();
    const client: Client = {
      id,
      wire,
      conversation: resp.converse({ emit: (frame) => this.#frame(client, frame) }),
      toServer: [],
      queue: undefined,
      sent: 0,
      number: 0,
      waiting: new Set(),
      isGone: false,
    };
    this.clients.push(client);
    if (isWired) this.engine.accept(wire);
  }

  get now(): number {
    return this.clock.now();
  }

  #frame(client: Client, frame: Frame): void {
    const value = frame.value as RespFrameValue;
    let number: number | undefined;
    if (value.kind === 'command') {
      number = client.number++;
      this.#numbers.set(value, number);
    } else if (value.kind === 'reply' && value.command) number = this.#numbers.get(value.command);
    if (value.kind === 'reply' && number !== undefined) client.waiting.delete(number);
    if (value.kind === 'push' && value.command) client.waiting.delete(this.#numbers.get(value.command)!);
    const before = this.told.length;
    const { id: connection } = client;
    this.#story.frame({
      seq: ++this.#seq,
      at: this.now,
      peer: `c${connection}`,
      service: 'redis',
      phase: 'open',
      connection,
      frame,
    });
    const events = this.told.slice(before).filter((event) => event.type === 'message');
    if (value.kind === 'command') this.#published(client, number!, value.name, events);
    else this.#delivered(connection, number, events);
  }

  /** Which command put each of these messages there. */
  #published(client: Client, number: number, name: string, events: readonly MessageEvent[]): void {
    const words = this.#words.get(`${client.id}:${number}`)!;
    if (client.queue && !AT_ONCE.has(name)) client.queue.push({ number, words });
    const commands = name === 'EXEC' ? (client.queue ?? []) : [{ number, words }];
    if (name === 'MULTI') client.queue ??= [];
    else if (AT_ONCE.has(name) && name !== 'WATCH' && name !== 'QUIT') client.queue = undefined;
    const origins = commands.flatMap((command) =>
      Array.from({ length: putsOf(command.words) }, (_, index) => `${client.id}:${command.number}:${index}`),
    );
    const published = events.filter(({ stage }) => stage === 'published');
    if (published.length > 0 && published.length !== origins.length)
      throw new Error(`published ${published.length} of ${origins.length}`);
    for (const [index, { id }] of published.entries()) this.origins.set(id, origins[index]!);
  }

  #delivered(connection: number, number: number | undefined, events: readonly MessageEvent[]): void {
    for (const event of events) {
      if (event.stage === 'acked' && event.verb === 'XACK')
        append(this.acknowledgements, `${connection}:${number}`, event);
      if (!isGiven(event) || event.verb === PUSHED) continue;
      append(this.deliveries, `${connection}:${number}`, toldOf(event));
    }
  }

  /** What the story told to be pushed, by connection: that may be told later than it came. */
  get receptions(): ReadonlyMap<number, ToldDelivery[]> {
    const all = new Map<number, ToldDelivery[]>();
    for (const event of this.told) {
      if (event.type !== 'message' || !isGiven(event) || event.verb !== PUSHED) continue;
      append(all, Number(event.peer.slice(1)), toldOf(event));
    }
    return all;
  }

  /** A client is about to send a command to another server. */
  expect(client: Client, words: Words): void {
    this.#words.set(`${client.id}:${this.#expected.get(client.id) ?? 0}`, words);
    this.#expected.set(client.id, (this.#expected.get(client.id) ?? 0) + 1);
  }

  /** Bytes of another server pass a tap. */
  pass(client: Client, from: 'client' | 'server', chunk: Buffer): void {
    client.conversation.push(from, chunk);
  }

  /** The embedded server carries out what another one did; nobody is told of it. */
  async repeat(client: Client, commands: readonly Words[]): Promise<void> {
    await this.#waitOut(client);
    client.toServer.push(...commands.map(bytesOf));
    await this.reach(client);
    client.isWaiting = client.wire.fromServer.length === 0 && (commands.at(-1)?.includes(BRIEFLY) ?? false);
    client.wire.fromServer.length = 0;
  }

  /** The other server went on to a client's next command: so what its last one waited for had come, or its time was over. */
  async #waitOut(client: Client): Promise<void> {
    for (let ms = 0; client.isWaiting && client.wire.fromServer.length === 0 && ms <= Number(BRIEFLY) * 1_000; ms++) {
      this.clock.advance(1);
      await turn();
    }
  }

  /** A client sends a command; the tap sees it at once. */
  send(client: Client, words: Words): void {
    if (client.isGone) return;
    const bytes = bytesOf(words);
    this.#words.set(`${client.id}:${client.sent}`, words);
    client.waiting.add(client.sent);
    client.conversation.push('client', bytes);
    client.sent++;
    client.toServer.push(bytes);
  }

  wordsOf(key: string): Words {
    return this.#words.get(key) ?? [];
  }

  /** The server reads what a client sent, or the first commands of it. */
  async reach(client: Client, count = Number.POSITIVE_INFINITY): Promise<void> {
    for (const bytes of client.toServer.splice(0, count)) {
      if (client.wire.destroyed) break;
      // No two entries get the same id, whichever streams they are added to.
      this.clock.advance(1);
      client.wire.push(bytes);
    }
    await turn();
    await turn();
  }

  /** The tap sees what the server has sent. */
  see(client: Client): void {
    const bytes = client.wire.fromServer.splice(0);
    if (client.isGone) return;
    if (bytes.length > 0) client.conversation.push('server', Buffer.concat(bytes));
    if (!client.wire.isEnded) return;
    client.isGone = true;
    client.waiting.clear();
    client.toServer = [];
    this.#story.closed(this.#at(client), client.id, 'server');
  }

  /** A connection is lost. What was sent may have been read before, may never be, or is read a moment later. */
  async cut(client: Client, how: 'never' | 'before' | 'later'): Promise<void> {
    if (client.isGone) return;
    if (how === 'before') await this.reach(client);
    client.isGone = true;
    client.waiting.clear();
    this.#story.closed(this.#at(client), client.id, 'cut');
    if (how === 'later') await this.reach(client);
    client.toServer = [];
    client.wire.destroy();
    await turn();
  }

  #at({ id }: Client): Parameters<Story['closed']>[0] {
    return { seq: ++this.#seq, at: this.now, peer: `c${id}`, service: 'redis', phase: 'open' };
  }

  /** Everything arrives where it goes. */
  async settle(): Promise<void> {
    for (const client of this.clients) await this.reach(client);
    for (const client of this.clients) this.see(client);
  }

  async end(): Promise<ReturnType<Story['end']>> {
    for (let i = 0; i < 3; i++) await this.settle();
    for (const client of this.clients) {
      if (client.isGone) continue;
      client.isGone = true;
      this.#story.closed(this.#at(client), client.id, 'client');
    }
    return this.#story.end({ seq: ++this.#seq, at: this.now });
  }

  close(): void {
    for (const { wire } of this.clients) wire.destroy();
    this.engine.close();
  }

  contradictions(): string[] {
    return this.told.flatMap((event) =>
      event.type === 'note' && event.debug && event.statement ? [worded(event.statement)] : [],
    );
  }
}

/** A command as it is on the wire; its words are bytes as latin1. */
export function bytesOf(words: Words): Buffer {
  if (!words[0]?.startsWith(INLINE)) return encodeCommand(words.map((word) => Buffer.from(word, 'latin1')));
  return Buffer.from(`${words.join(' ').slice(INLINE.length)}\r\n`, 'latin1');
}

/** How many messages a command puts somewhere, where it is well formed. */
export function putsOf([name = '', ...args]: Words): number {
  switch (name.startsWith(INLINE) ? name.slice(INLINE.length) : name) {
    case 'LPUSH':
    case 'RPUSH':
    case 'LPUSHX':
    case 'RPUSHX':
      return Math.max(0, args.length - 1);
    case 'LSET':
    case 'LINSERT':
    case 'XADD':
    case 'PUBLISH':
    case 'SPUBLISH':
      return 1;
    default:
      return 0;
  }
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

/** One broker, a story that is told of it, and the witness of what really happens there. */
import type { MessageEvent, NoteEvent } from '../../../../src/core/events.ts';
import amqp from '../../../../src/protocols/amqp/index.ts';
import stomp from '../../../../src/protocols/stomp/index.ts';
import { acceptAmqp } from '../../../../src/servers/rabbitmq/amqp/front.ts';
import { Broker } from '../../../../src/servers/rabbitmq/broker/broker.ts';
import { GUEST } from '../../../../src/servers/rabbitmq/broker/users.ts';
import type { Exchange } from '../../../../src/servers/rabbitmq/exchanges/exchange.ts';
import { releaseFor } from '../../../../src/servers/rabbitmq/releases.ts';
import { StompConnection, type StompWire } from '../../../../src/servers/rabbitmq/stomp/connection.ts';
import { StreamWire } from '../../../../src/servers/rabbitmq/transport/wire.ts';
import type { Fate } from '../../../../src/story/ledger/index.ts';
import { Story } from '../../../../src/story/story.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import type { Evidence, Surroundings } from './evidence.ts';
import { Line } from './line.ts';
import type { Pipe } from './pipe.ts';
import { Record } from './record.ts';
import { TappedLine } from './tapped-line.ts';
import type { Wire, WireEvents } from './wire.ts';

const SERVICES = ['rabbitmq', 'stomp'] as const;

export interface BenchOptions {
  /** STOMP as inside WebSocket, where a server's last words are lost. */
  readonly losesLastWords: boolean;
  /** Real taps and sockets; else all is in memory, and moves when it is told to. */
  readonly isTapped: boolean;
}

export class Bench {
  readonly isElsewhere = false;
  readonly #clock = new ManualClock();
  readonly told: (MessageEvent | NoteEvent)[] = [];
  readonly #fates = new Map<string, Fate>();
  readonly #record = new Record();
  readonly #broker: Broker;
  readonly #fronts = new Map<Wire, { shutDown(): void }>();
  readonly #startedAt: number;
  readonly #options: BenchOptions;
  #story!: Story;
  #connections = 0;
  #names = 0;

  static async start(options: BenchOptions): Promise<Bench> {
    const bench = new Bench(options);
    bench.#story = await Story.begin({
      protocols: ['amqp', 'stomp'],
      serverOf: () => ({ name: 'rabbitmq', own: true }),
      tell: (event) => bench.told.push(event),
      number: () => 0,
      settled: (id, fate) => bench.#fates.set(id, fate),
    });
    return bench;
  }

  private constructor(options: BenchOptions) {
    this.#options = options;
    this.#startedAt = this.#clock.now();
    this.#broker = new Broker({
      release: releaseFor(undefined),
      ...{
        clock: this.#clock,
        random: (length) => this.#unique(length),
        users: [GUEST],
        vhosts: ['/'],
        memoryMax: 1e9,
      },
      witness: this.#record.witness,
    });
    this.#record.look = () => this.#surroundings();
  }

  #surroundings(): Surroundings {
    const { queues, exchanges } = this.#broker.enter(GUEST, '/').vhost.topology;
    const keysOf = ({ outgoing }: Exchange) => [...new Set([...outgoing.values()].map((one) => one.routingKey))].sort();
    return {
      keys: new Map([...exchanges.values()].map((one) => [one.name, keysOf(one)])),
      queues: new Set(queues.keys()),
    };
  }

  /** Names that the server makes up are the same each time that a program is played. */
  #unique(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32BE(++this.#names);
    return bytes;
  }

  /** A new connection of that peer. */
  async connect(service: (typeof SERVICES)[number], peer: string): Promise<Wire> {
    const connection = ++this.#connections;
    const protocol = service === 'rabbitmq' ? amqp : stomp;
    const at = () => ({ seq: ++this.#record.seq, at: this.#clock.now() - this.#startedAt, peer, service });
    let closedAt: number | undefined;
    const events: WireEvents = {
      saw: (frame) => {
        const sighting = at();
        this.#record.saw(connection, frame);
        this.#story.frame({ ...sighting, phase: frame.phase, connection, frame });
        return sighting.seq;
      },
      reads: ({ channel, publishes }, seq, read) => {
        this.#record.reading = { connection, channel, publishes: publishes(seq) };
        read();
        this.#record.reading = undefined;
      },
      closed: (by) => {
        this.#fronts.delete(wire);
        const sighting = at();
        closedAt = sighting.seq;
        this.#story.closed({ ...sighting, phase: 'open' }, connection, by);
      },
      notices: (notice) => {
        // What follows from an end may be told when the end is seen.
        this.#record.asOf = closedAt;
        notice();
        this.#record.asOf = undefined;
      },
    };
    const wire = this.#options.isTapped ? await TappedLine.open(protocol, events) : new Line(protocol, events);
    this.#fronts.set(wire, this.#serve(service, wire.pipe));
    return wire;
  }

  #serve(service: 'rabbitmq' | 'stomp', pipe: Pipe): { shutDown(): void } {
    if (service === 'rabbitmq') return acceptAmqp(this.#broker, pipe.stream);
    return new StompConnection(new StompStream(pipe.stream, this.#options.losesLastWords), this.#broker);
  }

  /** Time passes, and what was waiting for it happens. */
  async wait(ms: number): Promise<void> {
    this.#clock.advance(ms);
    for (let turns = 0; turns < 3; turns++) await undefined;
  }

  /** Stops the broker and starts it again; every connection ends. `ended` lets the taps see that. */
  async restart(ended: () => Promise<void>): Promise<void> {
    const lines = [...this.#fronts.keys()];
    this.#story.restarting('rabbitmq');
    for (const front of this.#fronts.values()) front.shutDown();
    await ended();
    for (const line of lines) if (!line.isClosed) await line.end('server', { unread: true });
    this.#broker.restart();
    this.#record.seq++;
    const at = this.#clock.now() - this.#startedAt;
    this.#story.restarted({ seq: this.#record.seq, at, peer: '', service: 'rabbitmq', phase: 'open' });
  }

  caughtUp(): void {
    this.#record.seq++;
    this.#story.caughtUp({ seq: this.#record.seq, at: this.#clock.now() - this.#startedAt }, new Set(SERVICES));
  }

  /** Ends the story. Every connection must be closed. */
  end(): Evidence {
    this.#record.seq++;
    const { account } = this.#story.end({ seq: this.#record.seq, at: this.#clock.now() - this.#startedAt });
    const { facts, publishes, contents, carried, arrived, settled, surroundings } = this.#record;
    const { vhost } = this.#broker.enter(GUEST, '/');
    const left = new Map([...vhost.topology.queues.values()].map(({ name, length }) => [name, length]));
    const { told } = this;
    return {
      told,
      fates: this.#fates,
      account,
      facts,
      publishes,
      contents,
      carried,
      arrived,
      settled,
      surroundings,
      left,
    };
  }
}

class StompStream extends StreamWire implements StompWire {
  readonly losesLastWords: boolean;
  readonly losesLateErrors = false;

  constructor(stream: ConstructorParameters<typeof StreamWire>[0], losesLastWords: boolean) {
    super(stream);
    this.losesLastWords = losesLastWords;
  }
}

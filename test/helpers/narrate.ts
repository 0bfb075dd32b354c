/** Tells the story of bytes: connections speak as they would on the wire, and what is told of it is kept. */
import { loadNamed } from '../../src/core/catalogue.ts';
import type { Ender, MessageEvent, NoteEvent, Side } from '../../src/core/events.ts';
import type { Service } from '../../src/core/services.ts';
import { worded } from '../../src/core/statements/index.ts';
import type { Conversation, Converse, Protocol } from '../../src/protocols/protocol.ts';
import { Story } from '../../src/story/story.ts';

type Told = MessageEvent | NoteEvent;

const PROTOCOLS = new URL('../../src/protocols/', import.meta.url);

/** One connection of a peer. */
export interface Speaker {
  readonly peer: string;
  client(...bytes: Buffer[]): Speaker;
  server(...bytes: Buffer[]): Speaker;
  /** That side will send no more. */
  ends(from: Side): Speaker;
  /** The connection is gone. */
  gone(by?: Ender): void;
  /** What that side says can no longer be decoded. */
  unreadable(from: Side): Speaker;
}

export class Narration {
  readonly told: Told[] = [];
  readonly #story: Story;
  readonly #protocols: ReadonlyMap<string, Protocol>;
  readonly #first: string;
  readonly #service: Service;
  #seq = 0;
  #connections = 0;
  /** Milliseconds since the run began; the test moves it. */
  at = 0;
  /** Speak one byte at a time. */
  bytewise = false;

  /**
   * A story of one service. On a server that is not the run's `own` others may do what is not seen; at most `followed`
   * messages are followed at a time.
   */
  static async of(
    service: Service,
    given: string | readonly [string, ...string[]],
    { own = true, followed }: { own?: boolean; followed?: number } = {},
  ): Promise<Narration> {
    const protocols = typeof given === 'string' ? ([given] as const) : given;
    const loaded = await Promise.all(
      protocols.map(
        async (name) => [name, await loadNamed<Protocol>(new URL(`${name}/`, PROTOCOLS), 'index', name)] as const,
      ),
    );
    const told: Told[] = [];
    const story = await Story.begin({
      protocols,
      serverOf: () => ({ name: service, own }),
      followed,
      tell: (event) => told.push(event),
      number: () => 0,
    });
    return new Narration(story, new Map(loaded), service, told);
  }

  private constructor(story: Story, protocols: ReadonlyMap<string, Protocol>, service: Service, told: Told[]) {
    this.#story = story;
    this.#protocols = protocols;
    this.#first = [...protocols.keys()][0]!;
    this.#service = service;
    this.told = told;
  }

  /** A new connection of this peer. */
  peer(name: string): Speaker {
    const connection = ++this.#connections;
    const service = this.#service;
    const conversation = this.#converse(this.#first, {
      emit: (frame) =>
        this.#story.frame({
          seq: ++this.#seq,
          at: this.at,
          peer: name,
          service,
          phase: frame.phase,
          connection,
          frame,
        }),
    });
    const speak = (from: Side, bytes: readonly Buffer[]): void => {
      for (const chunk of bytes) {
        if (!this.bytewise) conversation.push(from, chunk);
        else for (const byte of chunk) conversation.push(from, Buffer.of(byte));
      }
    };
    const speaker: Speaker = {
      peer: name,
      client: (...bytes) => {
        speak('client', bytes);
        return speaker;
      },
      server: (...bytes) => {
        speak('server', bytes);
        return speaker;
      },
      ends: (from) => {
        conversation.end(from);
        this.#story.ended({ seq: ++this.#seq, at: this.at, peer: name, service, phase: 'open' }, connection, from);
        return speaker;
      },
      gone: (by = 'client') => {
        for (const from of ['client', 'server'] as const) conversation.cut?.(from);
        this.#story.closed(
          { seq: ++this.#seq, at: this.at, peer: name, service, phase: 'open' },
          connection,
          by,
          this.#seq - 1,
        );
      },
      unreadable: (from) => {
        this.#story.unread(service, connection, from);
        return speaker;
      },
    };
    return speaker;
  }

  messages(): MessageEvent[] {
    return this.told.filter((event): event is MessageEvent => event.type === 'message');
  }

  notes(): string[] {
    return this.told
      .filter((event): event is NoteEvent => event.type === 'note')
      .map(({ peer, text, statement }) => {
        const said = statement ? worded(statement) : (text ?? '');
        return peer === undefined ? said : `${peer}: ${said}`;
      });
  }

  /** Where the story found itself contradicted by what the server did. */
  contradictions(): string[] {
    return this.told.flatMap((event) =>
      event.type === 'note' && event.debug && event.statement ? [worded(event.statement)] : [],
    );
  }

  /** Every step as one line: `#1 delivered bob [jobs] why`. Forgets what was told, so that a test goes on from here. */
  steps(): string[] {
    const lines = this.messages().map(({ id, among, stage, peer, route, reason }) =>
      [
        among ? [id, ...among].join('|') : id,
        stage,
        peer,
        ...(route === '' ? [] : [`[${route}]`]),
        ...(reason === undefined ? [] : [worded(reason)]),
      ].join(' '),
    );
    this.told.length = 0;
    return lines;
  }

  /** The server was stopped and started again; its connections are gone. */
  restarted(): void {
    const service = this.#service;
    this.#story.restarting(service);
    this.#story.restarted({ seq: ++this.#seq, at: this.at, peer: '', service, phase: 'open' });
  }

  end(): ReturnType<Story['end']> {
    return this.#story.end({ seq: ++this.#seq, at: this.at });
  }

  #converse(protocol: string, options: Converse): Conversation {
    const carry: Converse['carry'] = (inner, handshake) =>
      this.#protocols.has(inner) ? this.#converse(inner, { emit: options.emit, handshake }) : undefined;
    return this.#protocols.get(protocol)!.converse({ ...options, carry });
  }
}

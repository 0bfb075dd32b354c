/** A run as a sequence diagram: who takes part, and what happens between them, in order. */
import type { EventOf, TraceEvent } from '../../core/events.ts';
import type { Service } from '../../core/services.ts';
import { shows } from '../page/layers.ts';
import { signOf, signOfNote } from '../page/palette.ts';
import { Labels } from '../page/rows/labels.ts';
import { Servers } from '../page/servers.ts';
import { Wording } from '../page/wording.ts';
import type { Look } from '../reporter.ts';

/** Whoever has a lifeline. */
export interface Participant {
  readonly id: string;
  readonly title: string;
  readonly kind: 'peer' | 'server';
}

/** Where an event happened, as far as it says so. */
type Place = { readonly service?: Service; readonly server?: string };

/** How bright something is told. */
export type Tone = 'plain' | 'good' | 'bad' | 'again';

/** One line of a diagram; `at` is in ms since the run began. */
export type Row =
  | { readonly kind: 'step'; readonly at: number; readonly text: string }
  | {
      readonly kind: 'arrow';
      readonly at: number;
      readonly from: string;
      readonly to: string;
      readonly text: string;
      readonly body: string;
      readonly tone: Tone;
    }
  | {
      readonly kind: 'mark';
      readonly at: number;
      readonly on: string | undefined;
      readonly text: string;
      readonly tone: Tone;
    }
  | { readonly kind: 'check'; readonly at: number; readonly text: string; readonly tone: Tone };

/** Who takes part, and what happened, row by row. */
export class Diagram {
  readonly #used: Participant[] = [];
  /** Peers in the order in which they were introduced, and the server that each first reached. */
  readonly #introduced = new Map<string, string>();
  readonly rows: Row[] = [];
  /** Rows that did not fit. */
  left = 0;
  title = '';
  readonly #look: Look;
  readonly #wording: Wording;
  readonly #labels: Labels;
  readonly #servers: Servers;
  readonly #most: number;

  /** Of a run with more than `most` rows, the first are kept. */
  constructor(look: Look, most: number) {
    this.#look = look;
    this.#wording = new Wording(look);
    this.#labels = new Labels(look.language);
    this.#servers = new Servers(look);
    this.#most = most;
  }

  /** Those that something happened to: peers as they were introduced, a server behind the first that reaches it. */
  get participants(): readonly Participant[] {
    const order = [...new Set([...this.#introduced].flat())];
    const place = ({ id }: Participant): number => (order.includes(id) ? order.indexOf(id) : order.length);
    return [...this.#used].sort((one, other) => place(one) - place(other));
  }

  /** What serves the run, each once: `RabbitMQ 4.0 (embedded)`. */
  get served(): readonly string[] {
    return this.#servers.served();
  }

  add(told: TraceEvent): void {
    const event = this.meet(told);
    if (!shows(this.#look, event)) return;
    const row = this.rowOf(event);
    if (row === undefined) return;
    if (this.rows.length < this.#most) this.rows.push(row);
    else this.left++;
  }

  /** Learns what an event says of names and participants; gives it as people read it. */
  meet(told: TraceEvent): TraceEvent {
    const event = this.#wording.apply(told);
    this.#labels.meet(event);
    this.#servers.meet(event);
    if (event.type === 'run-start') this.title = `${event.scenario}: ${event.title}`;
    if (event.type === 'peer' && !this.#introduced.has(event.peer))
      this.#introduced.set(event.peer, this.#servers.of(event));
    return event;
  }

  /** How an event that was met is drawn; undefined where it is not. */
  rowOf(event: TraceEvent): Row | undefined {
    const { at } = event;
    switch (event.type) {
      case 'step':
        return { kind: 'step', at, text: event.text };
      case 'note': {
        const text = this.#labels.note(event);
        const isBad = signOfNote(event) === '✗';
        return {
          kind: 'mark',
          at,
          on: event.peer && this.#peer(event.peer, event),
          text: isBad ? `✗ ${text}` : text,
          tone: isBad ? 'bad' : 'plain',
        };
      }
      case 'check':
        return {
          kind: 'check',
          at,
          text: event.detail ? `${event.title} · ${event.detail}` : event.title,
          tone: event.passed ? 'good' : 'bad',
        };
      case 'message':
        return event.basis === 'seen' ? this.#arrow(event) : this.#conclusion(event);
      case 'frame': {
        const [from, to] = this.#ends(event);
        return { kind: 'arrow', at, from, to, text: event.name, body: event.summary, tone: 'plain' };
      }
      default:
        return undefined;
    }
  }

  #arrow(event: EventOf<'message'>): Row {
    const [from, to] = this.#ends(event);
    const why = this.#labels.why(event);
    const label = this.#labels.withPlace(event);
    const text = why === '' ? label : `${label}: ${why}`;
    return { kind: 'arrow', at: event.at, from, to, text, body: this.#labels.body(event), tone: toneOf(event) };
  }

  #conclusion(event: EventOf<'message'>): Row {
    const why = this.#labels.why(event);
    const text = `${signOf(event.stage)} ${this.#labels.concluded(event)}${why === '' ? '' : `: ${why}`}`;
    return { kind: 'mark', at: event.at, on: this.#server(event), text, tone: toneOf(event) };
  }

  #ends(event: EventOf<'message'> | EventOf<'frame'>): [string, string] {
    const peer = this.#peer(event.peer, event);
    const server = this.#server(event);
    return event.from === 'client' ? [peer, server] : [server, peer];
  }

  /** The server stands behind the first peer that talks to it. */
  #peer(name: string, at: Place): string {
    const peer = this.#participant(name, 'peer');
    if (this.#servers.of(at) !== '') this.#server(at);
    return peer;
  }

  #server(at: Place): string {
    return this.#participant(this.#servers.of(at), 'server');
  }

  /** One that serves, and calls others, is the same participant. */
  #participant(title: string, kind: Participant['kind']): string {
    if (!this.#used.some(({ id }) => id === title)) this.#used.push({ id: title, title, kind });
    return title;
  }
}

function toneOf({ stage }: EventOf<'message'>): Tone {
  const sign = signOf(stage);
  return sign === '✗' ? 'bad' : sign === '↻' ? 'again' : 'plain';
}

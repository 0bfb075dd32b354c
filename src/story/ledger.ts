/** Numbers the messages of a run, dates them, counts their stages, and tells each step as an event. */
import type { MessageEvent, NoteEvent, Phase, Side, Stage, Stats } from '../core/events.ts';
import type { Service } from '../core/services.ts';
import { oneLine } from '../protocols/preview.ts';

/** One frame of a connection, as the tap saw it: where, when, and under which number it stands in the trace. */
export interface Sighting {
  readonly seq: number;
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly peer: string;
  readonly service: Service;
  /** Where in the connection's life it is. */
  readonly phase: Phase;
}

/** One thing a peer sent, followed from publish to ack. */
export interface Message {
  readonly id: string;
  /** Tells the same content again, wherever it turns up; see fingerprint. */
  readonly content: string;
  readonly body: string;
  /** Undefined where its publishing was not seen. */
  readonly publishedAt: number | undefined;
  deliveries: number;
  /** Whether it is known why it did not reach anybody. */
  explained: boolean;
}

/** What is told of a step, besides the message and the sighting. */
export interface Step {
  readonly stage: Stage;
  readonly verb: string;
  readonly from: Side;
  readonly route: string;
  readonly why?: string | undefined;
  /** What arrived, where it is not what was sent: a response to a request. */
  readonly answer?: Buffer;
}

/** Gets each event as it becomes clear, with the time of what it was read from where that is known. */
export type Tell = (event: MessageEvent | NoteEvent, at?: number) => void;

/** The most messages that can be found again by their content; older ones are forgotten first. */
const REMEMBERED = 10_000;
/** The longest part of a body, in bytes, that is compared; the size counts too. */
const COMPARED_BYTES = 4_096;
const SHOWN_CHARACTERS = 60;
/** The most latencies kept; beyond it they are sampled evenly. */
const SAMPLES = 100_000;

export class Ledger {
  readonly #tell: Tell;
  readonly #byContent = new Map<string, Message>();
  readonly #stages: { [stage in Stage]?: number } = {};
  readonly #latencies: number[] = [];
  #published = 0;
  #arrived = 0;
  #explained = 0;
  #count = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** A message enters the run. */
  publish(at: Sighting, body: Buffer, sizeBytes: number, step: Omit<Step, 'stage'>): Message {
    const message = this.#create(body, sizeBytes, at.at);
    this.#published++;
    this.step(at, message, { ...step, stage: 'published' });
    return message;
  }

  /** A message turns up whose publishing belongs to no known place: found by its content, or new to us. */
  recall(body: Buffer, sizeBytes: number): Message {
    return this.#byContent.get(fingerprint(body, sizeBytes)) ?? this.stranger(body, sizeBytes);
  }

  /** A message that was published where no tap was listening. */
  stranger(body: Buffer, sizeBytes: number): Message {
    return this.#create(body, sizeBytes, undefined);
  }

  step(at: Sighting, message: Message, { stage, verb, from, route, why, answer }: Step): void {
    this.#stages[stage] = (this.#stages[stage] ?? 0) + 1;
    const arrives = stage === 'delivered' || stage === 'redelivered';
    const latencyMs = message.publishedAt === undefined ? undefined : toMicroseconds(at.at - message.publishedAt);
    if (arrives) {
      if (message.deliveries === 0 && message.publishedAt !== undefined) this.#arrived += message.explained ? 0 : 1;
      message.deliveries++;
      if (stage === 'delivered' && latencyMs !== undefined) this.#sample(latencyMs);
    }
    const event: MessageEvent = {
      type: 'message',
      id: message.id,
      stage,
      peer: at.peer,
      service: at.service,
      from,
      verb,
      route,
      ...(stage === 'published' || arrives ? { body: answer ? preview(answer) : message.body } : undefined),
      ...(latencyMs !== undefined && stage !== 'published' ? { latencyMs } : undefined),
      ...(why ? { why } : undefined),
      frames: [at.seq],
    };
    this.#tell(event, at.at);
  }

  /** It is known why this message did not reach anybody: it is not lost. */
  explain(message: Message): void {
    if (message.explained || message.publishedAt === undefined) return;
    message.explained = true;
    if (message.deliveries === 0) this.#explained++;
  }

  note({ at, peer, service, phase, seq }: Sighting, text: string): void {
    this.#tell({ type: 'note', peer, service, phase, text, frames: [seq] }, at);
  }

  /** Something about the run as a whole. */
  remark(text: string): void {
    this.#tell({ type: 'note', text });
  }

  stats(): Pick<Stats, 'stages' | 'lost' | 'latencyMs'> {
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    const rank = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
    return {
      stages: { ...this.#stages },
      lost: this.#published - this.#arrived - this.#explained,
      ...(sorted.length > 0 ? { latencyMs: { p50: rank(0.5), p99: rank(0.99), max: rank(1) } } : {}),
    };
  }

  #create(body: Buffer, sizeBytes: number, publishedAt: number | undefined): Message {
    const content = fingerprint(body, sizeBytes);
    const id = `#${++this.#count}`;
    const message: Message = { id, content, body: preview(body), publishedAt, deliveries: 0, explained: false };
    this.#byContent.delete(content);
    this.#byContent.set(content, message);
    if (this.#byContent.size > REMEMBERED) this.#byContent.delete(this.#byContent.keys().next().value!);
    return message;
  }

  #sample(latencyMs: number): void {
    if (this.#latencies.length < SAMPLES) this.#latencies.push(latencyMs);
    else this.#latencies[this.#arrived % SAMPLES] = latencyMs;
  }
}

/** Without the digits that only the arithmetic made. */
function toMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000;
}

/** Equal for equal content, and practically only then. */
export function fingerprint(body: Buffer, sizeBytes: number): string {
  return `${sizeBytes}:${body.toString('latin1', 0, COMPARED_BYTES)}`;
}

/** A body for people: its text on one line, cut short, or its size where it is no text. */
export function preview(body: Buffer): string {
  if (isPlain(body)) return body.toString('latin1');
  const text = body.subarray(0, SHOWN_CHARACTERS * 4).toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text)) return `${body.length} bytes of binary data`;
  // Nothing that somebody sent may move the cursor of whoever reads it.
  return oneLine(text.replace(/\s+/g, ' '), SHOWN_CHARACTERS);
}

/** Whether a body is short, printable ASCII without spaces: most keys and small values are, and need no second look. */
function isPlain(body: Buffer): boolean {
  if (body.length > SHOWN_CHARACTERS) return false;
  for (let at = 0; at < body.length; at++) if (body[at]! < 0x21 || body[at]! > 0x7e) return false;
  return true;
}

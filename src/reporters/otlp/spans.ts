/** The spans of one run: the run itself, and below it what was sent, taken and settled. */
import { createHash } from 'node:crypto';
import type { EventOf, RunStart, TraceEvent } from '../../core/events.ts';
import type { Service } from '../../core/services.ts';
import { worded } from '../../core/statements/index.ts';
import { type Attributes, attributesOf, fail, KIND, type Span } from './span.ts';

type MessageEvent = EventOf<'message'>;

/** `messaging.system.name`; only RabbitMQ has a value in the conventions. */
const SYSTEMS: { readonly [service in Service]?: string } = {
  rabbitmq: 'rabbitmq',
  stomp: 'stomp',
  redis: 'redis',
  ws: 'websocket',
};
const SENT = new Set(['published', 'requested', 'sent']);
const TAKEN = new Set(['delivered', 'redelivered', 'received', 'pushed']);
const SETTLED = new Set(['acked', 'nacked', 'rejected']);
const LOST = new Set(['returned', 'unroutable', 'expired', 'dropped', 'discarded', 'rejected']);

export class Spans {
  readonly #start: RunStart;
  readonly #traceId: string;
  readonly #beganMs: number;
  readonly #root: Span;
  readonly #spans: Span[] = [];
  /** By message: the span that sent it, and the last in which somebody took it. */
  readonly #sent = new Map<string, Span>();
  readonly #taken = new Map<string, Span>();

  constructor(start: RunStart) {
    this.#start = start;
    const began = Date.parse(start.date);
    this.#beganMs = Number.isNaN(began) ? 0 : began;
    this.#traceId = hash(`${start.date} ${start.scenario} ${start.seed}`).slice(0, 32);
    const options = Object.entries(start.options).map(([name, value]) => [`msgplay.option.${name}`, String(value)]);
    this.#root = this.#span(0, `run ${start.scenario}`, KIND.internal, undefined, Object.fromEntries(options));
  }

  add(event: TraceEvent): void {
    switch (event.type) {
      case 'message':
        this.#message(event);
        break;
      case 'step':
        this.#tell(this.#root, event.at, event.text);
        break;
      case 'note':
        this.#tell(this.#root, event.at, event.peer === undefined ? textOf(event) : `${event.peer}: ${textOf(event)}`);
        break;
      case 'check':
        this.#tell(this.#root, event.at, `check: ${event.title}`, { 'msgplay.check.passed': event.passed });
        break;
      case 'run-end':
        this.#root.endTimeUnixNano = this.#nano(event.durationMs);
        if (event.outcome !== 'passed') fail(this.#root, event.outcome, event.reason ?? '');
        break;
      default:
    }
  }

  /** As one entry of `resourceSpans`. */
  resource(): object {
    const { scenario, versions } = this.#start;
    return {
      resource: {
        attributes: attributesOf({
          'service.name': 'msgplay',
          'service.version': versions.msgplay,
          'msgplay.scenario': scenario,
        }),
      },
      scopeSpans: [{ scope: { name: 'msgplay', version: versions.msgplay }, spans: this.#spans }],
    };
  }

  #message(event: MessageEvent): void {
    const { stage, at, id, basis, among = [] } = event;
    const mayBe = [id, ...among].flatMap((one) => this.#sent.get(one) ?? []);
    // One of several belongs to none of them, and is linked with all.
    const sent = among.length === 0 ? mayBe[0] : undefined;
    if (SENT.has(stage)) {
      const kind = event.service === 'http' ? KIND.client : KIND.producer;
      this.#sent.set(id, this.#span(at, nameOf(event), kind, this.#root, attributesFor(event, 'send')));
    } else if (TAKEN.has(stage)) {
      const span = this.#span(at, nameOf(event), KIND.consumer, sent ?? this.#root, attributesFor(event, 'process'));
      span.links.push(...mayBe.map(linkTo));
      this.#taken.set(id, span);
    } else if (SETTLED.has(stage) && basis === 'seen') {
      const taken = this.#taken.get(id);
      if (taken) taken.endTimeUnixNano = this.#nano(at);
      const span = this.#span(
        at,
        nameOf(event),
        KIND.client,
        taken ?? sent ?? this.#root,
        attributesFor(event, 'settle'),
      );
      span.links.push(...mayBe.map(linkTo));
    } else {
      const span = sent ?? this.#root;
      this.#tell(span, at, stage, {
        'msgplay.reason': event.reason?.code,
        'msgplay.why': event.reason && worded(event.reason, 'en'),
      });
      if (stage === 'confirmed' || stage === 'responded') span.endTimeUnixNano = this.#nano(at);
    }
    if (LOST.has(stage) && sent)
      fail(sent, event.reason?.code ?? stage, event.reason ? worded(event.reason, 'en') : '');
  }

  #span(at: number, name: string, kind: number, parent: Span | undefined, attributes: Attributes): Span {
    const time = this.#nano(at);
    const span: Span = {
      traceId: this.#traceId,
      spanId: hash(`${this.#traceId} ${this.#spans.length}`).slice(0, 16),
      ...(parent ? { parentSpanId: parent.spanId } : {}),
      name,
      kind,
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes: attributesOf(attributes),
      events: [],
      links: [],
      status: {},
    };
    this.#spans.push(span);
    return span;
  }

  #tell(span: Span, at: number, name: string, attributes: Attributes = {}): void {
    span.events.push({ timeUnixNano: this.#nano(at), name, attributes: attributesOf(attributes) });
  }

  #nano(at: number): string {
    return String(BigInt(this.#beganMs) * 1_000_000n + BigInt(Math.round(at * 1_000_000)));
  }
}

function textOf({ text = '', statement }: EventOf<'note'>): string {
  return statement ? worded(statement, 'en') : text;
}

function nameOf({ verb, route }: MessageEvent): string {
  return route === '' ? verb : `${verb} ${route}`;
}

function attributesFor({ service, verb, route, id, among, peer }: MessageEvent, type: string): Attributes {
  if (service === 'http') return { 'http.request.method': verb, 'url.path': route || undefined, 'msgplay.peer': peer };
  const system = SYSTEMS[service] ?? service;
  return {
    // The name without `.name` is deprecated; many back ends still look for it.
    'messaging.system.name': system,
    'messaging.system': system,
    'messaging.operation.name': verb,
    'messaging.operation.type': type,
    'messaging.destination.name': route || undefined,
    'messaging.message.id': among ? undefined : id,
    'messaging.client.id': peer,
  };
}

function linkTo({ traceId, spanId }: Span): object {
  return { traceId, spanId, attributes: [] };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

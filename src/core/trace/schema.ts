/**
 * The JSON Schema (2020-12) of one line of a saved run. Fields and types of events that it does not know may be there:
 * a newer msgplay of the same format tells more.
 */
import { SERVICES } from '../services.ts';
import { TRACE_FORMAT } from '../version.ts';

type Schema = { readonly [keyword: string]: unknown };
type Fields = { readonly [name: string]: Schema };

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const ms: Schema = { type: 'number', minimum: 0, description: 'in milliseconds' };
const yes: Schema = { const: true };
const json: Schema = {};
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const oneOf = (...words: readonly string[]): Schema => ({ enum: words });
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const object = (required: Fields, optional: Fields = {}): Schema => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
});

const side = oneOf('client', 'server');
const phase = oneOf('opening', 'open', 'closing');
const service = oneOf(...SERVICES);
/** Of what happened at a connection. */
const at = { peer: text, service };
const own = { server: { ...text, description: "the scenario's own server, where the peer speaks with one" } };
const seqs: Schema = listOf({ ...count, description: 'the seq of a frame event' });

const STAGES = [
  ...[
    'published',
    'routed',
    'unroutable',
    'returned',
    'confirmed',
    'queued',
    'delivered',
    'acked',
    'nacked',
    'requeued',
  ],
  ...['redelivered', 'rejected', 'dead-lettered', 'expired', 'dropped', 'discarded'],
  ...['requested', 'responded', 'pushed', 'sent', 'received'],
];

const EVENTS: { readonly [type: string]: { readonly required: Fields; readonly optional?: Fields } } = {
  'run-start': {
    required: {
      format: { type: 'integer', minimum: 1, maximum: TRACE_FORMAT },
      date: { type: 'string', description: 'ISO 8601, UTC' },
      versions: object({ msgplay: text, node: text }),
      scenario: text,
      title: text,
      about: text,
      options: mapOf(json),
      seed: count,
      prefix: text,
      backends: mapOf(object({ backend: text, version: text })),
    },
    optional: { handshakes: yes },
  },
  peer: { required: at, optional: own },
  connection: {
    required: { ...at, state: oneOf('opened', 'closed'), connection: count, phase },
    optional: { ...own, by: oneOf('client', 'server', 'cut') },
  },
  step: { required: { text } },
  note: {
    required: {},
    optional: {
      ...{ text, statement: ref('statement'), ...at, ...own, connection: count },
      ...{ from: side, phase, frames: seqs, debug: yes },
    },
  },
  frame: {
    required: {
      ...at,
      protocol: text,
      connection: count,
      from: side,
      phase,
      name: text,
      summary: text,
      sizeBytes: count,
      fields: mapOf(json),
    },
    optional: { ...own, bytes: { type: 'string', pattern: '^([0-9a-f]{2})*$' }, bytesWithheld: yes },
  },
  message: {
    required: {
      ...at,
      id: text,
      stage: oneOf(...STAGES),
      basis: oneOf('seen', 'concluded'),
      from: side,
      verb: text,
      route: text,
      frames: seqs,
    },
    optional: {
      ...own,
      name: text,
      among: listOf(text),
      body: text,
      carries: listOf(text),
      latencyMs: ms,
      reason: ref('statement'),
    },
  },
  check: { required: { title: text, passed: { type: 'boolean' } }, optional: { detail: text } },
  table: {
    required: {
      title: text,
      columns: listOf(object({ title: text }, { unit: text, bar: { type: 'boolean' } })),
      rows: listOf(listOf({ type: ['string', 'number'] })),
    },
  },
  question: { required: { text, choices: listOf(text) } },
  answer: { required: { question: text, answer: text, predicted: text, right: { type: 'boolean' }, why: text } },
  'run-end': {
    required: { outcome: oneOf('passed', 'failed', 'aborted', 'timed-out'), durationMs: ms, stats: ref('stats') },
    optional: { reason: text, next: listOf(text) },
  },
};

export const TRACE_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'One line of a run that msgplay saved',
  type: 'object',
  properties: {
    seq: { type: 'integer', minimum: 1, description: 'the number of the event in its run' },
    at: { type: 'number', minimum: 0, description: 'milliseconds since the run began' },
    type: text,
    translations: { ...mapOf(mapOf(json)), description: 'texts of the event in other languages, field by field' },
  },
  required: ['seq', 'at', 'type'],
  allOf: Object.entries(EVENTS).map(([type, { required, optional }]) => ({
    if: { properties: { type: { const: type } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { ...object(required, optional) },
  })),
  $defs: {
    statement: object({ code: text, values: mapOf(json) }),
    tally: object({ count, reason: ref('statement') }, { stage: oneOf(...STAGES) }),
    account: object({
      published: count,
      reached: count,
      waiting: listOf(object({ place: text, count })),
      ended: listOf(ref('tally')),
      unknown: listOf(ref('tally')),
      foreign: count,
    }),
    stats: object(
      {
        stages: mapOf(count),
        account: ref('account'),
        accounts: mapOf(ref('account')),
        commands: count,
        frames: count,
        bytes: count,
      },
      { latencyMs: object({ p50: ms, p99: ms, max: ms }) },
    ),
  },
};

/** The fields that an event of a type may have, besides those of every event; undefined for a type that is unknown. */
export function fieldsOf(type: string): readonly string[] | undefined {
  const event = EVENTS[type];
  return event && [...Object.keys(event.required), ...Object.keys(event.optional ?? {})];
}

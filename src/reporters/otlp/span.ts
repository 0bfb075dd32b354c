/** Spans and attributes, in the shapes of OTLP/JSON (opentelemetry-proto 1.x, trace/v1/trace.proto). */

/** SpanKind of the protocol: one more than the API's. */
export const KIND = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** StatusCode of the protocol. */
const STATUS_ERROR = 2;
const ERROR_TYPE = 'error.type';

export type Attributes = { readonly [name: string]: string | number | boolean | undefined };

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  endTimeUnixNano: string;
  readonly attributes: Attribute[];
  readonly events: object[];
  readonly links: object[];
  status: { code?: number; message?: string };
}

export interface Attribute {
  readonly key: string;
  readonly value: object;
}

export function attributesOf(values: Attributes): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

/** The span failed, by the name of what went wrong (`error.type`); the last one counts, as names of attributes are unique. */
export function fail(span: Span, type: string, message: string): void {
  span.status = { code: STATUS_ERROR, ...(message === '' ? {} : { message }) };
  const before = span.attributes.findIndex(({ key }) => key === ERROR_TYPE);
  if (before >= 0) span.attributes.splice(before, 1);
  span.attributes.push(...attributesOf({ [ERROR_TYPE]: type }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  // 64-bit integers are strings in the JSON of protocol buffers.
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

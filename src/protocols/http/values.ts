/** Header fields in the order in which they were sent, names as they were spelt. */
export type Headers = readonly (readonly [name: string, value: string])[];

/**
 * What is wrong with the lines of a response that clients read all the same, as the standard lets them:
 * `lf-alone` a line ends without CR (RFC 9112 §2.2), `folded-header` a header goes on in the next line (§5.2),
 * `blank-before-colon` (§5.1), `repeated-length` equal Content-Lengths (RFC 9110 §8.6), `length-and-coding` a
 * Content-Length that Transfer-Encoding overrides (RFC 9112 §6.3).
 */
export type HttpFault = 'lf-alone' | 'folded-header' | 'blank-before-colon' | 'repeated-length' | 'length-and-coding';

/** The head of a request. */
export interface RequestValue {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
  /** `1.1` or `1.0`. */
  readonly version: string;
  readonly headers: Headers;
}

/** The head of a response. */
export interface ResponseValue {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly headers: Headers;
  /** Where it breaks the standard in a way that does not keep it from being read. */
  readonly faults?: readonly HttpFault[];
  /** What it answers; absent where a server speaks unasked, as with a 408 on an idle connection. */
  readonly request?: RequestValue;
}

/** A whole body of known length, or one that the end of the connection completed. */
export interface BodyValue {
  readonly kind: 'body';
  /** Cut at KEEP_BYTES. */
  readonly body: Buffer;
  readonly bodySize: number;
  /** SHA-1 of the whole body, in base64, where it was cut. */
  readonly digest?: string;
  /** False when the connection ended before the announced length was reached. */
  readonly complete: boolean;
  readonly of: RequestValue | ResponseValue;
}

/** One chunk of a chunked body. */
export interface ChunkValue {
  readonly kind: 'chunk';
  /** Cut at KEEP_BYTES. */
  readonly body: Buffer;
  readonly bodySize: number;
  /** SHA-1 of the whole chunk, in base64, where it was cut. */
  readonly digest?: string;
  readonly complete: boolean;
  readonly of: RequestValue | ResponseValue;
}

/** One server-sent event. */
export interface EventValue {
  readonly kind: 'event';
  /** Its type; `message` where the server named none. */
  readonly event: string;
  /** Cut at KEEP_BYTES. */
  readonly data: string;
  /** Bytes of all its data, as they were sent. */
  readonly dataSize: number;
  /** The last event id in force, or an empty string. */
  readonly id: string;
  readonly of: ResponseValue;
}

/** A block of an event stream that dispatches nothing: a comment sent to keep the connection alive, a `retry`. */
export interface CommentValue {
  readonly kind: 'comment';
  readonly text: string;
  readonly of: ResponseValue;
}

/** The last chunk, with the trailers; also the end of an event stream, or of a connection that brought no body. */
export interface EndValue {
  readonly kind: 'end';
  readonly trailers: Headers;
  /** Of the trailers' lines, as in a response's head. */
  readonly faults?: readonly HttpFault[];
  /** Bytes of the whole body, without the chunks' envelope. */
  readonly bodySize: number;
  readonly of: RequestValue | ResponseValue;
}

export type HttpValue = RequestValue | ResponseValue | BodyValue | ChunkValue | EventValue | CommentValue | EndValue;

/** Every value of a header, in order; names are case-insensitive (RFC 9110 §5.1). */
export function headerValues(headers: Headers, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** The elements of a comma-separated header, in lower case (RFC 9110 §5.6.1: empty elements don't count). */
export function headerTokens(headers: Headers, name: string): string[] {
  return headerValues(headers, name)
    .flatMap((value) => value.split(','))
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '');
}

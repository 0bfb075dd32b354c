/** A STOMP frame (https://stomp.github.io/stomp-specification-1.2.html). */
import type { Frame } from '../protocol.ts';

export type StompVersion = '1.0' | '1.1' | '1.2';
export type StompHeader = readonly [name: string, value: string];

export interface StompValue {
  /** The command as it was sent, or `heart-beat` for an end of line between frames. */
  readonly command: string;
  /** In the order in which they were sent, repeated ones included, escapes resolved. */
  readonly headers: readonly StompHeader[];
  /** Cut where the reader was told to cut it; `bodySize` tells the whole. */
  readonly body: Buffer;
  readonly bodySize: number;
  /** SHA-1 of the whole body, in base64, where it was cut. */
  readonly digest?: string;
}

export type StompFrame = Frame<StompValue>;

/** The value of a header; of repeated ones the first counts (STOMP 1.2, Repeated Header Entries). */
export function header(value: StompValue, name: string): string | undefined {
  return value.headers.find(([key]) => key === name)?.[1];
}

/** Headers of these frames are never escaped: 1.0 had no escapes, and they stand before a version is agreed on. */
export function isUnescaped(command: string): boolean {
  return command === 'CONNECT' || command === 'CONNECTED';
}

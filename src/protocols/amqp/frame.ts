/** What a decoded AMQP frame holds, typed by its method. */
import type { Frame } from '../protocol.ts';
import type { AmqpArgs, AmqpMethodName } from './methods.ts';
import type { AmqpProperties } from './properties.ts';

/** A message as it travelled: header and body frames put together. */
export interface AmqpContent {
  readonly properties: AmqpProperties;
  /** The body's length as the content header promises it. */
  readonly bodySize: number;
  /** The body, cut at KEEP_BYTES. */
  readonly body: Buffer;
  /** SHA-1 of the whole body, in base64, where it was cut. */
  readonly digest?: string;
  /** Of a publish on a channel in confirm mode: the delivery tag of its confirm. */
  readonly publishNumber?: number;
}

type MethodValue = {
  [M in AmqpMethodName]: {
    readonly channel: number;
    readonly method: M;
    readonly args: AmqpArgs[M];
    /** Only with basic.publish, basic.return, basic.deliver and basic.get-ok, and then always. */
    readonly content?: AmqpContent;
  };
}[AmqpMethodName];

export type AmqpValue =
  | MethodValue
  | { readonly channel: 0; readonly method: 'heartbeat'; readonly args: object; readonly content?: AmqpContent }
  | {
      readonly channel: 0;
      readonly method: 'protocol-header';
      /** Protocol id and version, as the four bytes after `AMQP` say: `0-9-1`. */
      readonly args: { readonly version: string };
      readonly content?: AmqpContent;
    };

export type AmqpFrame = Frame<AmqpValue>;

/** An AMQP channel: a channel of the broker whose requests are answered by methods, in their order. */

import type { Statement } from '../../core/statements/index.ts';
import type { AmqpValue } from '../../protocols/amqp/index.ts';
import { SeenChannel } from '../broker/channels/channel.ts';
import type { Request } from '../broker/channels/request.ts';
import type { Sighting } from '../ledger/index.ts';

/** Takes what the server answers. */
export type Answered = (at: Sighting, answer: AmqpValue) => void;

/** The most requests without an answer that are remembered. */
const ASKED = 10_000;

export class AmqpChannel extends SeenChannel {
  readonly number: number;
  readonly #asked: { readonly request: Request; readonly answered: Answered | undefined }[] = [];
  /** What is told of all that the server does not read any more. */
  failure: Statement | undefined;
  /** The consumer tags that are in use once all that was asked is carried out. */
  readonly tags = new Set<string>();

  constructor(peer: string, connection: number, number: number) {
    super(peer, connection);
    this.number = number;
  }

  /** Something that the server answers, unless it is asked not to. `answered` is called before it counts as proven. */
  ask(request: Request, noWait: boolean, answered?: Answered): void {
    this.pending.push(request);
    if (!noWait && this.#asked.length < ASKED) this.#asked.push({ request, answered });
  }

  /** The server has answered the first that waits for it: so that and all before it was carried out. */
  answer(at: Sighting, value: AmqpValue): void {
    const next = this.#asked[0];
    if (!next || !answers(value.method, next.request.method)) return;
    this.#asked.shift();
    next.answered?.(at, value);
    this.pending.carriedOut(at, next.request);
  }
}

/** What nobody answers may stand behind an error: it is told once something proves it. */
export function toldWhenDone(asked: Request, tell: () => void): Request {
  return {
    ...asked,
    done: (at) => {
      tell();
      asked.done(at);
    },
  };
}

function answers(answer: string, asked: string): boolean {
  return answer === `${asked}-ok` || (answer === 'basic.get-empty' && asked === 'basic.get');
}

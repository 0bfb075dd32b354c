/** A channel asks to be handed all that it holds once more. AMQP 0-9-1 §1.8.3.13 (basic.recover) */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import type { Held, SeenChannel } from './channel.ts';
import { release } from './held.ts';
import { type Request, request } from './request.ts';

export const RECOVERED: Statement = { code: 'RECOVERED', values: {} };

/** Whether the server may not have got to it yet. What is given back by it is asked for just before the request itself. */
export function isRecovering({ recovering, pending }: SeenChannel): boolean {
  return recovering?.span.to === Number.POSITIVE_INFINITY && pending.oldest !== recovering;
}

/** The request, behind which what is handed out meanwhile goes back as well. */
export function recovery(broker: SeenBroker, at: Sighting, channel: SeenChannel, method: string): Request {
  channel.perhapsRecovered.clear();
  const asked = request(method, channel.span(at), {
    done: (then) => {
      const late = handedOutMeanwhile(channel);
      release(broker, { ...then, peer: channel.peer }, channel, late, asked.span, RECOVERED);
    },
    lost: () => channel.recovered.clear(),
    undone: () => channel.recovered.clear(),
  });
  return asked;
}

/** The server answers before it hands out anything again: what it had handed out by then goes back with the rest. */
export function recoveryAnswered(broker: SeenBroker, at: Sighting, channel: SeenChannel, { span }: Request): void {
  const held = [...channel.unacked.values()];
  release(broker, { ...at, peer: channel.peer }, channel, held, span, RECOVERED);
  channel.perhapsRecovered.clear();
}

function handedOutMeanwhile({ recovered, unacked }: SeenChannel): Held[] {
  const late = [...recovered].filter((held) => unacked.get(held.tag) === held);
  recovered.clear();
  return late;
}

/** What a channel held came back: if that was by its asking for all of it, the server got to that. */
export function recoveredBy(at: Sighting, { recovering, pending }: SeenChannel, { span }: Request): void {
  // The request stands behind what it gives back, in one frame.
  if (recovering && recovering.span.from - span.from < 1) pending.carriedOut(at, recovering, false);
}

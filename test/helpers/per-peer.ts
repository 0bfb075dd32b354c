/** What was said in a run, by peer and side, as `msgplay diff` compares it. */
import type { TraceEvent } from '../../src/core/events.ts';
import { type Aspect, Normaliser } from '../../src/diff/normalise.ts';

/** Every frame, by service, peer and direction, but for those whose number is the clock's. */
export function framesPerPeer(events: readonly TraceEvent[], askedAgain?: RegExp): Record<string, string[]> {
  return without(askedAgain, perPeer(events, 'wire'));
}

/** Every step of every message, by service, peer and side. */
export function storyPerPeer(events: readonly TraceEvent[]): Record<string, string[]> {
  return perPeer(events, 'story');
}

/** How often a poll finds nothing depends on the clock, so polls that find nothing don't count. */
export function withoutEmptyPolls(story: Record<string, string[]>): Record<string, string[]> {
  return without(/\| \[\] \|/, story);
}

function without(pattern: RegExp | undefined, said: Record<string, string[]>): Record<string, string[]> {
  const kept = (lines: string[]) => lines.filter((line) => !pattern?.test(line));
  return Object.fromEntries(Object.entries(said).map(([peer, lines]) => [peer, kept(lines)]));
}

function perPeer(events: readonly TraceEvent[], aspect: Aspect): Record<string, string[]> {
  const bodies = events.flatMap((event) =>
    event.type === 'message' && event.body !== undefined ? [[event.id, event.body] as const] : [],
  );
  const normaliser = new Normaliser(new Map(bodies));
  const groups: Record<string, string[]> = {};
  for (const event of events) {
    const line = normaliser.line(event);
    if (line?.place.aspect !== aspect) continue;
    const { service, peer, from } = line.place;
    // RabbitMQ answers a SEND when its queue has confirmed it, which may be before or after its MESSAGE.
    const isReceipt = service === 'stomp' && line.text.startsWith('RECEIPT ');
    const key = `${service} ${peer} ${from}${isReceipt ? ' receipts' : ''}`;
    groups[key] = [...(groups[key] ?? []), line.text];
  }
  return Object.fromEntries(Object.entries(groups).sort(([one], [other]) => one.localeCompare(other)));
}

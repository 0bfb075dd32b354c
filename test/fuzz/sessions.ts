/** The recorded sessions, as the fuzzer begins with them. */
import { readFileSync } from 'node:fs';
import type { Side } from '../../src/core/events.ts';
import type { Service } from '../../src/core/services.ts';

/** Chunks in base64, in the order in which they came. */
export type Session = readonly (readonly [side: Side, base64: string])[];

/** What one side of each recorded connection said, a buffer for each. */
export function recorded(service: Service, side: Side): Buffer[] {
  const text = readFileSync(new URL(`sessions/${service}.json`, import.meta.url), 'utf8');
  const sessions = JSON.parse(text) as Session[];
  return sessions.map((session) =>
    Buffer.concat(session.filter(([from]) => from === side).map(([, base64]) => Buffer.from(base64, 'base64'))),
  );
}

import type { Frame, Protocol, Side } from '../../src/protocols/protocol.ts';

/** Feeds both directions in turn to a fresh conversation and returns what it told. */
export function converse(protocol: Protocol, steps: readonly (readonly [Side, Buffer])[]): Frame[] {
  const frames: Frame[] = [];
  const conversation = protocol.converse({ emit: (frame) => frames.push(frame) });
  for (const [from, bytes] of steps) conversation.push(from, bytes);
  return frames;
}

/** The same steps, one byte at a time. */
export function bytewise(steps: readonly (readonly [Side, Buffer])[]): [Side, Buffer][] {
  return steps.flatMap(([from, bytes]) => [...bytes].map((byte): [Side, Buffer] => [from, Buffer.of(byte)]));
}

/** Feeds a recorded connection to a protocol and keeps what it says. */
import type { Conversation, Converse, Frame, Protocol, Side } from '../../src/protocols/protocol.ts';

export type Script = readonly (readonly [from: Side, bytes: Buffer | string])[];

export interface Reading {
  readonly frames: Frame[];
  /** What each direction was refused for. */
  readonly faults: Partial<Record<Side, unknown>>;
}

export interface ReadOptions extends Omit<Converse, 'emit'> {
  /** How many bytes each push gets at most. Default: all. */
  readonly pieceBytes?: number;
  /** Whether each side says at last that it will send no more. */
  readonly end?: boolean;
}

/** Reads as a tap does: a direction that was refused gets no more bytes, the other one goes on. */
export function readFrames(protocol: Protocol, script: Script, options: ReadOptions = {}): Reading {
  const { pieceBytes = Number.MAX_SAFE_INTEGER, end = false, ...rest } = options;
  const reading: Reading = { frames: [], faults: {} };
  const conversation = protocol.converse({ ...rest, emit: (frame) => reading.frames.push(owned(frame)) });
  for (const [from, data] of script) {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    for (let at = 0; at < bytes.length && !reading.faults[from]; at += pieceBytes) {
      attempt(reading, from, () => conversation.push(from, Buffer.from(bytes.subarray(at, at + pieceBytes))));
    }
  }
  if (end) for (const from of ['client', 'server'] as const) attempt(reading, from, () => conversation.end(from));
  return reading;
}

function attempt(reading: Reading, from: Side, action: () => void): void {
  try {
    action();
  } catch (error) {
    reading.faults[from] = error;
  }
}

/** Frames may alias the chunk they came in, so what outlives a push is copied. */
function owned(frame: Frame): Frame {
  return structuredCloneBuffers(frame) as Frame;
}

function structuredCloneBuffers(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(structuredCloneBuffers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, structuredCloneBuffers(inner)]));
}

/** A conversation that only remembers what it was given. */
export class Recorder implements Conversation {
  readonly pushed: Record<Side, Buffer[]> = { client: [], server: [] };
  readonly ended: Side[] = [];

  push(from: Side, chunk: Buffer): void {
    this.pushed[from].push(Buffer.from(chunk));
  }

  end(from: Side): void {
    this.ended.push(from);
  }

  text(from: Side): string {
    return Buffer.concat(this.pushed[from]).toString('latin1');
  }
}

/** Colours and signs. What is lost, and why, is the brightest; no colour says anything that no sign or word says. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { EventOf, Stage } from '../../core/events.ts';
import type { StatementCode } from '../../core/statements/index.ts';
import type { Look } from '../reporter.ts';

export interface Palette {
  readonly stage: (stage: Stage) => ChalkInstance;
  readonly note: (note: EventOf<'note'>) => ChalkInstance;
  readonly dim: ChalkInstance;
  readonly bold: ChalkInstance;
  readonly good: ChalkInstance;
  readonly bad: ChalkInstance;
  /** Why something went as it did. */
  readonly why: (stage: Stage) => ChalkInstance;
}

type Tone = 'begin' | 'arrive' | 'settle' | 'again' | 'loss';

const TONES: Record<Stage, Tone> = {
  published: 'begin',
  routed: 'settle',
  unroutable: 'loss',
  returned: 'loss',
  confirmed: 'settle',
  queued: 'settle',
  delivered: 'arrive',
  acked: 'settle',
  nacked: 'again',
  requeued: 'again',
  redelivered: 'again',
  rejected: 'loss',
  'dead-lettered': 'again',
  expired: 'loss',
  dropped: 'loss',
  discarded: 'loss',
  requested: 'begin',
  responded: 'arrive',
  pushed: 'arrive',
  sent: 'begin',
  received: 'arrive',
};

/** Notes of what went wrong: they are told as brightly as a loss. */
const ALARMS: ReadonlySet<StatementCode> = new Set([
  'CHANNEL_ERROR',
  'CONNECTION_ERROR',
  'CONNECTION_LOST',
  'CONSUMER_CANCELLED',
  'CONTRADICTION',
  'PUBLISHERS_BLOCKED',
  'STOMP_ERROR',
  'UNDECODABLE',
  'UNHEARD_ERROR',
  'UNREACHABLE',
  'UPGRADE_REFUSED',
  'WEBSOCKET_BROKEN',
]);

/** Notes that repeat what a frame said: they have a direction, as traffic has. */
const SAID: ReadonlySet<StatementCode> = new Set([
  'INTERIM_RESPONSE',
  'PUBLISHERS_BLOCKED',
  'PUBLISHERS_UNBLOCKED',
  'RESPONSE_UNASKED',
  'STOMP_CONNECT',
  'STOMP_CONNECTED',
  'STOMP_DISCONNECT',
  'STOMP_ERROR',
  'STOMP_RECEIPT',
  'STOMP_SUBSCRIBE',
  'STOMP_TRANSACTION',
  'STOMP_UNSUBSCRIBE',
  'UPGRADED',
  'UPGRADE_ASKED',
  'UPGRADE_REFUSED',
  'WEBSOCKET_CLOSE',
]);

export function paletteOf({ colorLevel }: Look): Palette {
  const chalk = new Chalk({ level: colorLevel });
  const plain: ChalkInstance = chalk.reset;
  const tones: Record<Tone, ChalkInstance> = {
    begin: chalk.cyan,
    arrive: chalk.green,
    settle: plain,
    again: chalk.bold.yellow,
    loss: chalk.bold.red,
  };
  return {
    stage: (stage) => tones[TONES[stage]],
    note: (note) => (isAlarm(note) ? tones.loss : note.statement ? chalk.dim : plain),
    dim: chalk.dim,
    bold: chalk.bold,
    good: chalk.green,
    bad: chalk.bold.red,
    why: (stage) => (TONES[stage] === 'again' ? tones.again : chalk.bold),
  };
}

function isAlarm({ statement }: EventOf<'note'>): boolean {
  return statement !== undefined && ALARMS.has(statement.code);
}

/** Stands where an arrow would, at a step that was not on the wire. */
export function signOf(stage: Stage): string {
  return TONES[stage] === 'loss' ? '✗' : TONES[stage] === 'again' ? '↻' : '↳';
}

/** Whether it repeats what a frame said. */
export function isSaid({ statement, from }: EventOf<'note'>): boolean {
  return from !== undefined && statement !== undefined && SAID.has(statement.code);
}

/** What a scenario says of itself, and not of a peer. */
export const REMARK = '※';

/** Which way a note was said, or that it is an event, or a bad one, or a remark. */
export function signOfNote(note: EventOf<'note'>): string {
  if (note.peer === undefined && !note.statement) return REMARK;
  if (isSaid(note)) return note.from === 'client' ? '→' : '←';
  return isAlarm(note) ? '✗' : '•';
}

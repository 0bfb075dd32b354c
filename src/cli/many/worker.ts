/** The program of a process that plays for another: one run after the other, each recorded in a file. */
import { rmSync } from 'node:fs';
import { MsgplayError } from '../../core/errors.ts';
import { backendChoices } from '../flags/backend-flags.ts';
import { readSettings } from '../flags/run-flags.ts';
import { Cast } from '../output/cast.ts';
import { handOver } from '../output/output.ts';
import { hearUncaught } from '../output/uncaught.ts';
import { endedBy, type Played, play } from '../running/play.ts';
import { onEndingSignal, openNoDebugger } from '../running/signals.ts';
import { Recording } from './recording.ts';
import type { Turn } from './turns.ts';
import type { FromWorker, ToWorker } from './wire.ts';
import type { Setup } from './workers.ts';

/** Where runs are recorded. It is known from the start, so that it can go whenever the parent goes. */
const [, , DIRECTORY] = process.argv;

const given = new AbortController();
let setup: Setup | undefined;
let playing: Promise<void> = Promise.resolve();

function tell(message: FromWorker): void {
  process.send?.(message);
}

function tellBug(error: unknown): void {
  tell({ kind: 'bug', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

async function perform({ flags, frames }: Setup, turn: Turn, file: string): Promise<void> {
  const recording = new Recording(file, frames);
  const played = await playTurn(flags, turn, recording).catch((error: unknown): Played => {
    if (error instanceof MsgplayError) return endedBy(turn.entry.word, error);
    throw error;
  });
  const error = recording.close();
  tell({ kind: 'played', played: error ? endedBy(played.name, error) : played, began: recording.began });
}

async function playTurn(
  flags: Setup['flags'],
  { entry, seed, side, unserved }: Turn,
  reports: Recording,
): Promise<Played> {
  const backends = backendChoices(flags)[side];
  if (!backends) throw new Error(`there is no side ${side}`);
  const cast = new Cast();
  try {
    const stage = {
      ...readSettings(flags),
      seed,
      backends,
      reports,
      signal: given.signal,
      leaving: () => {},
      unserved,
    };
    return await play(await cast.play(entry.word, entry.raw), stage);
  } finally {
    await cast.close();
  }
}

/** Whoever asked may be gone without a chance to clear up. */
async function leave(): Promise<void> {
  given.abort(new Error('its parent is gone'));
  await playing;
  if (DIRECTORY !== undefined) rmSync(DIRECTORY, { recursive: true, force: true });
  process.exit();
}

handOver((where, text) => tell({ kind: 'said', where, text }));
hearUncaught(tellBug);
// A terminal tells them to everybody; what is to be done then, the parent says.
onEndingSignal(() => {});
openNoDebugger();
process.on('message', (message: ToWorker) => {
  if (message.kind === 'setup') setup = message;
  else if (message.kind === 'abort') given.abort(new Error('the user gave up'));
  else if (setup) playing = perform(setup, message.turn, message.file).catch(tellBug);
});
process.on('disconnect', leave);
// Its parent may be gone before this is loaded.
if (!process.connected) leave();

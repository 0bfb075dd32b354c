/** The guest's side: loads a scenario file on this thread and plays it when its host says so. */
import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '../../core/errors.ts';
import { loadModule } from '../scenario/load-module.ts';
import type { OptionSpecs, OptionValues } from '../scenario/options.ts';
import { aboutOf, needsOf, type Scenario } from '../scenario/scenario.ts';
import { mistakeIn } from '../scenario/shape.ts';
import { RemoteLab } from './remote-lab.ts';
import { markSpawns } from './spawns.ts';
import { placeIn, withoutStack } from './stack.ts';
import { type Declared, type FromGuest, fromFailure, type GuestData, MARK, type ToGuest, toFailure } from './wire.ts';

if (parentPort === null) throw new Error('this file runs on a thread of msgplay');
const port = parentPort;
const data = workerData as GuestData;
/** How long a process waits for whoever ends it, in ms: it is there in no time, but where its host is stuck. */
const REAPER_MS = 1000;
const say = (message: FromGuest): void => port.postMessage(message);
const lab = new RemoteLab(port, data);
let scenario: Scenario | undefined;

for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => say({ type: 'stray', failure: toFailure(error ?? new Error('nothing was thrown')) }));
}

markSpawns(MARK, data.mark, {
  begins() {
    say({ type: 'spawns' });
    // Were msgplay killed before, nobody would know of the process.
    Atomics.wait(new Int32Array(data.reaping), 0, 0, REAPER_MS);
  },
  started: (pid) => say({ type: 'spawned', pid }),
  ended: (pid) => say({ type: 'reaped', pid }),
});

const exit = process.exit.bind(process);
process.exit = (code) => {
  const where = placeIn(data.file, new Error('here').stack) ?? data.file;
  say({ type: 'exits', how: `process.exit(${code ?? ''}) was called at ${where}` });
  return exit(code);
};

/** Whatever was printed on this thread arrives before what is said next. */
async function flushed(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
}

type Instead = Extract<FromGuest, { type: 'failed' }>['instead'];

/** Does what the host wants, and says how that went. */
async function answering(instead: Instead, act: () => Promise<FromGuest> | FromGuest): Promise<void> {
  let answer: FromGuest;
  try {
    answer = await act();
  } catch (error) {
    answer = { type: 'failed', instead, failure: toFailure(error) };
  }
  await flushed();
  try {
    say(answer);
  } catch (error) {
    // What the file declares may hold what can't leave its thread.
    say({ type: 'failed', instead, failure: toFailure(error) });
  }
}

/** What can be told of a scenario without asking it; undefined where it is none. Throws where it is a wrong one. */
function declared(found: unknown): Declared | undefined {
  const { run, needs, owns, about, validate, ...data } = (found ?? {}) as Partial<Scenario>;
  if (typeof run !== 'function' || typeof data.name !== 'string') return undefined;
  const mistake = mistakeIn(data);
  if (mistake !== undefined) throw withoutStack(mistake);
  return { ...data, name: data.name, title: data.title ?? data.name, options: data.options ?? {} };
}

function assertScenario(): Scenario {
  if (scenario === undefined) throw new UsageError(`${data.file} does not export a scenario.`);
  return scenario;
}

function settle(options: OptionValues<OptionSpecs>): FromGuest {
  const { owns, validate } = assertScenario();
  const wrong = validate?.(options);
  if (wrong !== undefined) return { type: 'settled', settled: { needs: [], owns: [], about: '', wrong } };
  const needs = needsOf(assertScenario(), options);
  return {
    type: 'settled',
    settled: { needs, owns: owns?.(options) ?? [], about: aboutOf(assertScenario(), options) },
  };
}

async function play(options: OptionValues<OptionSpecs>): Promise<FromGuest> {
  await assertScenario().run(lab, options);
  return { type: 'ended' };
}

async function cleanUp(): Promise<FromGuest> {
  await lab.cleanups.run();
  return { type: 'cleaned up' };
}

port.on('message', (message: ToGuest) => {
  switch (message.type) {
    case 'settle':
      return answering('settled', () => settle(message.options));
    case 'run':
      lab.prefix = message.prefix;
      return answering('ended', () => play(message.options));
    case 'clean up':
      return answering('cleaned up', cleanUp);
    case 'abort':
      return lab.abort(fromFailure(message.failure));
    case 'later':
      return lab.settle(message.id, message.answer);
    case 'ping':
      return say({ type: 'pong' });
  }
});

// While it loads, a thread that has nothing left to do ends: what its file waits for can't come any more.
port.unref();
void answering('loaded', async () => {
  const found = await loadModule(data.file);
  port.ref();
  const told = declared(found);
  if (told) scenario = found as Scenario;
  return { type: 'loaded', declared: told };
});

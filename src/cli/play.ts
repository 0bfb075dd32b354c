/** `msgplay play`: performs a scripted demo, on stage, recorded, or as a gate in CI. */
import type { Language } from '../core/language.ts';
import { pauseFor } from '../lab/waiting.ts';
import { command, parse } from './_command.ts';
import { castPart, type Part } from './demo/casting.ts';
import { type Demo, inWords, readDemo, type Said, type Step } from './demo/demo.ts';
import { Heard, judge } from './demo/judge.ts';
import { backendChoice } from './flags/backend-flags.ts';
import { addStageFlags, extensionNames, readSeed, readSettings, type StageFlags } from './flags/run-flags.ts';
import { Cast } from './output/cast.ts';
import { remark } from './output/output.ts';
import { Reports } from './output/reports.ts';
import { isInteractive } from './output/terminal.ts';
import { listenForInterrupts } from './running/interrupts.ts';
import { play, type Stage } from './running/play.ts';
import { waitForEnter } from './running/reader.ts';
import { applySettings } from './settings/apply.ts';
import { withWebPort } from './web/flag.ts';

export async function playCommand(args: readonly string[]): Promise<number> {
  const parser = command(
    'play',
    'Performs a scripted demo: says, runs, waits and compares, in the order of its steps.',
  );
  parser.usage('<demo.yml> [options]').argument('<demo.yml>', 'a file of steps: say, run, pause');
  parser.option('--auto', 'go on without Enter, as without a terminal');
  addStageFlags(parser, await extensionNames());
  parser.addHelpText('after', HELP);
  const parsed = parse(parser, withWebPort(args));
  await applySettings(parsed);
  const flags = parsed.opts<StageFlags & { auto?: true }>();
  const [file = ''] = parsed.args;
  const demo = await readDemo(file);
  const cast = new Cast();
  try {
    const parts = new Map<Step, Part>();
    for (const step of demo.steps) if ('run' in step) parts.set(step, await castPart(step, file, cast, flags));
    const isStage = isInteractive();
    return await perform(demo, parts, flags, { asks: isStage && !flags.auto, waits: isStage });
  } finally {
    await cast.close();
  }
}

/** How the demo is given. */
interface Manner {
  /** Somebody is there to press Enter. */
  readonly asks: boolean;
  /** A pause takes the time that it says. */
  readonly waits: boolean;
}

const HELP = `
On a terminal it waits for Enter at each pause, and for as long as a pause says. Without one it goes on at once. It
exits with 0 where every run went as the demo expects; otherwise as msgplay run would, or with 1.

Examples:
  msgplay play talk.yml --pace 500ms --lang ko
  msgplay play talk.yml --auto --report asciicast=talk.cast
  msgplay schema demo > demo.schema.json`;

/** One run of the demo, and what of it was not as expected. */
interface Performed {
  readonly name: string;
  readonly exitCode: number;
  readonly unmet: readonly string[];
}

async function perform(demo: Demo, parts: ReadonlyMap<Step, Part>, flags: StageFlags, manner: Manner): Promise<number> {
  const settings = readSettings(flags);
  const backends = backendChoice(flags);
  const reports = await Reports.open(flags);
  const interrupts = listenForInterrupts();
  const { signal, leaving } = interrupts;
  const stage = { ...settings, seed: readSeed(flags) ?? 1, reports, backends, signal, leaving };
  const performed: Performed[] = [];
  let unwritten = 0;
  try {
    if (demo.title) await say(demo.title, stage);
    for (const step of demo.steps) {
      if (signal.aborted) break;
      const part = parts.get(step);
      if (part) performed.push(await performRun(part, stage, manner));
      else if ('say' in step) await say(step.say, stage);
      else if ('pause' in step) await pause(step.pause, stage, manner);
    }
  } finally {
    interrupts.release();
    unwritten = await reports.end();
  }
  remark(summaryOf([...parts.values()], performed, settings.language));
  if (signal.aborted) return interrupts.exitCode();
  return exitCodeOf(performed) || unwritten;
}

/** A stage with what is told between the runs. */
type Told = Stage & { readonly reports: Reports };

async function performRun(part: Part, stage: Stage, { asks }: Manner): Promise<Performed> {
  const { step, backends } = part;
  const heard = new Heard();
  const played = await play(part.play, {
    ...stage,
    backends,
    layer: step.layer ?? stage.layer,
    handshakes: step.handshakes ?? stage.handshakes,
    legend: step.legend ?? stage.legend,
    seed: step.seed ?? stage.seed,
    timeoutMs: step.timeout === undefined ? stage.timeoutMs : step.timeout * 1000,
    stepping: step.step && asks ? { answers: undefined, pauses: true, asks: true } : undefined,
    hear: heard.take,
  });
  const { name, exitCode, error } = played;
  if (error) remark(`msgplay: ${name}: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
  // A run that had ended by itself before Ctrl-C is judged as any other.
  const isCut = stage.signal.aborted && (heard.end?.outcome ?? 'aborted') === 'aborted';
  const unmet = isCut ? ['aborted'] : judge(step.expect ?? {}, played, heard, step.run.at);
  if (unmet.length > 0)
    remark([`msgplay: ${name} did not go as expected:`, ...unmet.map((one) => `  ${one}`)].join('\n'));
  return { name, exitCode, unmet };
}

async function say(text: Said, stage: Told): Promise<void> {
  stage.reports.say(inWords(text, stage.language), { ...stage, handshakes: stage.handshakes ?? false });
  if (stage.pace && 'eachMs' in stage.pace) await pauseFor(stage.pace.eachMs, stage.signal);
}

async function pause(time: true | number, { language, signal }: Stage, { asks, waits }: Manner): Promise<void> {
  if (time !== true) {
    if (waits) await pauseFor(time, signal);
  } else if (asks) {
    // Ctrl-C while it waits ends the demo, and is no error.
    await waitForEnter(language, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

const SAYS: Record<Language, { right: (count: number, of: number) => string; notRun: string }> = {
  en: { right: (count, of) => `${count} of ${of} runs went as expected`, notRun: 'not run' },
  ko: { right: (count, of) => `실행 ${of}개 가운데 ${count}개가 예상대로 진행됨`, notRun: '실행하지 않음' },
};

function summaryOf(parts: readonly Part[], performed: readonly Performed[], language: Language): string {
  const says = SAYS[language];
  const right = performed.filter(({ unmet }) => unmet.length === 0).length;
  const rows = parts.map(({ play: { scenario } }, index) => {
    const one = performed[index];
    const sign = one?.unmet.length === 0 ? '✓' : '✗';
    const told = one === undefined ? `: ${says.notRun}` : '';
    return `  ${sign} ${scenario.name}${told}`;
  });
  return [says.right(right, parts.length), ...rows].join('\n');
}

/** A run that failed says why by its own exit code; one that should have failed has none that would do. */
function exitCodeOf(performed: readonly Performed[]): number {
  const wrong = performed.find(({ unmet }) => unmet.length > 0);
  return wrong === undefined ? 0 : wrong.exitCode || 1;
}

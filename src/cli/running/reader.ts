/** Whoever plays a run step by step: goes on with Enter, and predicts what the run will show. */
import { UsageError } from '../../core/errors.ts';
import type { EventOf, TraceEvent } from '../../core/events.ts';
import { inEnglish, type Language, type Text, translate } from '../../core/language.ts';
import { printable } from '../../core/text/printable.ts';
import { Pressure } from '../../core/time/pressure.ts';
import type { Reader } from '../../lab/plan.ts';
import type { Scenario } from '../../lab/scenario/scenario.ts';
import { pauseFor } from '../../lab/waiting.ts';
import { flush, print, remark } from '../output/output.ts';
import type { Ask } from '../output/prompts.ts';

export interface StepFlags {
  readonly step?: true;
  readonly pause?: true;
  readonly answers?: string;
}

/** How a run is read. */
export interface Stepping {
  /** With these answers, from 1; undefined where a person gives them. */
  readonly answers: readonly number[] | undefined;
  /** The run stops at each step. */
  readonly pauses: boolean;
  /** It asks what will happen. */
  readonly asks: boolean;
}

/** Undefined where the run goes on by itself. Throws a UsageError where there is nobody to read it. */
export function readStepping({ step, pause, answers }: StepFlags, isInteractive: boolean): Stepping | undefined {
  if (answers !== undefined) return { answers: readAnswers(answers), pauses: false, asks: true };
  if (!step && !pause) return undefined;
  if (!isInteractive) {
    throw new UsageError(`${step ? '--step' : '--pause'} needs a terminal: it waits for somebody to read.`, {
      hint: 'Without one, --answers 1,3,2 answers its questions.',
    });
  }
  return { answers: undefined, pauses: true, asks: step === true };
}

const SAYS: Record<Language, { goOn: string; guess: string; score: (right: number, of: number) => string }> = {
  en: { goOn: 'Enter goes on', guess: 'Your guess', score: (right, of) => `Predicted right: ${right} of ${of}` },
  ko: {
    goOn: 'Enter를 누르면 계속한다',
    guess: '예측',
    score: (right, of) => `예측 ${of}개 가운데 ${right}개가 맞았다`,
  },
};

/** Time that somebody thinks is none of the run's: its limits don't count it, and the wire goes on. */
class Thinking extends Pressure {
  #ms = 0;

  override get isHigh(): boolean {
    return false;
  }

  override get heldMs(): number {
    return this.#ms;
  }

  override whenLow(action: () => void): void {
    action();
  }

  async during<Value>(thought: Promise<Value>): Promise<Value> {
    const since = performance.now();
    return thought.finally(() => {
      this.#ms += performance.now() - since;
    });
  }
}

export class RunReader implements Reader {
  readonly pressure = new Thinking();
  readonly choose: Reader['choose'];
  readonly #stepping: Stepping;
  readonly #language: Language;
  readonly #scenario: Scenario;
  readonly #signal: AbortSignal;
  #asked = 0;
  #right = 0;

  constructor(stepping: Stepping, scenario: Scenario, language: Language, signal: AbortSignal) {
    this.#stepping = stepping;
    this.#scenario = scenario;
    this.#language = language;
    this.#signal = signal;
    this.choose = stepping.asks ? (_question, choices) => this.#choose(choices) : undefined;
  }

  async pause(): Promise<void> {
    if (!this.#stepping.pauses) return;
    await this.pressure.during(waitForEnter(this.#language, this.#signal));
  }

  /** Counts what was predicted right. */
  meet(event: TraceEvent): void {
    if (event.type === 'answer' && (event as EventOf<'answer'>).right) this.#right++;
  }

  /** Tells the score, where anything was asked. */
  end(): void {
    if (this.#asked > 0) print(`${SAYS[this.#language].score(this.#right, this.#asked)}\n`);
    const left = (this.#stepping.answers?.length ?? 0) - this.#asked;
    if (left > 0) remark(`msgplay: --answers has ${left} more than ${this.#scenario.name} asks for`);
  }

  /** The page has the question and its choices already. */
  async #choose(choices: readonly Text[]): Promise<number> {
    const index = this.#asked++;
    const { answers } = this.#stepping;
    if (answers) return this.#answered(answers[index], index, choices.length);
    await flush();
    const ask = await asker(this.#language, this.#signal);
    const asked = ask({
      type: 'select',
      message: SAYS[this.#language].guess,
      choices: choices.map((choice, value) => ({ name: `${value + 1}  ${this.#said(choice)}`, value })),
    });
    return (await this.pressure.during(prompted(asked, this.#signal))) as number;
  }

  #answered(answer: number | undefined, index: number, of: number): number {
    if (answer === undefined) {
      throw new UsageError(`${this.#scenario.name} asks more than ${index} questions, but --answers has ${index}.`);
    }
    if (answer <= of) return answer - 1;
    throw new UsageError(`Answer ${index + 1} of --answers is ${answer}, but there are ${of} choices.`);
  }

  #said(text: Text): string {
    const dictionary = this.#language === 'en' ? undefined : this.#scenario.translations?.[this.#language]?.words;
    return printable(translate(text, dictionary) ?? inEnglish(text));
  }
}

/** Resolves when somebody presses Enter; rejects when the signal is aborted. */
export async function waitForEnter(
  language: Language,
  signal: AbortSignal,
  message = SAYS[language].goOn,
): Promise<void> {
  await flush();
  const ask = await asker(language, signal);
  await prompted(ask({ type: 'input', message }), signal);
}

/** What asks people; loaded when somebody is asked. */
async function asker(language: Language, signal: AbortSignal): Promise<Ask> {
  const { asking } = await import('../output/prompts.ts');
  return asking(language, signal);
}

/** A signal to oneself arrives within this time, in ms. */
const SIGNAL_MS = 5_000;

/** Ctrl-C while a question stands ends the run as at any other time. */
async function prompted<Value>(prompt: Promise<Value>, signal: AbortSignal): Promise<Value> {
  try {
    return await prompt;
  } catch (error) {
    // The terminal gave the key to the prompt. Nothing goes on before the signal that it stands for has arrived.
    if (!signal.aborted) {
      process.kill(process.pid, 'SIGINT');
      await pauseFor(SIGNAL_MS, signal);
    }
    throw error;
  }
}

function readAnswers(typed: string): number[] {
  const answers = typed.split(',').map((one) => Number(one.trim()));
  if (answers.every((one) => Number.isInteger(one) && one >= 1)) return answers;
  throw new UsageError(`--answers takes numbers of choices, like 1,3,2, not '${typed}'.`);
}

/** How many runs went, in a few lines at the end. */
import type { Outcome } from '../../core/events.ts';
import type { Language } from '../../core/language.ts';
import type { Done } from './turns.ts';

/** Of the seeds with which something failed, so many are told. */
const SEEDS = 5;

/** One of the line's scenarios, and how its runs went. */
export interface Row {
  /** What was typed for it: `job-queue --crash`. */
  readonly label: string;
  readonly done: readonly Pick<Done, 'turn' | 'played'>[];
  /** How often its runs on several backends did not say the same. */
  readonly differences: number;
}

interface Says {
  readonly passed: (count: number, of: number) => string;
  readonly outcome: Record<Outcome, string>;
  readonly notRun: string;
  readonly allPassed: (runs: number) => string;
  readonly notPassed: (count: number, of: number, seeds: string) => string;
  readonly differs: (count: number) => string;
}

const SAYS: Record<Language, Says> = {
  en: {
    passed: (count, of) => `${count} of ${of} scenarios passed`,
    outcome: { passed: 'passed', failed: 'failed', aborted: 'aborted', 'timed-out': 'timed out' },
    notRun: 'not run',
    allPassed: (runs) => `${runs} runs passed`,
    notPassed: (count, of, seeds) => `${count} of ${of} runs did not pass: seed ${seeds}`,
    differs: (count) => (count === 1 ? 'not the same on each backend' : `not the same on each backend, ${count} times`),
  },
  ko: {
    passed: (count, of) => `시나리오 ${of}개 가운데 ${count}개 통과`,
    outcome: { passed: '통과', failed: '실패', aborted: '중단', 'timed-out': '시간 초과' },
    notRun: '실행하지 않음',
    allPassed: (runs) => `${runs}회 모두 통과`,
    notPassed: (count, of, seeds) => `${of}회 가운데 ${count}회 통과하지 못함: 시드 ${seeds}`,
    differs: (count) => (count === 1 ? '백엔드마다 결과가 다름' : `백엔드마다 결과가 다름(${count}회)`),
  },
};

export function summaryOf(rows: readonly Row[], language: Language): string {
  const says = SAYS[language];
  const passed = rows.filter(isGood).length;
  const width = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map((row) => `  ${isGood(row) ? '✓' : '✗'} ${row.label.padEnd(width)}  ${told(row, says)}`);
  return [says.passed(passed, rows.length), ...lines].join('\n');
}

/** The first that is not 0, in the order of the line; what backends do not agree on is a check that does not hold. */
export function exitCodeOf(rows: readonly Row[]): number {
  const failed = rows.flatMap(({ done }) => done).find(({ played }) => played.exitCode !== 0);
  return failed?.played.exitCode ?? (rows.some(({ differences }) => differences > 0) ? 1 : 0);
}

function isGood({ done, differences }: Row): boolean {
  return done.length > 0 && differences === 0 && done.every(({ played }) => played.exitCode === 0);
}

function told({ done, differences }: Row, says: Says): string {
  const [first] = done;
  if (!first) return says.notRun;
  const differs = differences === 0 ? [] : [says.differs(differences)];
  if (done.length === 1) return [outcome(first, says), ...differs].join(', ');
  const bad = done.filter(({ played }) => played.exitCode !== 0);
  if (bad.length === 0) return [says.allPassed(done.length), ...differs].join(', ');
  const seeds = [...new Set(bad.map(({ turn }) => turn.seed))];
  const shown = `${seeds.slice(0, SEEDS).join(', ')}${seeds.length > SEEDS ? ', …' : ''}`;
  return [says.notPassed(bad.length, done.length, shown), ...differs].join(', ');
}

function outcome({ played: { error, outcome: how } }: Row['done'][number], says: Says): string {
  return error?.message ?? says.outcome[how];
}

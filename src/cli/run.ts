/** `msgplay run`: plays scenarios and prints their traces. */
import { UsageError } from '../core/errors.ts';
import { type Line, readLine } from './many/line.ts';
import { planOf, playMany } from './many/play-many.ts';
import { exitCodeOf, summaryOf } from './many/summary.ts';
import { Cast } from './output/cast.ts';
import { remark } from './output/output.ts';
import { Reports } from './output/reports.ts';
import { listenForInterrupts } from './running/interrupts.ts';
import { beforeVisitors, withWebPort } from './web/flag.ts';

export async function runCommand(typed: readonly string[]): Promise<number> {
  const args = withWebPort(typed);
  if (args.includes('--watch') && !args.includes('--help')) {
    const { watchRuns } = await import('./running/watch.ts');
    return watchRuns(args.filter((word) => word !== '--watch'));
  }
  const cast = new Cast();
  try {
    return await playLine(await readLine(args, cast), cast);
  } finally {
    await cast.close();
  }
}

async function playLine(line: Line, cast: Cast): Promise<number> {
  if (line.entries.length === 0) {
    throw new UsageError('Which scenario?', { hint: 'See: msgplay list; or run all of them with --all.' });
  }
  const plan = await planOf(line, cast);
  const reports = await Reports.open(line.flags);
  const interrupts = listenForInterrupts();
  let unwritten = 0;
  const house = { cast, reports, interrupts };
  const rows = await beforeVisitors(reports.web, plan.settings.language, interrupts.signal)
    .then(() => playMany(plan, house))
    .finally(async () => {
      interrupts.release();
      unwritten = await reports.end();
    });
  if (rows.length > 1 || plan.amount.repeat > 1) remark(summaryOf(rows, plan.settings.language));
  if (interrupts.signal.aborted) return interrupts.exitCode();
  return exitCodeOf(rows) || unwritten;
}

/** What the page of a job on GitHub tells of a run: one line, and the story of what did not hold. Markdown. */
import { atTheEnd, brokenBy, type Verdicts } from './_verdicts.ts';
import { failure, text } from './markdown.ts';
import { duration } from './page/text.ts';
import type { Look, Report } from './reporter.ts';
import { wordsIn } from './words/words.ts';

/** The title of the part that is msgplay's. */
export const SUMMARY_TITLE = '## msgplay\n\n';

export function jobSummary(look: Look): Report {
  return atTheEnd(look, (run) => told(run, look));
}

function told({ start, checks, end }: Verdicts, { language }: Look): string {
  const unmet = checks.filter(({ check }) => !check.passed);
  const how = wordsIn(language).outcome[end.outcome](duration(end.durationMs));
  const broken = brokenBy(end);
  const sign = end.outcome === 'passed' ? '✅' : '❌';
  const name = text(start?.scenario ?? 'run');
  const line = `${sign} **${name}** ${how}${broken === undefined ? '' : `: ${text(broken)}`} · ✓ ${checks.length - unmet.length}/${checks.length}`;
  const details = unmet.flatMap((verdict) => {
    const { title, detail } = verdict.check;
    return [`❌ ${text(title)}${detail === undefined ? '' : `: ${text(detail)}`}`, failure(verdict)];
  });
  return `${[line, ...details].filter((part) => part !== '').join('\n\n')}\n\n`;
}

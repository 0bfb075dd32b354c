/**
 * Workflow commands for GitHub Actions: what did not hold becomes an annotation
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
 */
import { atTheEnd, brokenBy, type Verdicts } from './_verdicts.ts';
import { framesOf, type Reporter } from './reporter.ts';

const github: Reporter = {
  name: 'github',
  title: 'annotations for GitHub Actions',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin: (look) => atTheEnd(look, annotations),
};
export default github;

function annotations({ start, checks, end }: Verdicts): string {
  const name = start?.scenario ?? 'run';
  const broken = brokenBy(end);
  const failures = checks
    .filter(({ check }) => !check.passed)
    .map(({ check: { title, detail = '' }, story }) => command('error', `${name}: ${title}`, [detail, ...story]));
  const error = broken === undefined ? [] : [command('error', name, [broken])];
  const held = checks.length - failures.length;
  const notice = command('notice', name, [`${end.outcome}: ${held} of ${checks.length} checks hold`]);
  return [...failures, ...error, notice].map((line) => `${line}\n`).join('');
}

function command(kind: 'error' | 'notice', title: string, lines: readonly string[]): string {
  const text = lines.filter((line) => line !== '').join('\n');
  return `::${kind} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(text)}`;
}

/** As the runner unescapes it. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

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

/** Annotations of what does not hold, and nothing of what does: of each kind, a step may have ten. */
export const failuresOnly: Reporter = { ...github, begin: (look) => atTheEnd(look, failures) };

function annotations(run: Verdicts): string {
  const { start, checks, end } = run;
  const held = checks.filter(({ check }) => check.passed).length;
  const told = `${end.outcome}: ${held} of ${checks.length} checks hold`;
  return `${failures(run)}${command('notice', start?.scenario ?? 'run', [told])}\n`;
}

function failures({ start, checks, end }: Verdicts): string {
  const name = start?.scenario ?? 'run';
  const broken = brokenBy(end);
  const unmet = checks
    .filter(({ check }) => !check.passed)
    .map(({ check: { title, detail = '' }, story }) => command('error', `${name}: ${title}`, [detail, ...story]));
  const error = broken === undefined ? [] : [command('error', name, [broken])];
  return [...unmet, ...error].map((line) => `${line}\n`).join('');
}

function command(kind: 'error' | 'notice', title: string, lines: readonly string[]): string {
  const text = lines.filter((line) => line !== '').join('\n');
  return `::${kind} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(text)}`;
}

/** As the runner unescapes it. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

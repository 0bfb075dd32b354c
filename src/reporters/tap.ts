/** The Test Anything Protocol, version 14: a run is a subtest, a check is a test point. */
import { atTheEnd, brokenBy, type Verdicts } from './_verdicts.ts';
import { framesOf, type Reporter } from './reporter.ts';

const tap: Reporter = {
  name: 'tap',
  title: 'Test Anything Protocol 14: checks as test points',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin: (look) => atTheEnd(look, subtest),
  document: (runs) => {
    const numbered = runs.filter((run) => run !== '').map((run, index) => run.replace(NUMBER, String(index + 1)));
    return `TAP version 14\n${numbered.join('')}1..${numbered.length}\n`;
  },
};
export default tap;

/** Stands for the run's number, which only the document knows; in a text, a `#` has a backslash before it. */
const NUMBER = '#?#';

function subtest({ start, checks, end }: Verdicts): string {
  const name = start?.scenario ?? 'run';
  const broken = brokenBy(end);
  const points = [
    ...checks.map(({ check, story }) => ({ title: check.title, passed: check.passed, detail: check.detail, story })),
    ...(broken === undefined ? [] : [{ title: 'the run ends by itself', passed: false, detail: broken, story: [] }]),
  ];
  const lines = points.flatMap(({ title, passed, detail, story }, index) => {
    const line = `${passed ? 'ok' : 'not ok'} ${index + 1} - ${escaped(title)}`;
    return passed ? [line] : [line, ...diagnosis({ found: detail, story })];
  });
  const passed = end.outcome === 'passed';
  return [
    `# Subtest: ${escaped(name)}`,
    ...lines.map((line) => `    ${line}`),
    `    1..${points.length}`,
    `${passed ? 'ok' : 'not ok'} ${NUMBER} - ${escaped(name)} # time=${Math.round(end.durationMs)}ms`,
    '',
  ].join('\n');
}

/** A YAML block, which TAP allows behind a test point; strings of JSON are strings of YAML. */
function diagnosis({ found, story }: { found: string | undefined; story: readonly string[] }): string[] {
  return [
    '  ---',
    ...(found === undefined ? [] : [`  found: ${JSON.stringify(found)}`]),
    ...(story.length === 0 ? [] : ['  story:', ...story.map((line) => `    - ${JSON.stringify(line)}`)]),
    '  ...',
  ];
}

/** `#` begins a directive, and a backslash escapes it. */
function escaped(text: string): string {
  return text.replace(/[\\#]/g, (character) => `\\${character}`);
}

/**
 * JUnit's XML, as CI servers read it: a run is a suite, a check is a test case, and the story of its section is the text
 * of a failure. Written by hand: libraries for it write a whole document at once, of several runs not one by one.
 */
import type { RunStart } from '../core/events.ts';
import { atTheEnd, brokenBy, type Verdict, type Verdicts } from './_verdicts.ts';
import { attributes, xml } from './_xml.ts';
import { framesOf, type Reporter } from './reporter.ts';

const junit: Reporter = {
  name: 'junit',
  title: "JUnit's XML: checks as test cases",
  frames: (layer) => framesOf(layer ?? 'story'),
  begin: (look) => atTheEnd(look, suite),
  document: (suites) => `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`,
};
export default junit;

function suite({ start, checks, end }: Verdicts): string {
  const name = start?.scenario ?? 'run';
  const broken = brokenBy(end);
  const failures = checks.filter(({ check }) => !check.passed).length;
  const head = attributes({
    name,
    tests: checks.length + 1,
    failures,
    errors: broken === undefined ? 0 : 1,
    skipped: 0,
    time: seconds(end.durationMs),
    timestamp: start?.date,
  });
  const cases = checks.map((verdict, index) => testCase(name, verdict, checks[index - 1]?.at ?? 0));
  // The run itself is a case, too: one that timed out may have failed no check.
  const error = broken === undefined ? '' : `<error${attributes({ message: broken, type: end.outcome })}/>`;
  const whole = `<testcase${attributes({ classname: name, name: 'the run ends by itself', time: 0 })}>${error}</testcase>`;
  const all = [...(start ? [properties(start)] : []), ...cases, whole];
  return `  <testsuite${head}>\n${all.map((line) => `    ${line}\n`).join('')}  </testsuite>\n`;
}

function testCase(classname: string, { check, at, story }: Verdict, since: number): string {
  const { title, passed, detail } = check;
  const head = `<testcase${attributes({ classname, name: title, time: seconds(at - since) })}>`;
  if (passed) return `${head}</testcase>`;
  const message = detail === undefined ? title : `${title}: ${detail}`;
  return `${head}<failure${attributes({ message, type: 'check' })}>${xml([message, ...story].join('\n'))}</failure></testcase>`;
}

function properties({ options, seed, backends }: RunStart): string {
  const rows = [
    ...Object.entries(options).map(([name, value]) => [`option.${name}`, String(value)] as const),
    ['seed', String(seed)] as const,
    ...Object.entries(backends).map(
      ([service, { backend, version }]) => [`server.${service}`, `${version} (${backend})`] as const,
    ),
  ];
  return `<properties>${rows.map(([name, value]) => `<property${attributes({ name, value })}/>`).join('')}</properties>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** A page of Markdown: what was run, what held, the diagram, and the story of what did not hold. */
import type { RunStart, TraceEvent } from '../core/events.ts';
import { atTheEnd, brokenBy, type Verdict, type Verdicts } from './_verdicts.ts';
import mermaid from './mermaid.ts';
import { framesOf, type Reporter } from './reporter.ts';

const markdown: Reporter = {
  name: 'markdown',
  title: 'a page of Markdown with a diagram',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin(look) {
    const diagram = mermaid.begin(look);
    let drawn = '';
    const report = atTheEnd(look, (run) => page(run, drawn));
    return (event: TraceEvent) => {
      drawn = diagram(event);
      return report(event);
    };
  },
  say: (said) => `${text(said)}\n\n`,
};
export default markdown;

function page({ start, checks, end, account }: Verdicts, diagram: string): string {
  const broken = brokenBy(end);
  const failed = checks.filter(({ check }) => !check.passed);
  const parts = [
    ...(start ? [`## ${text(start.scenario)}: ${text(start.title)}`, text(start.about), servers(start)] : ['## A run']),
    `**${end.outcome}** in ${Math.round(end.durationMs)} ms${broken === undefined ? '' : `: ${text(broken)}`}`,
    checks.map(verdictLine).join('\n'),
    ...failed.map(failure),
    account.map(text).join('\\\n'),
    fenced('mermaid', diagram.trimEnd()),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n\n`;
}

function servers({ backends, seed }: RunStart): string {
  const named = Object.entries(backends).map(([service, { backend, version }]) => `${service} ${version} (${backend})`);
  return text([...named, `seed ${seed}`].join(' · '));
}

function verdictLine({ check: { title, passed, detail } }: Verdict): string {
  return `- ${passed ? '✅' : '❌'} ${text(title)}${detail === undefined ? '' : ` (${text(detail)})`}`;
}

/** What happened before a check that does not hold. */
export function failure({ check, story }: Verdict): string {
  return story.length === 0
    ? ''
    : `What happened before “${text(check.title)}” failed:\n\n${fenced('text', story.join('\n'))}`;
}

/** A fence is longer than every row of backticks inside. */
function fenced(language: string, inside: string): string {
  const longest = Math.max(2, ...[...inside.matchAll(/`+/g)].map(([row]) => row.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${inside}\n${fence}`;
}

/** What would be markup stands as itself. */
export function text(inside: string): string {
  return inside.replace(/[\\`*_{}[\]<>#|~&]/g, (character) => `\\${character}`).trim();
}

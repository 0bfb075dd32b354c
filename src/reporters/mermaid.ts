/** A sequence diagram in Mermaid's words, which Markdown pages and wikis draw (https://mermaid.js.org/syntax/sequenceDiagram). */
import { Diagram, type Row } from './diagram/rows.ts';
import { framesOf, type Reporter } from './reporter.ts';

/** Renderers give up on longer diagrams: of rows, and of characters (`maxTextSize`). */
const MOST_ROWS = 400;
const MOST_CHARACTERS = 45_000;

const mermaid: Reporter = {
  name: 'mermaid',
  title: 'a sequence diagram in Mermaid',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin(look) {
    let diagram = new Diagram(look, MOST_ROWS);
    return (event) => {
      if (event.type === 'run-start') diagram = new Diagram(look, MOST_ROWS);
      diagram.add(event);
      return event.type === 'run-end' ? drawn(diagram) : '';
    };
  },
  document: (diagrams) => {
    const [first = '', ...more] = diagrams.filter((one) => one !== '');
    return more.length === 0 ? first : joined([first, ...more]);
  },
};
export default mermaid;

/** A line of a diagram as `drawn` writes it: what stands before its participants, they, and the rest. */
const LINE = /^( {2}(?:Note over )?)(p\d+)(?:(->>|,)(p\d+))?(:.*)$/s;

/**
 * A document of Mermaid is one diagram, so several runs share one: those of the same name are one participant, and a
 * note tells where a run begins.
 */
function joined(diagrams: readonly string[]): string {
  const numbers = new Map<string, string>();
  const runs = diagrams.map((diagram) => {
    const own = new Map<string, string>();
    for (const [, id = '', name = ''] of diagram.matchAll(/^ {2}participant (p\d+) as (.*)$/gm)) {
      numbers.set(name, numbers.get(name) ?? `p${numbers.size + 1}`);
      own.set(id, numbers.get(name) ?? id);
    }
    const renamed = (id: string): string => own.get(id) ?? id;
    const lines = diagram.split('\n').flatMap((line) => {
      const [whole, before, one, between, other, rest] = LINE.exec(line) ?? [];
      if (whole === undefined || one === undefined) return [];
      return [`${before}${renamed(one)}${other === undefined ? '' : `${between}${renamed(other)}`}${rest}`];
    });
    return { title: /^ {2}title (.*)$/m.exec(diagram)?.[1] ?? '', lines };
  });
  const all = numbers.size > 1 ? `p1,p${numbers.size}` : 'p1';
  const head = ['sequenceDiagram', ...[...numbers].map(([name, id]) => `  participant ${id} as ${name}`)];
  const rows = runs.flatMap(({ title, lines }) => [`  Note over ${all}: ▸▸ ${title}`, ...lines]);
  const kept = fitting(head, rows);
  const left = rows.length - kept.length;
  const end = left === 0 ? [] : [`  Note over ${all}: … ${left} more (the format markdown has a diagram of each run)`];
  return [...head, ...kept, ...end, ''].join('\n');
}

/** As many rows as renderers take. */
function fitting(head: readonly string[], rows: readonly string[]): readonly string[] {
  let size = head.join('\n').length;
  const long = rows.findIndex((row) => {
    size += row.length + 1;
    return size > MOST_CHARACTERS;
  });
  return rows.slice(0, Math.min(MOST_ROWS, long < 0 ? rows.length : long));
}

function drawn({ participants, rows, left, title }: Diagram): string {
  const names = new Map(participants.map(({ id }, index) => [id, `p${index + 1}`]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const ends = [...new Set([names.values().next().value, [...names.values()].at(-1)])].filter(Boolean).join(',');
  const wide = (text: string): string[] => (ends === '' ? [] : [`Note over ${ends}: ${escaped(text)}`]);
  const lineOf = (row: Row): string[] => {
    switch (row.kind) {
      case 'arrow':
        return [
          `${nameOf(row.from)}->>${nameOf(row.to)}: ${escaped(row.body === '' ? row.text : `${row.text} ${row.body}`)}`,
        ];
      case 'mark':
        return row.on === undefined ? wide(row.text) : [`Note over ${nameOf(row.on)}: ${escaped(row.text)}`];
      case 'check':
        return wide(`${row.tone === 'good' ? '✓' : '✗'} ${row.text}`);
      case 'step':
        return wide(row.text);
    }
  };
  return [
    'sequenceDiagram',
    ...(title === '' ? [] : [`  title ${escaped(title)}`]),
    ...participants.map(({ id, title: name }) => `  participant ${nameOf(id)} as ${escaped(name)}`),
    ...rows.flatMap(lineOf).map((line) => `  ${line}`),
    ...(left > 0 ? wide(`… ${left} more`).map((line) => `  ${line}`) : []),
    '',
  ].join('\n');
}

/** What would end a line or begin a comment stands as an entity. */
function escaped(text: string): string {
  return (
    text
      .replace(/[#;%<>]/g, (character) => `#${character.charCodeAt(0)};`)
      .replace(/ {2,}/g, ' ')
      .trim() || ' '
  );
}

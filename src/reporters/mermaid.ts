/** A sequence diagram in Mermaid's words, which Markdown pages and wikis draw (https://mermaid.js.org/syntax/sequenceDiagram). */
import { Diagram, type Row } from './diagram/rows.ts';
import { framesOf, type Reporter } from './reporter.ts';

/** Renderers give up on longer diagrams. */
const MOST_ROWS = 400;

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
};
export default mermaid;

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

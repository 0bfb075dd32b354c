/**
 * The public face as the types that ship tell it: every name that `msgplay` exports, with its documentation.
 * `npm run api` writes it to docs/api.md, and a test compares, so that a change of it is seen in review.
 */
import { readFileSync } from 'node:fs';
import { createJiti } from 'jiti';

/** What can be imported, and the file that says what there is. */
const ENTRIES = {
  msgplay: new URL('../../dist/src/index.d.ts', import.meta.url),
  'msgplay/test': new URL('../../dist/src/testing/index.d.ts', import.meta.url),
};

/** Every name that an entry exports, sorted, with its declaration and the comment above it. */
export function exported(entry) {
  const file = ENTRIES[entry];
  const index = readFileSync(file, 'utf8');
  const found = [];
  for (const [, onlyTypes, names, from] of index.matchAll(/^export (type )?\{([^}]*)\} from '([^']+)';/gms)) {
    const text = readFileSync(new URL(from.replace(/\.ts$/, '.d.ts'), file), 'utf8');
    for (const part of names.split(',')) {
      const name = part.trim().replace(/^type /, '');
      if (name === '') continue;
      const isType = onlyTypes !== undefined || part.trim().startsWith('type ');
      found.push({ name, isType, from: from.slice(2), ...declarationOf(name, text, from) });
    }
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function declarationOf(name, text, from) {
  const head = new RegExp(`^export (?:declare )?(?:abstract )?(type|interface|class|function|const) ${name}\\b`, 'm');
  const match = head.exec(text);
  if (!match) throw new Error(`${from} declares no ${name}`);
  const before = text.slice(0, match.index).trimEnd();
  const comment = before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : '';
  const rest = text.slice(match.index);
  return { kind: match[1], comment, declaration: rest.slice(0, endOf(rest, match[1])) };
}

/** Where a declaration ends: at its closing brace, or at the semicolon that stands in no bracket. */
function endOf(text, kind) {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 1;
    const char = text[at];
    if ('{([<'.includes(char)) depth += 1;
    else if ('})]'.includes(char) || (char === '>' && text[at - 1] !== '=')) depth -= 1;
    else if (char === ';' && depth === 0) return at + 1;
    if (depth === 0 && char === '}' && (kind === 'interface' || kind === 'class')) return at + 1;
  }
  throw new Error(`no end of ${text.slice(0, 60)}`);
}

/** All of it as a page. */
export async function page() {
  const { SERVICES } = await createJiti(import.meta.url).import('../../src/core/services.ts');
  const code = (entry) =>
    exported(entry)
      .map(({ comment, declaration }) => `${comment === '' ? '' : `${comment}\n`}${declaration}`)
      .join('\n\n');
  return `# The public face of msgplay

Written by \`npm run api\` from the types that ship. What stands here is what other programs may stand on; anything else
may change at any time. The services are ${SERVICES.map((name) => `\`${name}\``).join(', ')}. Examples that are run by the tests: [test/api/examples](../test/api/examples).

\`\`\`ts
${code('msgplay')}
\`\`\`

## msgplay/test

Servers for tests, and the story of what an application did with them: [testing.md](testing.md).

\`\`\`ts
${code('msgplay/test')}
\`\`\`
`;
}

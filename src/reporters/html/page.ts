/** Puts the page together: its style and its program, in one file that loads nothing and runs nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { STYLE } from './style.ts';

/** Compiled or not, the parts of the page's program lie beside this file; each uses those before it. */
const PARTS = [
  'words',
  'dom',
  'run',
  'state',
  'choice',
  'flow',
  'plots',
  'overview',
  'about',
  'controls',
  'sources',
  'main',
];

/** Of this kind are the elements that hold pieces of runs; no browser runs or shows them. */
const DATA = 'application/x-msgplay-pieces';

/** The parts as one module: what they import of each other is there already. */
function program(): string {
  const parts = PARTS.map((name) => readFileSync(new URL(`./program/${name}.js`, import.meta.url), 'utf8'));
  return parts.map((part) => part.replace(/^import [^;]*;\n/gm, '').replace(/^export /gm, '')).join('\n');
}

/** Where the page gets its runs from: it holds them itself, or asks the server that it came from. */
export type Source = 'itself' | 'server';

/** What stands before the data, and behind it. */
export interface Page {
  readonly before: string;
  readonly after: string;
  /** What a browser must hold it to, also where it comes with a header of its own. */
  readonly policy: string;
}

export function pageFor(source: Source): Page {
  const code = program();
  // Nothing but this program runs and nothing else is fetched, whatever stands in a message (https://www.w3.org/TR/CSP3/).
  const policy = [
    "default-src 'none'",
    `script-src '${hash(code)}'`,
    `style-src '${hash(STYLE)}'`,
    ...(source === 'server' ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const before = `<!doctype html>
<html lang="en" data-source="${source}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>msgplay</title>
<style>${STYLE}</style>
</head>
<body>
<noscript>This page needs JavaScript, which it brings along.</noscript>
`;
  return { before, after: `<script type="module">${code}</script>\n</body>\n</html>\n`, policy };
}

/**
 * Pieces of a run as an element of the page. They are packed, as they repeat themselves; and so nothing of a message can
 * end the element that it stands in.
 */
export function element(pieces: string): string {
  return `<script type="${DATA}">${gzipSync(pieces).toString('base64')}</script>\n`;
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

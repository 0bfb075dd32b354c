/** Puts the page together: its style, its program and the runs, in one file that loads nothing and runs nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { STYLE } from './style.ts';

/** Compiled or not, the program of the page lies beside this file. */
const PROGRAM = new URL('./program.js', import.meta.url);

/** `runs` are JSON, a run each. */
export function page(runs: readonly string[]): string {
  const program = readFileSync(PROGRAM, 'utf8');
  // Nothing but this program runs and nothing is fetched, whatever stands in a message (https://www.w3.org/TR/CSP3/).
  const policy = [
    "default-src 'none'",
    `script-src '${hash(program)}'`,
    `style-src '${hash(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>msgplay</title>
<style>${STYLE}</style>
</head>
<body>
<noscript>This page needs JavaScript, which it brings along.</noscript>
<script type="application/json" id="runs">[${runs.map(inert).join(',')}]</script>
<script type="module">${program}</script>
</body>
</html>
`;
}

/** JSON that can't end the element it stands in. */
function inert(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

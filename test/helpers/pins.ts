/**
 * Pins: what real servers have answered, in files that people read. A file begins with the server and its version,
 * then has a section for each script: `## title`, and the lines below it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

export interface Pins {
  /** The server and its version. */
  readonly server: string;
  readonly sections: ReadonlyMap<string, readonly string[]>;
}

const HEAD = /^# What (.+) answers\./;

/** The pins in a file. Undefined where there is none. */
export function readPins(file: URL): Pins | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const [head = '', ...lines] = text.split('\n');
  const server = HEAD.exec(head)?.[1];
  if (server === undefined) throw new Error(`${file.pathname} does not begin with the server that was asked`);
  const sections = new Map<string, string[]>();
  let section: string[] | undefined;
  for (const line of lines) {
    if (line.startsWith('## ')) {
      section = [];
      sections.set(line.slice(3), section);
    } else if (line !== '') section?.push(line);
  }
  return { server, sections };
}

export function writePins(file: URL, { server, sections }: Pins): void {
  const parts = [...sections].map(([title, lines]) => `## ${title}\n\n${lines.join('\n')}\n`);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, `# What ${server} answers. Written by \`npm run pin\`: do not edit.\n\n${parts.join('\n')}`);
}

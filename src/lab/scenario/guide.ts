/** What explains a scenario: a page of Markdown beside it, in each language. */
import type { Language } from '../../core/language.ts';

/** What `msgplay explain` tells. */
export interface Explanation {
  /** The idea in a few sentences, for somebody who never met it. */
  readonly idea: string;
  /** Who is connected to what, drawn with characters. */
  readonly picture: string;
  /** What to look for in the trace. */
  readonly look: readonly string[];
  /** Command lines, and what each of them shows. */
  readonly try: readonly { readonly command: string; readonly shows: string }[];
  /** Where it bites in production. */
  readonly production?: string;
  /** Pages of the standard or the manual behind it. */
  readonly read?: readonly { readonly title: string; readonly url: string }[];
}

/** A guide in one language. */
export interface Guide extends Explanation {
  /** A short sentence: what the scenario shows. */
  readonly title: string;
}

/** The headings of a guide, in the order in which they stand. */
export const GUIDE_HEADINGS: Record<Language, readonly [string, string, string, string, string]> = {
  en: ['Picture', 'What to look for', 'What to try', 'In production', 'To read'],
  ko: ['그림', '눈여겨볼 것', '해 볼 것', '실무에서는', '읽을거리'],
};

/**
 * Reads a guide: `# title`, the idea, then a section for each heading of its language. The picture is a fenced block,
 * what to look for a list, what to try a list of `` - `command`: what it shows ``, what to read a list of links.
 *
 * Throws an Error that names what is missing.
 */
export function readGuide(markdown: string, language: Language): Guide {
  const [head = '', ...sections] = markdown.replaceAll('\r\n', '\n').split(/^## /m);
  const title = /^# (.+)$/m.exec(head)?.[1];
  if (title === undefined) throw new Error('a guide begins with # and its title');
  const [picture, look, tries, production, read] = GUIDE_HEADINGS[language].map((heading) => {
    const section = sections.find((one) => one.startsWith(`${heading}\n`));
    if (section === undefined) throw new Error(`the guide has no section '## ${heading}'`);
    return section.slice(heading.length).trim();
  }) as [string, string, string, string, string];
  return {
    title,
    idea: head.replace(/^# .+$/m, '').trim(),
    picture: picture.replace(/^```.*\n|\n```$/g, ''),
    look: items(look),
    try: items(tries).map((item) => {
      const [, command = '', shows = ''] = /^`([^`]+)`: (.+)$/.exec(item) ?? [];
      if (command === '') throw new Error(`not \`command\`: what it shows: ${item}`);
      return { command, shows };
    }),
    production,
    read: items(read).map((item) => {
      const [, text = '', url = ''] = /^\[(.+)\]\((\S+)\)$/.exec(item) ?? [];
      if (url === '') throw new Error(`not [title](url): ${item}`);
      return { title: text, url };
    }),
  };
}

/** The items of a list; one that goes on in the next line is one line. */
function items(list: string): string[] {
  return list
    .split(/^- /m)
    .slice(1)
    .map((item) => item.trim().replace(/\s*\n\s*/g, ' '));
}

/** What the version of Node that runs this lacks, of what msgplay and its users' files can make use of. */
import module from 'node:module';
import { Script } from 'node:vm';

interface Lack {
  readonly what: string;
  /** The first version that has it. */
  readonly since: string;
  /** What it means for whoever has this one. */
  readonly means: string;
}

const FEATURES: readonly (Lack & { readonly isThere: () => boolean })[] = [
  {
    what: 'a compile cache',
    since: '22.1',
    means: 'every start takes longer',
    isThere: () => 'enableCompileCache' in module,
  },
  {
    what: 'TypeScript',
    since: '22.18',
    means: 'msgplay runs scenarios in it all the same, but node:test no tests',
    isThere: () => Boolean((process.features as { typescript?: unknown }).typescript),
  },
  {
    what: '`using`',
    since: '24',
    means: 'in JavaScript, close a lab of msgplay/test with lab.close()',
    isThere: () => canRead('{ using nothing = null; }'),
  },
];

export function lacks(): readonly Lack[] {
  return FEATURES.filter(({ isThere }) => !isThere());
}

function canRead(source: string): boolean {
  try {
    new Script(source);
    return true;
  } catch {
    return false;
  }
}

/** The pins of a group: each line of a script, and its reply below it. */
import { fileURLToPath } from 'node:url';
import type { Release } from '../../../../src/servers/releases.ts';
import { type Pins, readPins, writePins } from '../../../helpers/pins.ts';
import type { Contract } from './_contract.ts';
import type { Version } from './_play.ts';

const INDENT = '    ';

/** Where the pins of all groups are. */
export const PINNED = new URL('../pinned/', import.meta.url);

export function pinFile(group: string, version: Version): string {
  return `${group}.resp${version}.txt`;
}

export class PinnedGroup {
  readonly #file: URL;
  readonly #sections: Map<string, readonly string[]>;
  readonly server: string | undefined;

  constructor(release: Release, group: string, version: Version) {
    this.#file = new URL(`${release.name}/${pinFile(group, version)}`, PINNED);
    const pins: Pins | undefined = readPins(this.#file);
    this.server = pins?.server;
    this.#sections = new Map(pins?.sections);
  }

  get path(): string {
    return fileURLToPath(this.#file);
  }

  get titles(): string[] {
    return [...this.#sections.keys()];
  }

  /** The pinned reply of each line. Throws where the pins are of another script. */
  replies({ title, lines }: Contract): (string | undefined)[] {
    const replies: (string | undefined)[] = [];
    const pinned: string[] = [];
    for (const line of this.#sections.get(title) ?? []) {
      if (line.startsWith(INDENT)) replies[pinned.length - 1] = line.slice(INDENT.length);
      else {
        pinned.push(line);
        replies.push(undefined);
      }
    }
    if (pinned.join('\n') !== lines.map(({ text }) => text).join('\n')) {
      throw new Error(`the script "${title}" is not the one that is pinned: npm run pin asks redis-server anew`);
    }
    return replies;
  }

  set({ title, lines }: Contract, replies: readonly (string | undefined)[]): void {
    const pinned = lines.flatMap(({ text }, i) => (replies[i] === undefined ? [text] : [text, INDENT + replies[i]]));
    this.#sections.set(title, pinned);
  }

  /** Writes the file anew, with the sections of these contracts in their order. */
  write(server: string, contracts: readonly Contract[]): void {
    const sections = new Map(contracts.map(({ title }) => [title, this.#sections.get(title) ?? []]));
    writePins(this.#file, { server, sections });
  }
}

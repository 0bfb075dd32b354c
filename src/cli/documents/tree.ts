/** What a document says, with the place of every part: for messages that lead to it. */
import { UsageError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';

export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly type: 'map';
  /** Such as `talk.yml:12:5`. */
  readonly at: string;
  readonly entries: readonly Entry[];
}

export interface ListTree {
  readonly type: 'list';
  readonly at: string;
  readonly items: readonly Tree[];
}

export interface ScalarTree {
  readonly type: 'scalar';
  readonly at: string;
  readonly value: string | number | boolean | null;
}

export interface Entry {
  readonly key: string;
  readonly keyAt: string;
  readonly value: Tree;
}

/** More than anybody writes, and less than aliases can make of a few lines. */
const MOST_PARTS = 5_000;
const MOST_DEPTH = 40;

/** What the library says to programmers, as whoever wrote the file needs it. */
const OURS: readonly (readonly [RegExp, string])[] = [
  [/multiple documents/, "A second document begins here: leave out the '---' before it"],
  [/call stack/, 'Lists and maps are in each other too deeply here'],
];

/** Reads YAML 1.2, and so JSON. Throws a UsageError that names the line and column of what is wrong. */
export async function treeOfYaml(text: string, file: string): Promise<Tree> {
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line || 1}:${col || 1}`;
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) {
    const told = OURS.find(([theirs]) => theirs.test(wrong.message))?.[1] ?? printable(wrong.message);
    throw new UsageError(`${place(wrong.pos[0])}: ${told}.`.replace(/\.\.$/, '.'));
  }
  if (document.contents === null) throw new UsageError(`${file}:1:1: The file is empty.`);

  let parts = 0;
  const treeOf = (node: unknown, at: string, depth: number): Tree => {
    if (++parts > MOST_PARTS || depth > MOST_DEPTH) {
      throw new UsageError(`${at}: There is too much in this file.`, { hint: 'Use fewer aliases (*name) in it.' });
    }
    if (isAlias(node)) {
      const meant = node.resolve(document);
      if (!meant)
        throw new UsageError(
          `${at}: *${printable(node.source)} stands for nothing: there is no &${printable(node.source)}.`,
        );
      return treeOf(meant, at, depth + 1);
    }
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => {
        const keyAt = isScalar(key) && key.range ? place(key.range[0]) : at;
        return {
          key: isScalar(key) ? String(key.value) : String(key),
          keyAt,
          value: treeOf(value, of(value) ?? keyAt, depth + 1),
        };
      });
      return { type: 'map', at, entries };
    }
    if (isSeq(node)) return { type: 'list', at, items: node.items.map((one) => treeOf(one, of(one) ?? at, depth + 1)) };
    return scalar(isScalar(node) ? node.value : node, at);
  };
  const of = (node: unknown): string | undefined => {
    const range = (node as { range?: readonly number[] | null } | null)?.range;
    return range?.[0] === undefined ? undefined : place(range[0]);
  };
  return treeOf(document.contents, of(document.contents) ?? place(0), 0);
}

/** The same of a value that a program made: places are paths, such as `msgplay.config.ts: profiles.staging`. */
export function treeOfValue(value: unknown, file: string, path = ''): Tree {
  const at = path === '' ? file : `${file}: ${path}`;
  if (path.split('.').length > MOST_DEPTH) throw new UsageError(`${file}: This is too deep.`);
  if (Array.isArray(value)) {
    return { type: 'list', at, items: value.map((one, index) => treeOfValue(one, file, join(path, String(index)))) };
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => {
        const inside = join(path, key);
        return { key, keyAt: `${file}: ${inside}`, value: treeOfValue(one, file, inside) };
      });
    return { type: 'map', at, entries };
  }
  return scalar(value, at);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function scalar(value: unknown, at: string): ScalarTree {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
    return { type: 'scalar', at, value: value as ScalarTree['value'] };
  }
  throw new UsageError(`${at}: This can't stand here: only texts, numbers, true, false, lists and maps can.`);
}

/** The runs of a demo, made ready before anything is said: so every mistake is told before the curtain rises. */
import { dirname, join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import type { OptionSpecs, RawOptions } from '../../lab/scenario/options.ts';
import { type BackendChoice, backendNames } from '../../lab/servers/provision.ts';
import { isFile } from '../_files.ts';
import { mistake } from '../documents/shape.ts';
import type { Entry } from '../documents/tree.ts';
import { type BackendFlags, backendChoice, splitVersion } from '../flags/backend-flags.ts';
import type { Cast } from '../output/cast.ts';
import type { Play } from '../running/play.ts';
import { keyOf } from './completions.ts';
import type { RunStep } from './demo.ts';

export interface Part {
  readonly step: RunStep;
  readonly play: Play;
  readonly backends: BackendChoice;
}

/** Throws a UsageError at the place in the demo where something can't be meant. */
export async function castPart(step: RunStep, file: string, cast: Cast, flags: BackendFlags): Promise<Part> {
  const { at, value } = step.run;
  const word = isFile(value) ? join(dirname(file), value) : value;
  const { options: specs } = await placing(at, () => cast.declaration(word));
  const raw = readRaw(step.options ?? [], specs, value);
  const play = await placing(step.options?.[0]?.keyAt ?? at, () => cast.play(word, raw));
  return { step, play, backends: await placing(step.backend?.at ?? at, () => backendsOf(step, flags)) };
}

/** The step's own wish comes before what the command line says for all. */
async function backendsOf({ backend }: RunStep, flags: BackendFlags): Promise<BackendChoice> {
  if (backend === undefined) return backendChoice(flags);
  const { value } = backend;
  for (const word of typeof value === 'string' ? [value] : Object.values(value)) await assertBackend(word);
  const words = typeof value === 'string' ? [value] : Object.entries(value).map((pair) => pair.join('='));
  // Where a step says it for all of its servers, no URL from elsewhere comes before that.
  if (typeof value === 'string' && value !== 'url') return backendChoice({ backend: words });
  return backendChoice({ ...flags, backend: [...(flags.backend ?? []), ...words] });
}

/** A demo compares what it expects, so it names one at a time. */
async function assertBackend(word: string): Promise<void> {
  const [name] = splitVersion(word, 'backend');
  const known = await backendNames();
  if (known.includes(name)) return;
  throw new UsageError(`There is no backend '${name}'.`, {
    hint: didYouMean(name, known) ?? `There are ${known.join(', ')}.`,
  });
}

function readRaw(entries: readonly Entry[], specs: OptionSpecs, scenario: string): RawOptions {
  const names = new Map(Object.keys(specs).map((name) => [keyOf(name), name]));
  return Object.fromEntries(
    entries.map(({ key, keyAt, value: { at, ...tree } }) => {
      const name = names.get(key);
      const spec = name === undefined ? undefined : specs[name];
      if (name === undefined || !spec) {
        const known = [...names.keys()];
        const all = known.length > 0 ? `It has ${known.join(', ')}.` : 'It has none.';
        throw mistake(keyAt, `${scenario} has no option '${key}'.`, didYouMean(key, known) ?? all);
      }
      if (spec.type === 'flag') {
        if (tree.type === 'scalar' && typeof tree.value === 'boolean') return [name, tree.value || undefined];
        throw mistake(at, `${key} takes true or false.`);
      }
      if (tree.type === 'scalar' && tree.value !== null && typeof tree.value !== 'boolean')
        return [name, String(tree.value)];
      throw mistake(at, `${key} takes ${spec.type === 'text' || spec.type === 'choice' ? 'a text' : 'a number'}.`);
    }),
  );
}

/** Says where in the demo it is that something is wrong with. */
async function placing<Value>(at: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof UsageError) throw mistake(at, error.message, error.hint);
    throw error;
  }
}

/** What a project settles once for every command line: the shape of its file, and where that lies. */
import { relative } from 'node:path';
import { messageOf, UsageError } from '../../core/errors.ts';
import { LANGUAGES } from '../../core/language.ts';
import { SERVICES } from '../../core/services.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { LAYERS } from '../../reporters/reporter.ts';
import { readText } from '../documents/file.ts';
import {
  choice,
  described,
  mapOf,
  mistake,
  number,
  object,
  type Schema,
  scalarOrMap,
  text,
  type ValueOf,
} from '../documents/shape.ts';
import { type Tree, treeOfValue, treeOfYaml } from '../documents/tree.ts';
import { PACKAGE, packageIn, settingsFile } from './place.ts';

/** The version of the file's form; it grows when an older msgplay could misunderstand a newer file. */
const VERSION = 1;

const fields = {
  backend: described(
    scalarOrMap(text, mapOf(text, SERVICES)),
    'where servers come from, as --backend names it; or one for each service',
  ),
  urls: described(mapOf(text, SERVICES), 'your own servers'),
  lang: described(choice(LANGUAGES), 'the language'),
  layer: described(choice(LAYERS), 'how near to look'),
  format: described(text, 'how runs are shown, or a file of yours'),
  seed: described(number({ min: 0, max: 2 ** 31, whole: true }), 'the same seed makes the same random choices'),
  timeout: described(number({ min: 0.1, max: 86_400, whole: false }), 'the longest one run may take, in seconds'),
};
const profile = object({}, fields);
const file = object(
  {},
  {
    $schema: text,
    version: described(number({ min: 1, max: VERSION, whole: true }), 'the version of this form'),
    ...fields,
    profiles: described(mapOf(profile), 'settings under a name, for --profile'),
  },
);

export type Values = ValueOf<typeof profile>;

export const SETTINGS_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Settings of msgplay',
  ...file.schema,
};

/** What the file says, and where: a profile's goes before what stands outside. */
export interface Settings {
  readonly base: Values;
  readonly baseIn: string;
  readonly profile: Values;
  readonly profileIn: string;
}

const NONE: Settings = { base: {}, baseIn: '', profile: {}, profileIn: '' };

/** Throws a UsageError for a file that can't be meant, and for a profile that there is not. */
export async function readSettingsFile(name: string | undefined): Promise<Settings> {
  const path = settingsFile();
  if (path === undefined) {
    if (name === undefined) return NONE;
    throw new UsageError(`There is no profile '${name}': there are no settings here.`, {
      hint: `Profiles stand in msgplay.config.json, or in package.json under "msgplay".`,
    });
  }
  const shown = relative(process.cwd(), path) || path;
  const tree = await treeIn(path, shown);
  assertVersion(tree, shown);
  const { profiles = {}, version: _version, $schema: _schema, ...base } = file.read(tree, 'the config');
  if (name === undefined) return { base, baseIn: shown, profile: {}, profileIn: '' };
  const names = Object.keys(profiles);
  const chosen = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!chosen) {
    const all = names.length > 0 ? `There are ${names.join(', ')}.` : 'It has none.';
    throw new UsageError(`There is no profile '${name}' in ${shown}.`, { hint: didYouMean(name, names) ?? all });
  }
  return { base, baseIn: shown, profile: chosen, profileIn: `${shown}, profile ${name}` };
}

async function treeIn(path: string, shown: string): Promise<Tree> {
  if (path.endsWith(PACKAGE)) return treeOfValue(packageIn(path).msgplay, shown, 'msgplay');
  if (path.endsWith('.json')) {
    const content = await readText(path);
    return treeOfYaml(content, shown);
  }
  const { loadModule } = await import('../../lab/scenario/load-module.ts');
  const value = await loadModule(path).catch((error: unknown) => {
    throw new UsageError(`${shown} can't be loaded: ${messageOf(error)}`, { cause: error });
  });
  return treeOfValue(value, shown);
}

function assertVersion(tree: Tree, shown: string): void {
  const found = tree.type === 'map' ? tree.entries.find(({ key }) => key === 'version')?.value : undefined;
  if (found?.type !== 'scalar' || typeof found.value !== 'number' || found.value <= VERSION) return;
  throw mistake(
    found.at === shown ? shown : found.at,
    `These settings are of version ${found.value}, and this msgplay reads version ${VERSION}.`,
    'A newer msgplay reads them: npm install msgplay@latest',
  );
}

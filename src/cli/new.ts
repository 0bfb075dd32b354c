/** `msgplay new`: writes a small scenario that works, and a test beside it. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { reasonOf, UsageError } from '../core/errors.ts';
import { scenarioNames } from '../lab/scenario/course.ts';
import { command, parse } from './_command.ts';
import { print } from './output/output.ts';
import { OWN_FOLDER } from './own/folder.ts';
import { type Kind, type Runner, scenarioText, testText } from './own/templates.ts';

export async function newScenario(args: readonly string[]): Promise<number> {
  const parser = command('new', `Writes a small scenario that works into ./${OWN_FOLDER}/, and a test beside it.`);
  parser
    .argument('<name>', 'what it is called: small letters, digits and dashes')
    .option('--ts', 'in TypeScript (default where the folder has it)')
    .option('--js', 'in JavaScript (default elsewhere)')
    .addHelpText('after', '\nExample:\n  msgplay new hello');
  const parsed = parse(parser, args);
  const { ts, js } = parsed.opts<{ ts?: true; js?: true }>();
  if (ts && js) throw new UsageError('--ts or --js: a scenario is one file.');
  const [name = ''] = parsed.args;
  await assertName(name);
  const project = look();
  const files = filesOf(name, ts ? 'ts' : js ? 'js' : project.kind, project);
  write(name, files);
  print(toText(name, files, project));
  return 0;
}

/** What the folder tells by what is in it. */
interface Project {
  readonly kind: Kind;
  readonly runner: Runner;
  /** Its `.js` files are modules. */
  readonly isModule: boolean;
  readonly hasMsgplay: boolean;
}

function look(): Project {
  const { type, dependencies, devDependencies } = readPackage();
  const installed = { ...dependencies, ...devDependencies };
  const has = (...names: string[]): boolean => names.some((one) => existsSync(one));
  const isIn = (name: string): boolean => Object.hasOwn(installed, name);
  return {
    kind: has('tsconfig.json') || isIn('typescript') ? 'ts' : 'js',
    runner:
      isIn('vitest') || has('vitest.config.ts', 'vitest.config.js', 'vitest.config.mts', 'vitest.config.mjs')
        ? 'vitest'
        : 'node',
    isModule: type === 'module',
    hasMsgplay: canImport('msgplay'),
  };
}

interface Package {
  readonly type?: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

/** One that can't be read says nothing. */
function readPackage(): Package {
  try {
    return JSON.parse(readFileSync('package.json', 'utf8')) ?? {};
  } catch {
    return {};
  }
}

function canImport(name: string): boolean {
  try {
    createRequire(resolve('msgplay.js')).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** Names of devices, which Windows takes for no files. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/;
const MOST_LETTERS = 60;

async function assertName(name: string): Promise<void> {
  const bare = name.replace(/\.[cm]?[jt]s$/, '');
  if (bare !== name) {
    const kind = /ts$/.test(name) ? '--ts' : '--js';
    throw new UsageError(`A name has no ending: '${name}'.`, { hint: `Try: msgplay new ${bare} ${kind}` });
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > MOST_LETTERS || DEVICES.test(name)) {
    const likely = name
      .replace(/([a-z])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[-\d]+|-+$/g, '');
    throw new UsageError(
      `'${name}' can't be the name of a scenario: it has small letters, digits and single dashes, begins with a letter, and is a file's name.`,
      {
        hint:
          likely === '' || likely === name || likely.length > MOST_LETTERS
            ? 'For example: msgplay new hello'
            : `Try: msgplay new ${likely}`,
      },
    );
  }
  if ((await scenarioNames()).includes(name)) {
    throw new UsageError(`msgplay has a scenario '${name}' already: by that name it would be run, not yours.`, {
      hint: `Try: msgplay new my-${name}`,
    });
  }
}

interface Files {
  readonly scenario: string;
  readonly test: string;
  readonly kind: Kind;
  readonly runner: Runner;
}

function filesOf(name: string, kind: Kind, { runner, isModule }: Project): Files {
  const js = isModule ? 'js' : 'mjs';
  // Node 20 runs no TypeScript by itself; Vitest does.
  const test = kind === 'ts' && runner === 'vitest' ? 'ts' : js;
  return { scenario: `${name}.${kind === 'ts' ? 'ts' : js}`, test: `${name}.test.${test}`, kind, runner };
}

/** Writes both files, or none. */
function write(name: string, { scenario, test, kind, runner }: Files): void {
  const taken = ['ts', 'mts', 'js', 'mjs']
    .map((ending) => join(OWN_FOLDER, `${name}.${ending}`))
    .find((file) => existsSync(file));
  if (taken !== undefined) throw exists(taken);
  const written: string[] = [];
  try {
    mkdirSync(OWN_FOLDER, { recursive: true });
    for (const [file, content] of [
      [scenario, scenarioText(name, kind)],
      [test, testText(name, scenario, runner, kind)],
    ] as const) {
      const path = join(OWN_FOLDER, file);
      const opened = openSync(path, 'wx');
      written.push(path);
      try {
        writeFileSync(opened, content);
      } finally {
        closeSync(opened);
      }
    }
  } catch (error) {
    for (const file of written) rmSync(file);
    const { code, path = OWN_FOLDER } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'EEXIST' && path !== OWN_FOLDER) throw exists(path);
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new UsageError(`./${OWN_FOLDER} is a file: scenarios lie in a folder of that name.`, { cause: error });
    }
    throw new UsageError(`./${OWN_FOLDER} can't be written: ${reasonOf(error)}.`, { cause: error });
  }
}

function exists(file: string): UsageError {
  return new UsageError(`There is a ${file} already; it stays as it is.`, {
    hint: 'Choose another name, or remove it.',
  });
}

function toText(name: string, { scenario, test, runner }: Files, { hasMsgplay }: Project): string {
  const path = (file: string): string => join(OWN_FOLDER, file);
  const run = runner === 'vitest' ? `npx vitest run ${path(test)}` : `node --test ${path(test)}`;
  const install = hasMsgplay
    ? []
    : ['  npm install --save-dev msgplay           for the test, and for types in an editor'];
  const lines = [
    `Wrote ${path(scenario)} and ${path(test)}.`,
    '',
    'Next:',
    `  ${`msgplay run ${name}`.padEnd(40)} run it`,
    `  ${`msgplay run ${name} --watch`.padEnd(40)} again each time that you save it`,
    ...install,
    `  ${run.padEnd(40)} test it`,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Makes few files of many: to find and to read a file takes longer than what most of them do. What is loaded together
 * becomes a chunk; extensions, which are found by listing their directory, stay files of their own.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';

/** What is imported from outside, and the build's own step. */
const DOORS = [
  'src/index.ts',
  'src/testing/index.ts',
  'src/testing/jest.ts',
  'src/testing/node.ts',
  'src/testing/vitest.ts',
  'src/cli/main.ts',
  'src/cli/written/written.ts',
  'src/core/private-directory.ts',
];
/** What runs on a thread or in a process of its own is started by its path. */
const STARTED = /new URL\('(\.[^']*)\.js', import\.meta\.url\)/g;
/** Directories of extensions: a file each, or a folder each with its index. */
const FILES = ['src/backends', 'src/reporters', 'src/services', 'src/story/tales'];
const FOLDERS = ['src/protocols', 'src/servers'];
/** Found where they are installed: what loads itself file by file, what few runs need or is theirs, what is not needed. */
const LEFT_OUT = ['fengari', 'inquirer', 'jiti', 'rxjs', 'vitest', 'bufferutil', 'utf-8-validate'];
/** What these import, and none before them, becomes one chunk each: so the quickest commands come first. */
const TOGETHER = {
  base: ['src/cli/main.ts', 'src/cli/list.ts'],
  explain: ['src/cli/_help.ts', 'src/cli/explain.ts'],
  options: ['src/cli/_command.ts'],
  run: ['src/cli/run.ts'],
};
/** Stands for the way from a chunk to the root of the build. */
const UP = '@@up@@';

const posix = (path) => path.split(sep).join('/');

function started(root) {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return sources.flatMap((file) => {
    const found = readFileSync(join(root, 'src', file), 'utf8').matchAll(STARTED);
    const modules = [...found].map(([, path]) => posix(join('src', dirname(file), `${path}.ts`)));
    return modules.filter((module) => existsSync(join(root, module)));
  });
}

function entries(root) {
  const list = (folder) => readdirSync(join(root, folder), { withFileTypes: true });
  const folders = (folder) => list(folder).filter((entry) => entry.isDirectory());
  const files = (folder) =>
    list(folder)
      .filter(({ name }) => /^[^_].*(?<!\.d)\.ts$/.test(name))
      .map(({ name }) => `${folder}/${name}`);
  const all = [
    ...DOORS,
    ...started(root),
    ...FILES.flatMap(files),
    ...FOLDERS.flatMap((folder) => folders(folder).map(({ name }) => `${folder}/${name}/index.ts`)),
    ...folders('scenarios').flatMap(({ name }) => files(`scenarios/${name}`)),
  ];
  return Object.fromEntries(all.map((file) => [file.replace(/\.ts$/, ''), join(root, file)]));
}

/** A module that looks for something beside itself finds it, whichever chunk it became part of. */
function placed(root) {
  return {
    name: 'placed',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('import.meta.url')) return undefined;
      const place = posix(relative(root, id)).replace(/\.ts$/, '.js');
      return { code: code.replaceAll('import.meta.url', `new URL('${UP}/${place}', import.meta.url).href`), map: null };
    },
    renderChunk(code, { fileName }) {
      const up = posix(relative(dirname(fileName), '')) || '.';
      return code.includes(UP) ? { code: code.replaceAll(UP, up), map: null } : undefined;
    },
  };
}

/**
 * Importing `node:process` by its name reads all of its properties, stdin among them, which takes longer than most of
 * what follows.
 */
const quickProcess = {
  name: 'quick-process',
  resolveId: (id, _importer, { kind }) =>
    id === 'node:process' && kind === 'import-statement' ? '\0process' : undefined,
  load: (id) => (id === '\0process' ? 'export default globalThis.process;' : undefined),
};

/** A group for modules and all that they import at once; it is asked for its members when the graph is known. */
function groupOf(name, modules) {
  let members;
  const add = (id, graph) => {
    if (members.has(id)) return;
    members.add(id);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) add(imported, graph);
  };
  return {
    name: (id, graph) => {
      if (!members) {
        members = new Set();
        for (const module of modules) add(module, graph);
      }
      return members.has(id) ? name : null;
    },
    debugName: name,
  };
}

/** Bundles the sources below a root into a folder, and resolves with what has to be said of the libraries in it. */
export async function bundle(root, folder) {
  const build = await rolldown({
    input: entries(root),
    platform: 'node',
    external: [/^node:(?!process$)/, ...LEFT_OUT],
    resolve: { alias: { 'msgplay/test': join(root, 'src/testing/index.ts'), msgplay: join(root, 'src/index.ts') } },
    checks: { ineffectiveDynamicImport: false },
    // What is not there now is not there later: a build without it would be one that fails when it is used.
    onLog(level, log, told) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      told(level, log);
    },
    plugins: [placed(root), quickProcess],
  });
  const { output } = await build.write({
    dir: folder,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    // A msgplay that runs while this one is built finds what it looks for as long as nobody renamed it.
    minifyInternalExports: false,
    comments: false,
    codeSplitting: {
      groups: Object.entries(TOGETHER).map(([name, files]) =>
        groupOf(
          name,
          files.map((file) => join(root, file)),
        ),
      ),
    },
  });
  await build.close();
  for (const chunk of output) if (isForeign(chunk)) tighten(join(folder, chunk.fileName));
  return licences(output.flatMap((chunk) => Object.keys(chunk.modules ?? {})));
}

/** A chunk in which nothing is of this project. */
function isForeign({ modules = {} }) {
  const ids = Object.keys(modules);
  return ids.length > 0 && ids.every((id) => id.includes('node_modules'));
}

/**
 * Makes code short that nobody reads: that of others, and what goes along with every page. What stands at the top of it
 * keeps its name, and so do functions: a stack that leads there tells them.
 */
export function tighten(file, { keepsLines = false } = {}) {
  const keeping = {
    module: true,
    compress: false,
    mangle: { toplevel: false, keepNames: true },
    codegen: { removeWhitespace: !keepsLines },
  };
  const { code, errors } = minifySync(file, readFileSync(file, 'utf8'), keeping);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  writeFileSync(file, code);
}

/** Each library with its licence, which has to go with every copy of it. */
function licences(modules) {
  const homes = new Set(modules.map((id) => /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0]));
  const texts = [...homes].filter(Boolean).map((home) => {
    const { name, version, license } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    const file = readdirSync(home).find((one) => /^licen[cs]e/i.test(one));
    const text = file && existsSync(join(home, file)) ? readFileSync(join(home, file), 'utf8').trim() : license;
    return `${name} ${version}\n\n${text}\n`;
  });
  return texts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}

/** `msgplay schema`: the JSON Schemas of what msgplay writes and reads. */
import { mkdir, writeFile } from 'node:fs/promises';
import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/text/suggest.ts';
import { command, parse } from './_command.ts';
import { print } from './output/output.ts';

const SCHEMAS: { readonly [name: string]: () => Promise<object> } = {
  trace: async () => (await import('../core/trace/schema.ts')).TRACE_SCHEMA,
  config: async () => (await import('./settings/settings.ts')).SETTINGS_SCHEMA,
  demo: async () => (await import('./demo/completions.ts')).demoSchemaOfAll(),
};

export function schemaNames(): string[] {
  return Object.keys(SCHEMAS);
}

/** A step of the build: editors read schemas from files. */
export async function writeSchemas(folder: URL): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, load] of Object.entries(SCHEMAS)) {
    // No person reads them there, and what is packed has a limit.
    await writeFile(new URL(`${name}.json`, folder), JSON.stringify(await load()));
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export async function schema(args: readonly string[]): Promise<number> {
  const names = schemaNames();
  const parser = command('schema', 'Prints the JSON Schema of a file that msgplay writes or reads.');
  parser.argument('[file]', `${names.join(' or ')} (default: trace)`);
  parser.addHelpText('after', '\nExample:\n  msgplay schema trace > trace.schema.json');
  const [name = 'trace'] = parse(parser, args).args;
  const load = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (!load) {
    throw new UsageError(`There is no schema '${name}'.`, {
      hint: didYouMean(name, names) ?? `There is ${names.join(', ')}.`,
    });
  }
  print(json(await load()));
  return 0;
}

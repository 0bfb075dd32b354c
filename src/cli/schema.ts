/** `msgplay schema`: the JSON Schemas of what msgplay writes and reads. */
import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { command, parse } from './_command.ts';
import { print } from './_output.ts';

const SCHEMAS: { readonly [name: string]: () => Promise<object> } = {
  trace: async () => (await import('../core/trace-schema.ts')).TRACE_SCHEMA,
};

export async function schema(args: readonly string[]): Promise<number> {
  const names = Object.keys(SCHEMAS);
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
  print(`${JSON.stringify(await load(), null, 2)}\n`);
  return 0;
}

/** `msgplay diff`: compares two saved runs, peer by peer. */
import { UsageError } from '../core/errors.ts';
import { TRACE_FORMAT } from '../core/version.ts';
import { command, parse } from './_command.ts';
import { addLanguageFlag, readLanguage } from './flags/language.ts';
import { difference, type Side } from './output/difference.ts';
import { print } from './output/output.ts';
import { eventsOf, newerThan } from './running/saved.ts';

export async function diff(args: readonly string[]): Promise<number> {
  const parser = command('diff', 'Compares two runs that were saved with --report ndjson=run.ndjson, peer by peer.');
  parser.argument('[a.ndjson]', 'a saved run').argument('[b.ndjson]', 'another');
  addLanguageFlag(parser);
  parser.addHelpText(
    'after',
    `
Times, generated names, tags and ports are not compared. Exit codes: 0 they say the same · 1 they differ · 2 usage, or a
file that can't be read

Example:
  msgplay diff a.ndjson b.ndjson`,
  );
  const parsed = parse(parser, args);
  const language = readLanguage(parsed.opts<{ lang?: string }>().lang);
  const [one, other] = parsed.args;
  if (one === undefined || other === undefined) {
    throw new UsageError('Which two runs?', { hint: 'Save each first: msgplay run pubsub --report ndjson=a.ndjson' });
  }
  const { isEqual, text } = await difference(sideOf(one), sideOf(other), language);
  print(`${text}\n`);
  return isEqual ? 0 : 1;
}

function sideOf(file: string): Side {
  return { name: file, events: () => whole(file) };
}

/** Half a run can't be compared: what is missing may be equal, or not. */
async function* whole(file: string): ReturnType<typeof eventsOf> {
  let last: string | undefined;
  for await (const event of eventsOf(file)) {
    last = event.type;
    if (event.type === 'run-start' && event.format > TRACE_FORMAT) throw newerThan(file, event.format);
    yield event;
  }
  if (last === undefined) throw new UsageError(`${file} holds no run.`);
  if (last !== 'run-end') throw new UsageError(`${file} ends in the middle of a run: it was cut off.`);
}

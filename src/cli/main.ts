/** The command line: finds the command, and turns whatever it throws into a message and an exit code. */
import { MsgplayError, UsageError } from '../core/errors.ts';
import { version } from '../core/version.ts';
import { flush, print, remark } from './_output.ts';
import { isInteractive } from './_terminal.ts';
import { hearUncaught } from './_uncaught.ts';

/** Runs one command line and resolves with its exit code; nothing is thrown. */
export async function main(argv: readonly string[]): Promise<number> {
  const stopListening = hearUncaught((error) => {
    process.exitCode = report(error);
  });
  const exitCode = await dispatch(argv).catch(async (error: unknown) => report(await understood(error)));
  const flushed = await flush().then(() => 0, report);
  stopListening();
  return exitCode || flushed;
}

/** What a command's parser found wrong, in our words; undefined for help, which comes as an error, too. */
async function understood(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && error.name === 'CommanderError')) return error;
  if ((error as Error & { exitCode: number }).exitCode === 0) return undefined;
  return (await import('./_command.ts')).usageError(error.message);
}

/** Why a line's first word is no command. */
async function unknown(word: string): Promise<UsageError> {
  const [{ didYouMean }, { isFile }, { scenarioNames }] = await Promise.all([
    import('../core/suggest.ts'),
    import('./_files.ts'),
    import('../lab/course.ts'),
  ]);
  if (word.startsWith('-')) return new UsageError(`Unknown option '${word}'.`);
  if (isFile(word) || (await scenarioNames()).includes(word)) {
    return new UsageError(`There is no command '${word}', but there is a scenario.`, {
      hint: `Did you mean: msgplay run ${word}`,
    });
  }
  return new UsageError(`Unknown command '${word}'.`, {
    hint: didYouMean(word, Object.keys(COMMANDS)),
  });
}

interface LazyCommand {
  readonly usage: string;
  readonly about: string;
  /** Each command loads when it is used, and parses its own arguments. */
  readonly load: () => Promise<Handler>;
}

const COMMANDS: { readonly [name: string]: LazyCommand } = {
  list: {
    usage: '[--json]',
    about: 'list the scenarios',
    load: async () => (await import('./list.ts')).list,
  },
  run: {
    usage: '<scenario|file>... [options]',
    about: 'run scenarios and print their trace',
    load: async () => (await import('./run.ts')).runCommand,
  },
  replay: {
    usage: '<run.ndjson> [options]',
    about: 'show a saved run again',
    load: async () => (await import('./replay.ts')).replay,
  },
  diff: {
    usage: '<a.ndjson> <b.ndjson>',
    about: 'compare two saved runs, peer by peer',
    load: async () => (await import('./diff.ts')).diff,
  },
  next: {
    usage: '[options]',
    about: 'run the next lesson of the course',
    load: async () => (await import('./next.ts')).next,
  },
  explain: {
    usage: '<scenario|word>',
    about: 'the idea, a picture, what to look for, what to try; or what a word means',
    load: async () => (await import('./explain.ts')).explain,
  },
  up: {
    usage: '[service...] [options]',
    about: 'start servers and keep them until Ctrl-C',
    load: async () => (await import('./up.ts')).up,
  },
  schema: {
    usage: '[trace]',
    about: 'the JSON Schema of a saved run',
    load: async () => (await import('./schema.ts')).schema,
  },
  clean: {
    usage: '<url>... [options]',
    about: 'list and remove what killed runs left on servers',
    load: async () => (await import('./clean.ts')).clean,
  },
  doctor: {
    usage: '[--json]',
    about: 'what can be used here, and how',
    load: async () => (await import('./doctor.ts')).doctor,
  },
};

/** Each command knows its own help best, so `help run` is `run --help`. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const [first, command, ...rest] = argv;
  if (first !== 'help') return argv;
  if (command === undefined) return ['--help'];
  return Object.hasOwn(COMMANDS, command) ? [command, '--help'] : [command, ...rest];
}

/** Every command parses its own arguments, so that none waits for what another needs. */
async function dispatch(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 && isInteractive()) return (await import('./picker.ts')).pick();
  const [word = '--help', ...args] = wordsOf(argv);
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command) return (await command.load())(args);
  if (['-h', '--help'].includes(word)) print((await import('./_help.ts')).help(COMMANDS));
  else if (['-V', '--version'].includes(word)) print(`${version()}\n`);
  else throw await unknown(word);
  return 0;
}

type Handler = (args: readonly string[]) => Promise<number>;

function report(error: unknown): number {
  if (error === undefined) return 0;
  if (error instanceof MsgplayError) {
    const hint = error.hint === undefined ? '' : `\n${error.hint}`;
    remark(`msgplay: ${error.message}${hint}`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  remark(`msgplay: this is a bug in msgplay, please report it.\n${stack}`);
  return 70;
}

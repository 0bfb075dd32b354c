/** The command line: finds the command, and turns whatever it throws into a message and an exit code. */

import { Command, CommanderError } from 'commander';
import { MsgplayError, UsageError } from '../core/errors.ts';
import { version } from '../core/version.ts';
import { usageError } from './_command.ts';
import { flush, print, remark } from './_output.ts';
import { isInteractive } from './_terminal.ts';
import { hearUncaught } from './_uncaught.ts';

/** Runs one command line and resolves with its exit code; nothing is thrown. */
export async function main(argv: readonly string[]): Promise<number> {
  const stopListening = hearUncaught((error) => {
    process.exitCode = report(error);
  });
  const exitCode = await dispatch(argv).catch(async (error: unknown) =>
    report(error instanceof CommanderError ? await mistake(error, argv) : error),
  );
  const flushed = await flush().then(() => 0, report);
  stopListening();
  return exitCode || flushed;
}

/** What commander found wrong, in our words; undefined for help and version, which come as errors, too. */
async function mistake(error: CommanderError, [word = '']: readonly string[]): Promise<MsgplayError | undefined> {
  if (error.exitCode === 0) return undefined;
  if (error.code === 'commander.unknownCommand') {
    const [{ isFile }, { scenarioNames }] = await Promise.all([import('./_files.ts'), import('../lab/course.ts')]);
    if (isFile(word) || (await scenarioNames()).includes(word)) {
      return new UsageError(`There is no command '${word}', but there is a scenario.`, {
        hint: `Did you mean: msgplay run ${word}`,
      });
    }
  }
  return usageError(error.message);
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

/** The program with its commands; `done` gets a command's exit code. */
function programWith(done: (exitCode: number) => void): Command {
  const program = new Command('msgplay')
    .description(
      'Shows what your messages really do: runs named scenarios on RabbitMQ, Redis, STOMP, WebSocket and HTTP, and traces every message off the wire.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: print, outputError: () => {} })
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (sub) => `${sub.name()} ${sub.usage()}` })
    .addHelpText('after', EXAMPLES);
  for (const [name, { usage, about, load }] of Object.entries(COMMANDS)) {
    program
      .command(name)
      .usage(usage)
      .description(about)
      .argument('[arguments...]')
      .allowUnknownOption()
      .passThroughOptions()
      .helpOption(false)
      .action(async (args: string[]) => done(await (await load())(args)));
  }
  return program;
}

/** Each command knows its own help best, so `help run` is `run --help`. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const [first, command, ...rest] = argv;
  if (first !== 'help') return argv;
  if (command === undefined) return ['--help'];
  return Object.hasOwn(COMMANDS, command) ? [command, '--help'] : [command, ...rest];
}

async function dispatch(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 && isInteractive()) return (await import('./picker.ts')).pick();
  let exitCode = 0;
  const program = programWith((code) => {
    exitCode = code;
  });
  const words = wordsOf(argv);
  if (words.length === 0) program.outputHelp();
  else await program.parseAsync([...words], { from: 'user' });
  return exitCode;
}

type Handler = (args: readonly string[]) => Promise<number>;

const EXAMPLES = `
Examples:
  msgplay run pubsub                      one event, many subscribers
  msgplay run job-queue --crash           a worker dies, its job does not
  msgplay run job-queue --backend local   on a private RabbitMQ from this machine
  msgplay explain stomp-chat              what there is to see

Exit codes: 0 all checks hold · 1 a check failed, or something stays behind · 2 usage · 3 a backend is not available,
or went away · 4 timeout · 130 Ctrl-C (128 + signal) · 70 a bug of msgplay`;

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

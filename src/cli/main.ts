/** The command line: finds the command, and turns whatever it throws into a message and an exit code. */
import { Command, CommanderError } from 'commander';
import { MsgplayError, UsageError } from '../core/errors.ts';
import { version } from './_version.ts';

/** Runs one command line and resolves with its exit code; nothing is thrown. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    return report(error);
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 && isInteractive()) return (await import('./picker.ts')).pick();
  let exitCode = 0;
  const program = new Command('msgplay')
    .description(
      'Shows what your messages really do: runs named scenarios on RabbitMQ, Redis, STOMP, WebSocket and\nHTTP, and traces every message off the wire.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', EXAMPLES);

  // Each command loads when it is used, and parses its own arguments.
  const lazily = (name: string, usage: string, about: string, load: () => Promise<Handler>): void => {
    program
      .command(name)
      .usage(usage)
      .description(about)
      .argument('[arguments...]')
      .allowUnknownOption()
      .passThroughOptions()
      .helpOption(false)
      .action(async (args: string[]) => {
        exitCode = await (await load())(args);
      });
  };
  lazily('list', '[--json]', 'list the scenarios', async () => (await import('./list.ts')).list);
  lazily(
    'run',
    '<scenario|file>... [options]',
    'run scenarios and print their trace',
    async () => (await import('./run.ts')).runCommand,
  );
  lazily(
    'explain',
    '<scenario>',
    'the idea, a picture, what to look for, what to try',
    async () => (await import('./explain.ts')).explain,
  );
  lazily(
    'up',
    '[service...] [options]',
    'start servers and keep them until Ctrl-C',
    async () => (await import('./up.ts')).up,
  );
  lazily('doctor', '[--json]', 'what can be used here, and how', async () => (await import('./doctor.ts')).doctor);

  if (argv.length === 0) program.outputHelp();
  else await program.parseAsync([...argv], { from: 'user' });
  return exitCode;
}

type Handler = (args: readonly string[]) => Promise<number>;

const EXAMPLES = `
Examples:
  msgplay run pubsub                      one event, many subscribers
  msgplay run job-queue --crash           a worker dies, its job does not
  msgplay run job-queue --backend local   on a private RabbitMQ from this machine
  msgplay explain stomp-chat              what there is to see

Exit codes: 0 all checks hold · 1 a check failed · 2 usage · 3 a backend is not available · 4 timeout · 130 Ctrl-C`;

/** Prompts need a person at both ends. */
function isInteractive(): boolean {
  return Boolean(process.stdin.isTTY && process.stdout.isTTY && !process.env.CI && process.env.TERM !== 'dumb');
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has said it already; help and version are no mistakes.
    return error.exitCode === 0 ? 0 : new UsageError(error.message).exitCode;
  }
  if (error instanceof MsgplayError) {
    const hint = error.hint === undefined ? '' : `\n${error.hint}`;
    process.stderr.write(`msgplay: ${error.message}${hint}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`msgplay: this is a bug in msgplay, please report it.\n${stack}\n`);
  return 70;
}

/** The command line: finds the command, and turns whatever it throws into a message and an exit code. */
import { MsgplayError, UsageError } from '../core/errors.ts';
import { version } from '../core/version.ts';
import { COMMANDS } from './_commands.ts';
import { flush, guardStderr, print, remark } from './output/output.ts';
import { isInteractive } from './output/terminal.ts';
import { hearUncaught } from './output/uncaught.ts';
import { openNoDebugger } from './running/signals.ts';

/** Runs one command line and resolves with its exit code; nothing is thrown. */
export async function main(argv: readonly string[]): Promise<number> {
  guardStderr();
  openNoDebugger();
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
  // Whatever needed to know where it is could not.
  if ((error as NodeJS.ErrnoException | undefined)?.syscall === 'uv_cwd') {
    return new UsageError('The folder that you are in is gone.', { hint: 'Change to one that is there: cd' });
  }
  if (!(error instanceof Error && error.name === 'CommanderError')) return error;
  if ((error as Error & { exitCode: number }).exitCode === 0) return undefined;
  return (await import('./_command.ts')).usageError(error.message);
}

/** Why a line's first word is no command. */
async function unknown(word: string): Promise<UsageError> {
  const [{ didYouMean }, { isFile }, { scenarioNames }, { ownScenarioNames }] = await Promise.all([
    import('../core/text/suggest.ts'),
    import('./_files.ts'),
    import('../lab/scenario/course.ts'),
    import('./own/folder.ts'),
  ]);
  if (word.startsWith('-')) return new UsageError(`Unknown option '${word}'.`);
  if (isFile(word) || [...(await scenarioNames()), ...(await ownScenarioNames())].includes(word)) {
    return new UsageError(`There is no command '${word}', but there is a scenario.`, {
      hint: `Did you mean: msgplay run ${word}`,
    });
  }
  return new UsageError(`Unknown command '${word}'.`, {
    hint: didYouMean(word, Object.keys(COMMANDS)),
  });
}

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
  if (['-h', '--help'].includes(word)) print((await import('./_help.ts')).help());
  else if (['-V', '--version'].includes(word)) print(`${version()}\n`);
  else throw await unknown(word);
  return 0;
}

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

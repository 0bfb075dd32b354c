/** `msgplay completion`: lets a shell complete commands, scenarios, options and their values. */
import { UsageError } from '../core/errors.ts';
import { LANGUAGES } from '../core/language.ts';
import { SERVICES } from '../core/services.ts';
import { printable } from '../core/text/printable.ts';
import { didYouMean } from '../core/text/suggest.ts';
import { flagOf } from '../lab/scenario/options.ts';
import { backendNames } from '../lab/servers/provision.ts';
import { LAYERS } from '../reporters/reporter.ts';
import { command, parse, parserOf } from './_command.ts';
import { COMMANDS } from './_commands.ts';
import { print } from './output/output.ts';
import { reporterNames } from './output/reporters.ts';
import { ownScenarioNames } from './own/folder.ts';
import { schemaNames } from './schema.ts';
import { summaries } from './written/summaries.ts';

const SHELLS = {
  bash: 'source <(msgplay completion bash)       # in ~/.bashrc',
  zsh: 'source <(msgplay completion zsh)        # in ~/.zshrc, after compinit',
  fish: 'msgplay completion fish | source        # in ~/.config/fish/config.fish',
  powershell: 'msgplay completion powershell | Out-String | Invoke-Expression   # in $PROFILE',
};

export async function completion(args: readonly string[]): Promise<number> {
  const names = Object.keys(SHELLS);
  const parser = command('completion', 'Prints the script by which a shell completes what you type after msgplay.');
  parser.argument('<shell>', names.join(', '));
  parser.addHelpText(
    'after',
    `\nHow a shell reads it:\n${Object.values(SHELLS)
      .map((line) => `  ${line}`)
      .join('\n')}`,
  );
  const [shell = ''] = parse(parser, args).args;
  if (!names.includes(shell)) {
    const hint = didYouMean(shell, names) ?? `There are ${names.join(', ')}.`;
    throw new UsageError(`There is no completion for '${shell}'.`, { hint });
  }
  print(`${await scriptOf(shell)}\n`);
  return 0;
}

/**
 * For bash our own: the library's hands what was typed to eval, so that Tab would run what stands in `$(…)`, and needs
 * bash-completion. Understood by bash 3.2, which has no compopt, too.
 */
const BASH = `# bash completion for msgplay
__msgplay_complete() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :0) ;;
      :*) compopt +o default 2>/dev/null ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(msgplay complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F __msgplay_complete msgplay`;

/**
 * For PowerShell our own, too: the library's hands what was typed to Invoke-Expression. The last word goes apart, as an
 * empty argument is lost on its way to a program, and a `--` on its way to npm's script.
 */
const POWERSHELL = `# PowerShell completion for msgplay
Register-ArgumentCompleter -Native -CommandName msgplay -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.Extent.Text }
        })
    & msgplay complete "--last=$wordToComplete" @words 2>$null |
        Where-Object { -not $_.StartsWith(':') } |
        ForEach-Object {
            $value, $about = $_ -split "\`t", 2
            if (-not $about) { $about = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
        }
}`;
const LAST = '--last=';

/** The library prints it where it is. */
async function scriptOf(shell: string): Promise<string> {
  if (shell === 'bash') return BASH;
  if (shell === 'powershell') return POWERSHELL;
  const { script } = await import('@bomb.sh/tab');
  const { log } = console;
  let text = '';
  console.log = (line: string) => {
    text += line;
  };
  try {
    script(shell, 'msgplay', 'msgplay');
  } finally {
    console.log = log;
  }
  return text;
}

interface Candidate {
  readonly value: string;
  readonly about?: string;
}

interface Candidates {
  readonly list: readonly Candidate[];
  /** Files will do, too. */
  readonly files?: boolean;
}

/** The answer to a script: a candidate on each line, and at the end whether the shell may add files (0) or not (4). */
export async function complete(args: readonly string[]): Promise<number> {
  const [first = '', ...rest] = args;
  const words = first.startsWith(LAST) ? [...rest, first.slice(LAST.length)] : first === '--' ? rest : args;
  const last = words.at(-1) ?? '';
  // Whoever completes has no use for errors.
  const { list, files = false } = await candidates(words.slice(0, -1), last).catch(
    (): Candidates => ({ list: [], files: true }),
  );
  const lines = list
    // What can't be shown can't be typed either.
    .filter(({ value }) => value.startsWith(last) && value === printable(value))
    .map(({ value, about = '' }) => `${value}\t${printable(about).replace(/\s+/g, ' ')}\n`);
  print(`${lines.join('')}:${files ? 0 : 4}\n`);
  return 0;
}

async function candidates(before: readonly string[], last: string): Promise<Candidates> {
  // Bash cuts words at every `=`.
  const [name, ...typed] = before.filter((word) => word !== '=');
  if (name === undefined || (name === 'help' && typed.length === 0)) return { list: commands() };
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!found) return { list: [], files: true };
  const names = await scenarios();
  const mentioned = name === 'run' ? typed.filter((word) => names.some(({ value }) => value === word)) : [];
  const meant = COMMANDS[found.like ?? name] ?? found;
  const parser = await parserOf(await meant.load(), mentioned);
  const option = parser.options.find(({ long }) => long === typed.at(-1));
  if (option?.required) return valuesOf(typed.at(-1) ?? '', mentioned);
  if (last.startsWith('-')) {
    return { list: parser.options.map(({ long, description }) => ({ value: long ?? '', about: description })) };
  }
  return argumentsOf(name, names);
}

function commands(): Candidate[] {
  return Object.entries(COMMANDS)
    .filter(([, { hidden }]) => !hidden)
    .map(([value, { about }]) => ({ value, about }));
}

async function scenarios(): Promise<Candidate[]> {
  const [ours, own] = await Promise.all([summaries(), ownScenarioNames()]);
  return [...ours.map(({ name, title }) => ({ value: name, about: title.en })), ...own.map((value) => ({ value }))];
}

const listOf = (values: readonly string[]): Candidate[] => values.map((value) => ({ value }));

/** What may stand where a command has its arguments. */
async function argumentsOf(name: string, names: readonly Candidate[]): Promise<Candidates> {
  switch (name) {
    case 'run':
      return { list: names, files: true };
    case 'explain':
      return { list: names };
    case 'up':
      return { list: listOf(SERVICES) };
    case 'schema':
      return { list: listOf(schemaNames()) };
    case 'completion':
      return { list: listOf(Object.keys(SHELLS)) };
    case 'play':
    case 'replay':
    case 'diff':
      return { list: [], files: true };
    default:
      return { list: [] };
  }
}

/** What may follow an option. */
async function valuesOf(flag: string, mentioned: readonly string[]): Promise<Candidates> {
  switch (flag) {
    case '--layer':
      return { list: listOf(LAYERS) };
    case '--lang':
      return { list: listOf(LANGUAGES) };
    case '--format':
      return { list: listOf(await reporterNames()), files: true };
    case '--report':
      return { list: listOf((await reporterNames()).map((kind) => `${kind}=`)) };
    case '--backend':
      return { list: listOf(await backendNames()) };
  }
  const specs = (await summaries())
    .filter(({ name }) => mentioned.includes(name))
    .flatMap(({ options }) => Object.entries(options));
  const choices = specs.flatMap(([option, spec]) =>
    flagOf(option) === flag && spec.type === 'choice' ? spec.choices : [],
  );
  return { list: listOf(choices), files: /url|port|seed|timeout|pace/.test(flag) === false && choices.length === 0 };
}

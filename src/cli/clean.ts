/** `msgplay clean`: lists what killed runs left on servers that others share, and removes it. */
import { messageOf, UsageError } from '../core/errors.ts';
import { learnUrl } from '../core/secrets.ts';
import { factsOf, SERVICE_TITLES, SERVICES, type Service } from '../core/services.ts';
import { printable } from '../core/text/printable.ts';
import { parseServiceUrl, redactUrl } from '../core/urls.ts';
import { knock } from '../services/knock.ts';
import { findLeft, type LeftRun, removeLeft } from '../services/leftovers/found.ts';
import { counted, type Item } from '../services/leftovers/leftovers.ts';
import { loadService } from '../services/service.ts';
import { command, parse } from './_command.ts';
import { collect } from './flags/backend-flags.ts';
import { print } from './output/output.ts';

/** The services whose servers keep something. */
const KEEPING = ['rabbitmq', 'redis'] as const satisfies readonly Service[];
/** So many names of each kind are listed. */
const SHOWN = 5;
const SHOWN_CHARS = 60;

interface CleanFlags {
  readonly yes?: true;
  readonly run?: string[];
}

export async function clean(args: readonly string[]): Promise<number> {
  const parser = command(
    'clean',
    'Lists what killed runs left on a server that others share, and removes it with --yes. It touches only names that a run of msgplay gave.',
  );
  parser
    .usage('<url>... [options]')
    .argument('[url...]', 'amqp://… or redis://…')
    .allowExcessArguments(true)
    .option('--yes', 'remove what is listed')
    .option('--run <prefix>', 'only what one run left, also while it runs (repeatable)', collect)
    .addHelpText('after', '\nExample:\n  msgplay clean redis://127.0.0.1:6379 --yes');
  const parsed = parse(parser, args);
  const flags = parsed.opts<CleanFlags>();
  if (parsed.args.length === 0) {
    throw new UsageError('Clean up where?', { hint: 'Name a server: msgplay clean redis://127.0.0.1:6379' });
  }
  const targets = parsed.args.map((url) => ({ url, service: serviceFor(url) }));
  let exitCode = 0;
  for (const { url, service } of targets) exitCode ||= await cleanAt(service, url, flags);
  return exitCode;
}

function serviceFor(url: string): Service {
  learnUrl(url);
  const scheme = /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase();
  const service = KEEPING.find((one) => [factsOf(one).plain.scheme, factsOf(one).tls.scheme].includes(scheme ?? ''));
  if (service === undefined) {
    const titles = KEEPING.map((one) => SERVICE_TITLES[one]).join(' nor ');
    throw new UsageError(`${redactUrl(url)} names neither ${titles}: nothing else keeps anything.`, {
      hint: 'Begin it with amqp:// or redis://.',
    });
  }
  parseServiceUrl(service, url, 'clean');
  return service;
}

async function cleanAt(service: Service, url: string, { yes, run }: CleanFlags): Promise<number> {
  await knock(await loadService(service), new URL(url), undefined, false, 'the URL');
  const found = await findLeft(service, url);
  const chosen = run ? found.filter(({ prefix }) => run.includes(prefix)) : found.filter(({ alive }) => !alive);
  const lines = [`${SERVICE_TITLES[service]} at ${redactUrl(url)}`];
  if (service === 'rabbitmq') lines.push('  AMQP lists no queues: these are what runs on this machine wrote down.');
  if (chosen.length === 0) lines.push('  nothing of a run that has ended');
  let stays = 0;
  for (const one of chosen) {
    const done = yes ? await remove(service, url, one) : '';
    if (done.startsWith(' stays')) stays++;
    lines.push(`  ${one.prefix}  ${ageOf(one)}  ${counted(one.items)}${done}`, ...(yes ? [] : namesOf(one)));
  }
  for (const { prefix, alive } of found) if (alive && !run) lines.push(`  ${prefix}  still runs, and is left alone`);
  if (!yes && chosen.length > 0) lines.push('To remove them, add --yes.');
  print(`${lines.join('\n')}\n`);
  return stays > 0 ? 1 : 0;
}

async function remove(service: Service, url: string, left: LeftRun): Promise<string> {
  try {
    await removeLeft(service, url, left);
    return ' removed';
  } catch (error) {
    return ` stays: ${printable(messageOf(error))}`;
  }
}

function namesOf({ items }: LeftRun): string[] {
  const shown = items.slice(0, SHOWN).map((item) => `    ${item.kind} ${nameOf(item)}`);
  return items.length > SHOWN ? [...shown, `    and ${items.length - SHOWN} more`] : shown;
}

/** A name on one line, and not a long one. A key is bytes, and most are text. */
function nameOf({ kind, name }: Item): string {
  const text = printable(kind === 'key' ? Buffer.from(name, 'latin1').toString() : name);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** How long ago it began, in one unit. */
function ageOf({ startedAt }: LeftRun): string {
  const seconds = Math.max(0, Math.round((Date.now() - startedAt) / 1000));
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    const count = Math.floor(seconds / size);
    if (count > 0) return `${count} ${unit}${count === 1 ? '' : 's'} old`;
  }
  return `${seconds} s old`;
}

/** What runs left on each of the servers that are named, in a few words; for `doctor`. */
export async function leftAt(urls: Partial<Record<Service, string>>): Promise<string[]> {
  const told: string[] = [];
  for (const service of SERVICES.filter((one) => (KEEPING as readonly Service[]).includes(one))) {
    const url = urls[service];
    if (url === undefined) continue;
    const left = (await findLeft(service, url).catch(() => [])).filter(({ alive }) => !alive);
    const items = left.flatMap((one) => one.items);
    if (items.length > 0) {
      const runs = `${left.length} ${left.length === 1 ? 'run' : 'runs'}`;
      told.push(`${counted(items)} of ${runs} left in ${SERVICE_TITLES[service]}: msgplay clean ${redactUrl(url)}`);
    }
  }
  return told;
}

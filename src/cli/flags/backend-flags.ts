/** The flags about backends, shared by the commands that need servers. */
import { isIP } from 'node:net';
import { type Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { learnUrl } from '../../core/secrets.ts';
import { factsOf, isService, SERVICES, type Service, urlFlag } from '../../core/services.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import type { BackendChoice } from '../../lab/servers/provision.ts';
import { isOrigin } from '../../servers/origins.ts';

export type BackendFlags = {
  readonly profile?: string;
  readonly backend?: string[];
  readonly port?: string[];
  readonly host?: string[];
  readonly password?: string;
  readonly allowOrigin?: string[];
} & { readonly [url in `${Service}Url`]?: string };

/** An option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

const OR = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** With the names of the backends that there are; `more` is what else the command can do with one. */
export function addBackendFlags(parser: Command, names: readonly string[], more = ''): void {
  parser.addOption(
    new Option(
      '--backend <name>',
      `${OR.format(names)}; for one service: redis=local, redis=embedded@7.0 (repeatable)${more}`,
    ).argParser(collect),
  );
  addUrlFlags(parser);
}

export function addUrlFlags(parser: Command): void {
  parser.addOption(new Option('--profile <name>', 'settings of this name, from msgplay.config').env('MSGPLAY_PROFILE'));
  for (const service of SERVICES) {
    const { title, variable } = factsOf(service);
    parser.addOption(new Option(`${urlFlag(service)} <url>`, `your ${title}`).env(variable));
  }
}

/** `redis=local,embedded@7.0` is a list: the same on each of them, to be compared. */
const LIST = /^([^=,]*=)?([^=,]+(?:,[^=,]+)+)$/;

/** What the sides of a comparison are called, as typed; one without a name where nothing is compared. */
export function backendSides({ backend = [] }: BackendFlags): string[] {
  const lists = backend.filter((word) => word.includes(','));
  const [list] = lists;
  if (list === undefined) return [''];
  const [, service = '', names] = LIST.exec(list) ?? [];
  if (names === undefined) throw new UsageError(`--backend ${list}: a list has a name on both sides of each comma.`);
  if (lists.length > 1) {
    throw new UsageError(`--backend has two lists, ${lists.join(' and ')}: one at a time can be compared.`);
  }
  return names.split(',').map((name) => `${service}${name}`);
}

/** What the flags say, for each side of a comparison; throws a UsageError for what can't be meant. */
export function backendChoices(flags: BackendFlags): BackendChoice[] {
  return backendSides(flags).map((side) =>
    backendChoice({ ...flags, backend: (flags.backend ?? []).map((word) => (word.includes(',') ? side : word)) }),
  );
}

/** What the flags say; throws a UsageError for what can't be meant. */
export function backendChoice(flags: BackendFlags): BackendChoice {
  let everywhere: string | undefined;
  const perService: Partial<Record<Service, string>> = {};
  const versions: Partial<Record<Service, string>> = {};
  for (const word of flags.backend ?? []) {
    const [left, right] = word.split('=', 2) as [string, string | undefined];
    const [name, version] = splitVersion(right ?? left, '--backend');
    if (right !== undefined) {
      const service = serviceOf(left, '--backend');
      perService[service] = name;
      if (version !== undefined) versions[service] = version;
    } else if (version === undefined) everywhere = name;
    else {
      throw new UsageError(`--backend ${word}: a version is one of a service.`, {
        hint: `Name the service: --backend redis=${word}`,
      });
    }
  }
  const urls: Partial<Record<Service, string>> = {};
  for (const service of SERVICES) {
    const url = flags[`${service}Url`];
    if (url === undefined) continue;
    // An empty variable in a script is a mistake, and no wish for the embedded one.
    if (url.trim() === '') {
      const { title, variable } = factsOf(service);
      throw new UsageError(`${urlFlag(service)} or ${variable} is empty: it names no ${title}.`, {
        hint: 'Name one, or leave it out (unset the variable) to use the embedded one.',
      });
    }
    learnUrl(url);
    urls[service] = url;
  }
  const ports = readPorts(flags.port ?? []);
  const hosts = readHosts(flags.host);
  const allowOrigins = readOrigins(flags.allowOrigin);
  return { everywhere, perService, versions, urls, ports, hosts, password: readPassword(flags.password), allowOrigins };
}

/** What stands before and behind the `@` in `redis@7.0`. Throws a UsageError for an `@` with nothing behind it. */
export function splitVersion(word: string, where: string): [name: string, version: string | undefined] {
  const at = word.indexOf('@');
  if (at === -1) return [word, undefined];
  if (at < word.length - 1) return [word.slice(0, at), word.slice(at + 1)];
  throw new UsageError(`${where}: '${word}' names no version.`, { hint: `Leave the @ out, or write ${word}8.0.` });
}

export function serviceOf(word: string, where: string): Service {
  if (isService(word)) return word;
  throw new UsageError(`${where}: there is no service '${word}'.`, {
    hint: didYouMean(word, SERVICES) ?? `There are ${SERVICES.join(', ')}.`,
  });
}

function readPorts(words: readonly string[]): Partial<Record<Service, number>> {
  const ports: Partial<Record<Service, number>> = {};
  for (const word of words) {
    const [service, typed = ''] = word.split('=', 2) as [string, string | undefined];
    const port = Number(typed);
    if (!/^\d+$/.test(typed) || port < 1 || port > 65_535) {
      throw new UsageError(`--port takes a service and a port from 1 to 65535, like redis=6380, not '${word}'.`);
    }
    ports[serviceOf(service, '--port')] = port;
  }
  return ports;
}

function readHosts(words: readonly string[] | undefined): readonly string[] | undefined {
  for (const word of words ?? []) {
    if (isIP(word) === 0)
      throw new UsageError(`--host takes an IP address of this machine, like 0.0.0.0, not '${word}'.`);
  }
  return words;
}

function readPassword(word: string | undefined): string | undefined {
  if (word === '')
    throw new UsageError('--password takes a password that is not empty.', {
      hint: 'Leave it out to have one made up.',
    });
  return word;
}

function readOrigins(words: readonly string[] | undefined): readonly string[] | undefined {
  for (const word of words ?? []) {
    if (isOrigin(word)) continue;
    const hint = 'An origin is what a browser sends: a scheme, a host, and a port where it is not the usual one.';
    throw new UsageError(`--allow-origin takes an origin, like https://example.org, or *, not '${word}'.`, { hint });
  }
  return words;
}

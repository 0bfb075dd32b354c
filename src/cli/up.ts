/** `msgplay up`: starts servers and keeps them until Ctrl-C. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Endpoint } from '../backends/backend.ts';
import { Cleanups } from '../core/cleanups.ts';
import { BackendError, UsageError } from '../core/errors.ts';
import { SERVICE_TITLES, SERVICES, type Service } from '../core/services.ts';
import { plainTable } from '../core/text/columns.ts';
import { printable, printableJson } from '../core/text/printable.ts';
import { redactUrl } from '../core/urls.ts';
import { assign, type BackendChoice, backendNames, provision } from '../lab/servers/provision.ts';
import { isLoopbackAddress } from '../servers/loopback.ts';
import { command, parse } from './_command.ts';
import { usableUrls } from './flags/addresses.ts';
import {
  addBackendFlags,
  type BackendFlags,
  backendChoice,
  collect,
  serviceOf,
  splitVersion,
} from './flags/backend-flags.ts';
import { addLanguageFlag, readLanguage } from './flags/language.ts';
import { print, remark } from './output/output.ts';
import { tellSilence } from './running/answering.ts';
import { endWithParent, listenForInterrupts } from './running/interrupts.ts';
import { applySettings } from './settings/apply.ts';
import { addWebFlag, openWeb, type WebFlags, withWebPort } from './web/flag.ts';

type UpFlags = BackendFlags &
  WebFlags & {
    readonly lang?: string;
    readonly json?: true;
    readonly untilStdinCloses?: true;
  };

export async function up(args: readonly string[]): Promise<number> {
  const parser = command('up', 'Starts servers and keeps them until Ctrl-C, for any client in any language.');
  parser
    .usage('[service[@version]...] [options]')
    .argument('[service...]', `${SERVICES.join(', ')}, of a version: redis@7.0 (default: all that can be started)`)
    .option('--port <service=number>', 'a fixed port, like redis=6380 (repeatable)', collect)
    .option(
      '--host <address>',
      'an address for embedded servers to listen on (repeatable; default: loopback only)',
      collect,
    )
    .option('--password <text>', 'what clients have to know (default beyond loopback: made up, and printed)')
    .option('--allow-origin <origin>', 'pages that may come, like https://example.org (repeatable)', collect)
    .option('--json', 'print one line of JSON when all are ready')
    .option('--until-stdin-closes', 'end when stdin does, as a child of another program');
  addWebFlag(parser);
  addLanguageFlag(parser);
  addBackendFlags(parser, await backendNames());
  parser.addHelpText('after', '\nExample:\n  msgplay up redis --port redis=6380');
  const parsed = parse(parser, withWebPort(args));
  await applySettings(parsed);
  const flags = parsed.opts<UpFlags>();
  const words = parsed.args.map((word) => splitVersion(word, 'up'));
  const named = words.map(([name]) => serviceOf(name, 'up'));
  const choice = { ...withVersions(guarded(backendChoice(flags)), words), threads: true };

  const interrupts = listenForInterrupts();
  const { signal } = interrupts;
  const services = named.length > 0 ? named : await startable(choice);
  refusePorts(services, choice);
  await refuseEmbeddedOnly(services, choice);
  refuseWebBeyond(flags, choice);
  if (isOpen(choice)) remark(OPEN);
  const language = readLanguage(flags.lang);
  const cleanups = new Cleanups();
  try {
    const web = await openWeb(flags);
    cleanups.add(() => web?.end());
    // What is told in a browser is read by taps, and those are where clients go.
    const behind = web ? { ...choice, ports: {} } : choice;
    const provided = await provision(services, behind, { progress: remark, signal });
    cleanups.add(() => provided.close());
    let { endpoints } = provided;
    if (web) {
      const { readAlong } = await import('./web/up.ts');
      const along = await readAlong(web, endpoints, choice.ports, language);
      cleanups.add(() => along.close());
      endpoints = along.endpoints;
    }
    print(flags.json ? `${printableJson(toJson(endpoints))}\n` : toText(endpoints));
    if (!signal.aborted) {
      const over = new AbortController();
      cleanups.add(() => over.abort());
      void tellSilence(provided.endpoints, remark, over.signal);
      const died = await Promise.race([until(signal, flags.untilStdinCloses ?? false), firstDeath(endpoints)]);
      if (died !== undefined) throw died;
    }
  } catch (error) {
    // Whatever fails because the user gave up, the user gave up.
    if (!signal.aborted) throw error;
  } finally {
    await cleanups.run();
    interrupts.release();
  }
  return interrupts.exitCode();
}

/** Versions are asked for behind a service or behind its backend; the same service of two versions is a mistake. */
function withVersions(
  choice: BackendChoice,
  words: readonly [name: string, version: string | undefined][],
): BackendChoice {
  const versions: Partial<Record<Service, string>> = { ...choice.versions };
  for (const [name, version] of words) {
    if (version === undefined) continue;
    const service = serviceOf(name, 'up');
    const before = versions[service];
    if (before !== undefined && before !== version) {
      throw new UsageError(`up: ${SERVICE_TITLES[service]} can't be ${before} and ${version} at once.`, {
        hint: 'Start the other one with another `msgplay up`.',
      });
    }
    versions[service] = version;
  }
  return { ...choice, versions };
}

/** Resolves on Ctrl-C, and when whoever wanted the servers has gone; it keeps the process alive meanwhile. */
async function until(signal: AbortSignal, untilStdinCloses: boolean): Promise<undefined> {
  let stop = (): void => {};
  const left = new Promise<void>((resolve) => {
    stop = endWithParent((why) => {
      remark(`msgplay up ends: ${why}.`);
      resolve();
    }, untilStdinCloses);
  });
  await Promise.race([once(signal, 'abort'), left]);
  stop();
}

/** Resolves with what to say when one of the servers has died. */
function firstDeath(endpoints: ReadonlyMap<Service, Endpoint>): Promise<BackendError> {
  const deaths = [...endpoints.values()].flatMap(({ service, url, exited }) =>
    exited === undefined
      ? []
      : [exited.then((why) => new BackendError(`${SERVICE_TITLES[service]} at ${redactUrl(url)} went away: ${why}`))],
  );
  return Promise.race(deaths);
}

/** A port that nothing would listen on is a mistake, and must not be passed over in silence. */
function refusePorts(services: readonly Service[], { ports, urls }: BackendChoice): void {
  for (const service of SERVICES.filter((one) => ports[one] !== undefined)) {
    const started = services.includes(service) && urls[service] === undefined;
    if (started) continue;
    throw new UsageError(`--port ${service}=${ports[service]}: ${SERVICE_TITLES[service]} is not being started.`, {
      hint: `Leave the option out, or name what to start: msgplay up ${[...services, service].join(' ')}`,
    });
  }
}

const OPEN =
  'Whoever reaches the address of --host can talk to these servers: RabbitMQ, STOMP and Redis ask for the password, the WebSocket echo and the HTTP server ask for nothing.';

/** Whether servers listen beyond this machine. */
function isOpen({ hosts = [] }: BackendChoice): boolean {
  return hosts.some((host) => !isLoopbackAddress(host));
}

/** Servers that listen beyond this machine have a password. */
function guarded(choice: BackendChoice): BackendChoice {
  return isOpen(choice) ? { ...choice, password: choice.password ?? randomBytes(12).toString('base64url') } : choice;
}

/** What a server would not heed is a mistake, too. */
async function refuseEmbeddedOnly(services: readonly Service[], choice: BackendChoice): Promise<void> {
  const option = choice.hosts ? '--host' : choice.password !== undefined ? '--password' : '--allow-origin';
  if (!choice.hosts && choice.password === undefined && !choice.allowOrigins) return;
  for (const [backend, [service]] of await assign(services, choice)) {
    if (backend.name === 'embedded' || service === undefined) continue;
    throw new UsageError(`${option} is for embedded servers; ${SERVICE_TITLES[service]} comes from ${backend.name}.`, {
      hint: 'Leave one of them out.',
    });
  }
}

/** Who reads along listens on this machine only. */
function refuseWebBeyond({ web }: WebFlags, { hosts }: BackendChoice): void {
  if (web === undefined || hosts === undefined) return;
  throw new UsageError('--web is for clients on this machine, and --host for others.', {
    hint: 'Leave one of them out.',
  });
}

/** All services that can be had here, with the backends that were chosen. */
async function startable(choice: BackendChoice): Promise<Service[]> {
  const ready: Service[] = [];
  for (const [backend, services] of await assign(SERVICES, choice)) {
    for (const service of services) {
      if ((await backend.probe(service, choice.urls, choice.versions)).available) ready.push(service);
    }
  }
  return ready;
}

/**
 * URLs as they are: whoever asks for servers needs their passwords, and these are private ones or their own. Where there
 * are several for one server, `url` is for this machine, and `urls` has all.
 */
function toJson(endpoints: ReadonlyMap<Service, Endpoint>): object {
  return Object.fromEntries(
    [...endpoints].map(([name, { url, backend, version }]) => {
      const urls = usableUrls(url);
      return [name, { url: urls[0], backend, version, ...(urls.length > 1 ? { urls } : {}) }];
    }),
  );
}

function toText(endpoints: ReadonlyMap<Service, Endpoint>): string {
  const rows = [...endpoints].flatMap(([service, { url, backend, version }]) =>
    usableUrls(url).map((one, index) =>
      index > 0 ? ['', one] : [SERVICE_TITLES[service], one, printable(`${backend}, ${version}`)],
    ),
  );
  return `${[...plainTable([], rows), '', 'Ctrl-C stops them.'].join('\n')}\n`;
}

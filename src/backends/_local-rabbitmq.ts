/**
 * A private RabbitMQ from the installed one: its own node name, cookie, port mapper (epmd), ports, data and logs, with
 * STOMP over WebSocket. It reads no configuration of the machine's and listens on loopback only.
 * The variables: https://www.rabbitmq.com/docs/configure#supported-environment-variables
 */

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { present } from '../core/collections/present.ts';
import { BackendError } from '../core/errors.ts';
import { isRelease } from '../core/releases.ts';
import type { Service } from '../core/services.ts';
import { knock } from '../services/knock.ts';
import rabbitmq from '../services/rabbitmq.ts';
import stomp from '../services/stomp.ts';
import { findEpmd, findProgram, findRabbitmqs, type RabbitmqInstallation, searchPath } from './_binaries.ts';
import type { Keeper } from './_keeper.ts';
import type { LocalPart, StartLocal } from './_local-parts.ts';
import { LocalServer, MAX_STARTS, PortLost } from './_local-server.ts';
import { assertFree, freePorts } from './_ports.ts';
import type { Availability, Versions } from './backend.ts';

const HINT = 'install it (Debian: apt install rabbitmq-server; macOS: brew install rabbitmq), or use the embedded one';
const PLUGINS = ['rabbitmq_stomp', 'rabbitmq_web_stomp'];
const START_MS = 90_000;
/** What it writes while it starts, and what has to be free for it to take messages, together, in bytes. */
const ROOM_BYTES = 8 * 2 ** 20;

interface Ports {
  readonly amqp: number;
  readonly stomp: number;
  readonly webStomp: number;
  readonly epmd: number;
  readonly distribution: number;
}

export async function probeRabbitmq(service: Service, versions: Versions = {}): Promise<Availability> {
  const { found, why: absence } = await choose(versions);
  if (!found) return { available: false, why: absence, hint: HINT };
  const why = await obstacle(found, service);
  if (why) return { available: false, why, hint: HINT };
  return { available: true, version: found.version, detail: found.server };
}

export const startRabbitmq: StartLocal = async (keeper, { services, ports, versions, progress, signal }) => {
  const { found, why: absence } = await choose(versions);
  if (!found) throw new BackendError(absence, { hint: HINT });
  for (const service of services) {
    const why = await obstacle(found, service);
    if (why) throw new BackendError(why, { hint: HINT });
    const port = ports[service];
    if (port !== undefined) await assertFree(port, service);
  }
  await keeper.assertRoom(ROOM_BYTES);
  progress(`starting RabbitMQ ${found.version}, which takes about 5 s`);
  const { server, chosen } = await startOn(keeper, found, { amqp: ports.rabbitmq, webStomp: ports.stomp }, signal);
  const { exited } = server;
  const restart = () => server.restart();
  const parts: LocalPart[] = [];
  if (services.includes('rabbitmq')) {
    const url = `amqp://guest:guest@127.0.0.1:${chosen.amqp}`;
    parts.push({
      service: 'rabbitmq',
      url,
      version: await knock(rabbitmq, new URL(url), signal),
      exited,
      restart,
    });
  }
  if (services.includes('stomp')) {
    const url = `ws://guest:guest@127.0.0.1:${chosen.webStomp}/ws`;
    await knock(stomp, new URL(url), signal);
    parts.push({ service: 'stomp', url, version: found.version, exited, restart });
  }
  return parts;
};

/** The newest one that is installed, or the one that was asked for; AMQP and STOMP lead to the same. */
async function choose({
  rabbitmq,
  stomp,
}: Versions = {}): Promise<{ found: RabbitmqInstallation; why?: undefined } | { found?: undefined; why: string }> {
  const all = await findRabbitmqs();
  if (all.length === 0) return { why: 'there is no rabbitmq-server on the PATH' };
  const asked = [rabbitmq, stomp].filter((one) => one !== undefined);
  const found = all.find(({ version }) => asked.every((one) => isRelease(version, one)));
  if (found) return { found };
  return {
    why: `there is no RabbitMQ ${asked.join(' and ')} here, but ${all.map(({ version }) => version).join(', ')}`,
  };
}

/** Why this installation can't serve, if it can't. */
async function obstacle({ plugins }: RabbitmqInstallation, service: Service): Promise<string | undefined> {
  if (!(await findProgram(['erl']))) return 'RabbitMQ needs Erlang and there is no erl on the PATH';
  if (!(await findEpmd())) return "RabbitMQ needs Erlang's epmd and there is none";
  const missing = service === 'stomp' ? PLUGINS.find((plugin) => !plugins.has(plugin)) : undefined;
  return missing && `this RabbitMQ comes without its plugin ${missing}`;
}

async function startOn(
  keeper: Keeper,
  found: RabbitmqInstallation,
  wanted: { amqp: number | undefined; webStomp: number | undefined },
  signal: AbortSignal,
): Promise<{ server: LocalServer; chosen: Ports }> {
  for (let tries = 1; ; tries++) {
    const [amqp, stomp, webStomp, epmd, distribution] = (await freePorts(5)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const free = { amqp, stomp, webStomp, epmd, distribution };
    const chosen: Ports = { ...free, amqp: wanted.amqp ?? amqp, webStomp: wanted.webStomp ?? webStomp };
    try {
      return { server: await startNode(keeper, found, chosen, tries, signal), chosen };
    } catch (error) {
      if (!(error instanceof PortLost)) throw error;
      if (tries === MAX_STARTS) {
        throw new BackendError('RabbitMQ found its ports taken, again and again', { hint: 'try again', cause: error });
      }
    }
  }
}

async function startNode(
  keeper: Keeper,
  found: RabbitmqInstallation,
  ports: Ports,
  tries: number,
  signal: AbortSignal,
): Promise<LocalServer> {
  const name = `rabbitmq-${tries}`;
  const home = join(keeper.directory, name);
  const env = environment(found, home, ports);
  await prepare(home, found, ports);
  // The node would start a port mapper that outlives it, so one of ours is there first, in the foreground.
  const epmd = {
    command: present(await findEpmd()),
    args: ['-port', String(ports.epmd), '-address', '127.0.0.1'],
    env,
  };
  const mapper = await keeper.run(`${name}-epmd`, epmd);
  let mapperGone = false;
  mapper.exited.then(() => {
    mapperGone = true;
  });
  const title = 'rabbitmq-server';
  const ready = /Server startup complete/;
  const plan = { name: `${name}-node`, title, command: found.server, args: [], env, ready, startMs: START_MS };
  try {
    return await LocalServer.start(keeper, plan, signal);
  } catch (error) {
    signal.throwIfAborted();
    // The port mapper leaves without a complaint where its port is taken, and the node can't tell why it fails then.
    if (mapperGone) throw new PortLost(title);
    throw error;
  }
}

async function prepare(home: string, { plugins }: RabbitmqInstallation, ports: Ports): Promise<void> {
  await mkdir(home, { recursive: true });
  const configuration = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    `stomp.listeners.tcp.1 = 127.0.0.1:${ports.stomp}`,
    'web_stomp.tcp.ip = 127.0.0.1',
    `web_stomp.tcp.port = ${ports.webStomp}`,
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    // A playground writes next to nothing, and a nearly full disk should not make it refuse messages.
    'disk_free_limit.absolute = 1MB',
  ];
  const here = PLUGINS.filter((plugin) => plugins.has(plugin));
  const settings =
    here.length === PLUGINS.length ? configuration : configuration.filter((line) => !line.includes('stomp'));
  await writeFile(join(home, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
  await writeFile(join(home, 'enabled_plugins'), `[${here.length === PLUGINS.length ? here.join(',') : ''}].\n`);
  await writeFile(join(home, 'rabbitmq-env.conf'), '');
  await writeFile(join(home, '.erlang.cookie'), randomBytes(20).toString('hex'), { mode: 0o400 });
}

function environment({ server }: RabbitmqInstallation, home: string, ports: Ports): Record<string, string> {
  return {
    PATH: [dirname(server), ...searchPath()].join(':'),
    LANG: 'C.UTF-8',
    HOME: home,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // The script then becomes the server instead of staying around as its parent.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_NODENAME: 'msgplay@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(home, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(home, 'data'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_PID_FILE: join(home, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
  };
}

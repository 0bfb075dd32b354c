/** Starts a lab. */
import { Cleanups } from '../core/cleanups.ts';
import { BackendError } from '../core/errors.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { printable } from '../core/text/printable.ts';
import { TRACE_FORMAT, version } from '../core/version.ts';
import { Leftovers } from '../lab/servers/leftovers.ts';
import { type BackendChoice, type Provision, provision } from '../lab/servers/provision.ts';
import { serverOf } from '../lab/servers/server-identity.ts';
import { Watch } from '../lab/servers/watch.ts';
import { Peers } from '../lab/wire/peers.ts';
import { Trace } from '../lab/wire/trace.ts';
import type { Foreign } from '../services/leftovers/leftovers.ts';
import { newPrefix } from '../services/leftovers/run-names.ts';
import { loadServices } from '../services/service.ts';
import { Story } from '../story/story.ts';
import { MovableClock } from './clock.ts';
import { TestLab } from './lab.ts';
import { Seen } from './messages.ts';
import { choiceOf, type LabOptions, servicesOf, timeoutOf } from './options.ts';
import { queueDeclaredBy } from './queues.ts';
import { Wires } from './wires.ts';
import { Wiring } from './wiring.ts';

export async function start<Needs extends Service>(options: LabOptions<Needs>): Promise<TestLab<Needs>> {
  const { peer = 'app', names = [] } = options;
  const timeoutMs = timeoutOf(options, process.env);
  const services = servicesOf(options.services) as Needs[];
  const clock = new MovableClock();
  const choice: BackendChoice = { ...choiceOf(services, options, process.env), clock, background: true };
  const signal = new AbortController().signal;
  const cleanups = new Cleanups();
  const wires = new Wires();
  cleanups.add(() => wires.stop());
  try {
    const provided = await provision(services, choice, { progress: () => {}, signal });
    cleanups.add(() => provided.close());
    const wiring = await wire({ provided, clock, wires, services, choice, names, timeoutMs });
    cleanups.add(() => wiring.parts.peers.close());
    const urls = services.map(async (service) => [service, await wiring.parts.peers.url(service, peer, true)] as const);
    return new TestLab(wiring, Object.fromEntries(await Promise.all(urls)) as Record<Needs, string>);
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

interface Start {
  readonly wires: Wires;
  readonly provided: Provision;
  readonly clock: MovableClock;
  readonly services: readonly Service[];
  readonly choice: BackendChoice;
  readonly names: readonly string[];
  readonly timeoutMs: number;
}

async function wire({ provided, clock, wires, services, choice, names, timeoutMs }: Start): Promise<Wiring> {
  const { endpoints } = provided;
  const seen = new Seen();
  const trace = new Trace(clock, (event) => seen.add(event));
  const definitions = await loadServices(services);
  const protocols = new Set([...definitions.values()].flatMap((service) => service.protocols));
  const shared = new Map([...endpoints].filter(([, endpoint]) => endpoint.shared));
  const story = await Story.begin({
    protocols,
    serverOf: (service) => serverOf(service, endpoints),
    tell: (event) => trace.pass(event),
    number: () => trace.number(),
    names,
  });
  const prefix = shared.size > 0 ? newPrefix(clock.wall()) : '';
  const leftovers = new Leftovers({ prefix, urls: choice.urls, shared, services: definitions, foreign: warn });
  const queues = new Set<string>();
  const peers = new Peers({
    endpoints,
    services: definitions,
    trace,
    story,
    tellFrames: 'yes',
    background: true,
    watch: (service, frame, connection) => {
      leftovers.watch(service, frame, connection);
      const queue = queueDeclaredBy(frame);
      if (queue !== undefined) queues.add(queue);
    },
  });
  await peers.load(protocols);
  const watch = new Watch({
    endpoints,
    services: definitions,
    heardBytes: (service) => peers.heardBytes(service),
    isRestarting: () => peers.isRestarting,
    now: () => trace.now(),
    gone: ({ told }) => {
      wiring.gone = new BackendError(told);
    },
  });
  const wiring = new Wiring({
    provided,
    clock,
    trace,
    story,
    peers,
    leftovers,
    watch,
    wires,
    seen,
    prefix,
    timeoutMs,
    queues,
  });
  tellStart(trace, endpoints, prefix);
  return wiring;
}

/** A name that the lab did not give is not removed, since it may be somebody's own. */
function warn(service: Service, { kind, name }: Foreign): void {
  process.emitWarning(
    `The ${kind} ${printable(name)} in ${SERVICE_TITLES[service]} stays there: its name is not from lab.name.`,
    'MsgplayWarning',
  );
}

function tellStart(trace: Trace, endpoints: Provision['endpoints'], prefix: string): void {
  trace.tell({
    type: 'run-start',
    format: TRACE_FORMAT,
    date: new Date().toISOString(),
    versions: { msgplay: version(), node: process.versions.node },
    scenario: 'lab',
    title: 'A lab for tests',
    about: [...endpoints.keys()].map((service) => SERVICE_TITLES[service]).join(' · '),
    options: {},
    seed: 0,
    prefix,
    backends: Object.fromEntries(
      [...endpoints].map(([name, { backend, version: of }]) => [name, { backend, version: of }]),
    ),
  });
}

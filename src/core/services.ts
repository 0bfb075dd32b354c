/** The services that a scenario can talk to: the plain facts, one row each. What acts for a service is in src/services. */

interface Scheme {
  readonly scheme: string;
  /** Where such a URL leads that names no port. */
  readonly port: number;
}

export interface ServiceFacts {
  /** What it is called in a sentence. */
  readonly title: string;
  /** Its URLs without TLS. */
  readonly plain: Scheme;
  /** Its URLs with TLS. */
  readonly tls: Scheme;
  /** The environment variable that names one. */
  readonly variable: string;
}

const HTTP = { plain: { scheme: 'http', port: 80 }, tls: { scheme: 'https', port: 443 } } as const;
const WEBSOCKET = { plain: { scheme: 'ws', port: 80 }, tls: { scheme: 'wss', port: 443 } } as const;

/** In the order in which they are listed to people. `ws` is a WebSocket echo, `stomp` is STOMP over WebSocket. */
const ROWS = {
  rabbitmq: {
    title: 'RabbitMQ',
    plain: { scheme: 'amqp', port: 5672 },
    tls: { scheme: 'amqps', port: 5671 },
    variable: 'MSGPLAY_RABBITMQ_URL',
  },
  redis: {
    title: 'Redis',
    plain: { scheme: 'redis', port: 6379 },
    tls: { scheme: 'rediss', port: 6379 },
    variable: 'MSGPLAY_REDIS_URL',
  },
  ws: { title: 'WebSocket', ...WEBSOCKET, variable: 'MSGPLAY_WS_URL' },
  stomp: { title: 'STOMP', ...WEBSOCKET, variable: 'MSGPLAY_STOMP_URL' },
  http: { title: 'HTTP', ...HTTP, variable: 'MSGPLAY_HTTP_URL' },
} as const satisfies Record<string, ServiceFacts>;

/** One thing a scenario talks to, by the name that flags and `lab.url` give it. */
export type Service = keyof typeof ROWS;

/** Every service, in the order in which they are listed to people. */
export const SERVICES = Object.keys(ROWS) as readonly Service[];

/** What each service is called in a sentence. */
export const SERVICE_TITLES = Object.fromEntries(SERVICES.map((service) => [service, ROWS[service].title])) as Readonly<
  Record<Service, string>
>;

export function isService(name: string): name is Service {
  return Object.hasOwn(ROWS, name);
}

export function factsOf(service: Service): ServiceFacts {
  return ROWS[service];
}

/** The flag that names a server for this service: `--redis-url`. */
export function urlFlag(service: Service): string {
  return `--${service}-url`;
}

/** How a user names a server for this service: `--redis-url or MSGPLAY_REDIS_URL`. */
export function howToName(service: Service): string {
  return `${urlFlag(service)} or ${ROWS[service].variable}`;
}

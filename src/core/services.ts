/** The services a scenario can need, in the order in which they are listed to people. */
export const SERVICES = ['rabbitmq', 'redis', 'ws', 'stomp', 'http'] as const;

/** One thing a scenario talks to. `ws` is a WebSocket echo, `stomp` is STOMP over WebSocket. */
export type Service = (typeof SERVICES)[number];

/** What each service is called in a sentence. */
export const SERVICE_TITLES: Record<Service, string> = {
  rabbitmq: 'RabbitMQ',
  redis: 'Redis',
  ws: 'WebSocket',
  stomp: 'STOMP',
  http: 'HTTP',
};

export function isService(name: string): name is Service {
  return (SERVICES as readonly string[]).includes(name);
}

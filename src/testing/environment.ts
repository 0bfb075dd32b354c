/** What set-up files of test runners share: which servers there are, and the variables that name them. */
import type { Service } from '../core/services.ts';
import type { TestLab } from './lab.ts';
import type { LabOptions } from './options.ts';

/** The names by which applications know the URLs of servers. */
const VARIABLES: Readonly<Record<Service, readonly string[]>> = {
  rabbitmq: ['RABBITMQ_URL', 'AMQP_URL'],
  redis: ['REDIS_URL'],
  ws: ['WS_URL'],
  stomp: ['STOMP_URL'],
  http: ['HTTP_URL'],
};

/** `MSGPLAY_SERVICES=rabbitmq,redis` names what a set-up file starts; without it there is all of it. */
export function optionsFrom({ MSGPLAY_SERVICES: services }: NodeJS.ProcessEnv): LabOptions {
  const names = services?.split(/[\s,]+/).filter((name) => name !== '') ?? [];
  return names.length === 0 ? {} : { services: names as Service[] };
}

/** `AMQP_URL`, `REDIS_URL` and so on, for the servers of a lab. */
export function variablesOf({ urls }: TestLab): { readonly [variable: string]: string } {
  const named = Object.entries(urls) as [Service, string][];
  return Object.fromEntries(named.flatMap(([service, url]) => VARIABLES[service].map((name) => [name, url])));
}

/** Who may come in, and what they may do there. */
import { accessRefused, naming } from '../refusal.ts';

export type Permission = 'configure' | 'write' | 'read';

/** What a user may do in one virtual host, as regular expressions over names; the empty one allows nothing named. */
export type Permissions = Readonly<Record<Permission, string>>;

export interface User {
  readonly name: string;
  readonly password: string;
  /** Whether it is let in only from the machine that the broker is on. */
  readonly isLocal?: boolean;
  /** By the name of the virtual host; where there is none, the user may not enter. */
  readonly permissions: Readonly<Record<string, Permissions>>;
}

const ALL: Permissions = { configure: '.*', write: '.*', read: '.*' };

/** RabbitMQ's first user, who may do everything, but only from the same machine. */
export const GUEST: User = { name: 'guest', password: 'guest', isLocal: true, permissions: { '/': ALL } };

/** Somebody who may do everything, from everywhere. */
export function fullUser(name: string, password: string): User {
  return { name, password, permissions: { '/': ALL } };
}

/** What was asked before and answered, by user, virtual host and permission. */
const patterns = new WeakMap<Permissions, Partial<Record<Permission, RegExp>>>();

/** Throws the 403 that RabbitMQ answers with where a user may not do that. */
export function assertPermitted(
  user: User,
  vhost: string,
  permission: Permission,
  kind: 'queue' | 'exchange',
  name: string,
): void {
  const granted = user.permissions[vhost];
  if (granted === ALL) return;
  const named = kind === 'exchange' && name === '' ? 'amq.default' : name;
  if (granted && pattern(granted, permission).test(named)) return;
  throw accessRefused(`access to ${naming(kind, named, vhost)} refused for user '${user.name}'`);
}

function pattern(granted: Permissions, permission: Permission): RegExp {
  const known = patterns.get(granted) ?? {};
  patterns.set(granted, known);
  // An empty pattern matches only an empty name, as RabbitMQ reads it.
  known[permission] ??= new RegExp(granted[permission] === '' ? '^$' : granted[permission]);
  return known[permission];
}

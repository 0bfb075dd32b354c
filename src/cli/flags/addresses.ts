/** Where servers can be reached that listen on every address. */
import { networkInterfaces } from 'node:os';

/** The addresses that stand for all: clients can't use them, and mean one of a kind. */
const EVERY = new Map([
  ['0.0.0.0', 'IPv4'],
  ['[::]', 'IPv6'],
]);

type Interfaces = ReturnType<typeof networkInterfaces>;

/** The URL, or where it stands for every address of this machine, one for each that a client can use: its own first. */
export function usableUrls(url: string, interfaces: Interfaces = networkInterfaces()): string[] {
  const { hostname, host } = new URL(url);
  const family = EVERY.get(hostname);
  if (family === undefined) return [url];
  const found = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const usable = found
    // A link-local address means nothing without the interface of whoever uses it.
    .filter((one) => one.family === family && !one.address.startsWith('fe80:'))
    .sort((one, other) => Number(other.internal) - Number(one.internal))
    .map(({ address }) => (family === 'IPv6' ? `[${address}]` : address));
  if (usable.length === 0) return [url];
  return usable.map((address) => url.replace(host, host.replace(hostname, address)));
}

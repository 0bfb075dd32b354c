/** What comes from this machine, and what from elsewhere. */
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Whether a host is this machine, as a URL or a Host header names it. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare.endsWith('.localhost') || isLoopbackAddress(bare);
}

/** Whether an IP address is one of the loopback interface. */
export function isLoopbackAddress(address: string): boolean {
  const v4 = address.replace(/^::ffff:/i, '');
  return address === '::1' || (isIP(v4) === 4 && v4.startsWith('127.'));
}

/** Whether the client at the other end of a stream is on this machine; who has no address is in this process. */
export function comesFromHere(stream: Duplex): boolean {
  const { remoteAddress } = stream as Partial<Socket>;
  return remoteAddress === undefined || isLoopbackAddress(remoteAddress);
}

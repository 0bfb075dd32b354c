/** Servers on every address are named by addresses that clients can use. */
import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { usableUrls } from '../../src/cli/flags/addresses.ts';

const one = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
  ({ address, family, internal }) as NetworkInterfaceInfo;
const INTERFACES = {
  eth0: [one('192.0.2.7', 'IPv4'), one('2001:db8::7', 'IPv6'), one('fe80::1', 'IPv6')],
  lo: [one('127.0.0.1', 'IPv4', true), one('::1', 'IPv6', true)],
};

test.each([
  ['redis://127.0.0.1:6379', ['redis://127.0.0.1:6379']],
  ['redis://:p@0.0.0.0:6379', ['redis://:p@127.0.0.1:6379', 'redis://:p@192.0.2.7:6379']],
  ['ws://g:p@[::]:8080/ws', ['ws://g:p@[::1]:8080/ws', 'ws://g:p@[2001:db8::7]:8080/ws']],
])('%s', (url, usable) => {
  expect(usableUrls(url, INTERFACES)).toEqual(usable);
});

test('without any such address the URL stays as it is', () => {
  expect(usableUrls('http://0.0.0.0:80', {})).toEqual(['http://0.0.0.0:80']);
});

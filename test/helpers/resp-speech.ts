/** What a client of Redis and its server say in RESP2, for the tests of tales. */
import { encodeCommand } from '../../src/protocols/resp/index.ts';
import type { Speaker } from './narrate.ts';

export type Reply = string | number | null | Reply[];

/** A reply as RESP2: texts are bulk strings, but for those that begin with + or -. */
export function reply(value: Reply): Buffer {
  const encode = (one: Reply): string => {
    if (one === null) return '$-1\r\n';
    if (typeof one === 'number') return `:${one}\r\n`;
    if (Array.isArray(one)) return `*${one.length}\r\n${one.map(encode).join('')}`;
    if (/^[+-]/.test(one)) return `${one}\r\n`;
    return `$${Buffer.byteLength(one)}\r\n${one}\r\n`;
  };
  return Buffer.from(encode(value));
}

export function ask(peer: Speaker, words: (string | number)[], answer?: Reply): Speaker {
  peer.client(encodeCommand(words));
  return answer === undefined ? peer : peer.server(reply(answer));
}

export function subscribe(peer: Speaker, channel: string, how = 'subscribe'): Speaker {
  return ask(peer, [how.toUpperCase(), channel], [how, channel, 1]);
}

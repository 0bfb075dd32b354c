/** What STOMP clients and servers say to each other, for the story to be told of it. */
import { encodeFrame, type StompHeader } from '../../src/protocols/stomp/index.ts';
import type { Narration, Speaker } from './narrate.ts';

export const frame = (command: string, headers: Record<string, string> = {}, body = ''): Buffer =>
  encodeFrame(command, Object.entries(headers) as StompHeader[], body);

export function connect(story: Narration, name: string): Speaker {
  return story
    .peer(name)
    .client(frame('CONNECT', { 'accept-version': '1.2', host: '/', login: 'guest', passcode: 'hush' }))
    .server(frame('CONNECTED', { version: '1.2' }));
}

let receipts = 0;

/** A command whose receipt comes: so the server carried it out. */
export function call(peer: Speaker, command: string, headers: Record<string, string>, body = ''): Speaker {
  const receipt = `r${++receipts}`;
  return peer.client(frame(command, { ...headers, receipt }, body)).server(frame('RECEIPT', { 'receipt-id': receipt }));
}

export function subscribe(peer: Speaker, destination: string, more = {}): Speaker {
  return call(peer, 'SUBSCRIBE', { id: `${peer.peer}-${destination}`, destination, ...more });
}

/** Without a receipt: nothing but what follows from it shows that the server read it. */
export function send(peer: Speaker, destination: string, body: string, more = {}): Speaker {
  return peer.client(frame('SEND', { destination, ...more }, body));
}

export function message(peer: Speaker, destination: string, body: string, more = {}, from = destination): Speaker {
  const headers = { subscription: `${peer.peer}-${from}`, 'message-id': 'm', destination, ...more };
  return peer.server(frame('MESSAGE', headers, body));
}

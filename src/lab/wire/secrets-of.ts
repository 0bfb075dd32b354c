/** What a frame says in confidence, before anybody tells it: it is hidden wherever it turns up again. */
import { isSecret, isSecretName, learnSecret, learnUrl } from '../../core/secrets.ts';
import type { AmqpValue } from '../../protocols/amqp/index.ts';
import type { HttpValue } from '../../protocols/http/index.ts';
import type { Frame } from '../../protocols/protocol.ts';
import { type RespFrameValue, secretArgs } from '../../protocols/resp/index.ts';
import type { StompValue } from '../../protocols/stomp/index.ts';

/** A subprotocol of so many characters is no subprotocol. */
const LEAST_BEARER_CHARS = 20;

/** Commands that end with fields and their values. */
const WITH_FIELDS = new Set(['HSET', 'HMSET', 'HSETNX', 'HSETEX', 'XADD']);

export function learnSecretsOf(frame: Frame): void {
  switch (frame.protocol) {
    case 'amqp':
      return ofAmqp(frame.value as AmqpValue);
    case 'resp':
      return ofResp(frame.value as RespFrameValue);
    case 'stomp':
      return ofHeaders((frame.value as StompValue).headers);
    case 'http':
      return ofHttp(frame.value as HttpValue);
  }
}

/** PLAIN sends a user and a password, each after a NUL. RFC 4616 */
function ofAmqp(value: AmqpValue): void {
  if (value.method === 'connection.start-ok') {
    const [, , password] = value.args.response.toString('utf8').split('\0');
    if (password !== undefined) learnSecret(password);
  }
  if (value.method === 'connection.update-secret') learnSecret(value.args.newSecret.toString('utf8'));
}

function ofResp(value: RespFrameValue): void {
  if (value.kind !== 'command') return;
  for (const index of secretArgs(value)) {
    // A rule of ACL SETUSER begins with a sign.
    const argument = value.args[index]?.toString('utf8') ?? '';
    learnSecret(value.name === 'ACL SETUSER' ? argument.slice(1) : argument);
  }
  if (!WITH_FIELDS.has(value.name)) return;
  for (let at = value.args.length - 2; at > 0; at -= 2) {
    const [field = '', content = ''] = value.args.slice(at, at + 2).map(String);
    if (isSecret(field, content)) learnSecret(content);
  }
}

function ofHttp(value: HttpValue): void {
  if (value.kind !== 'request' && value.kind !== 'response') return;
  ofHeaders(value.headers);
  if (value.kind === 'request') learnUrl(value.target);
  // Browsers can set no other header of a WebSocket, so it is where bearer tokens travel.
  for (const [name, content] of value.headers) {
    if (name.toLowerCase() !== 'sec-websocket-protocol') continue;
    for (const one of content.split(/[\s,]+/)) {
      if (/bearer|token/i.test(one) || one.length >= LEAST_BEARER_CHARS) learnSecret(one.replace(/^bearer[-.]/i, ''));
    }
  }
}

function ofHeaders(headers: readonly (readonly [string, string])[]): void {
  for (const [name, content] of headers) {
    if (!isSecretName(name)) continue;
    learnSecret(content);
    if (/cookie/i.test(name)) for (const pair of content.split(/;\s*/)) learnSecret(pair.replace(/^[^=]*=/, ''));
  }
}

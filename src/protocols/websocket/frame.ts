/** The WebSocket frame: RFC 6455 §5.2, https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */

import { isUtf8 } from 'node:buffer';
import { itemAt } from '../../core/collections/present.ts';
import { ProtocolError } from '../../core/errors.ts';
import { byteAt } from '../byte-at.ts';
import type { CloseView } from './values.ts';

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export type FrameName = keyof typeof OPCODES;

const NAMES = new Map<number, FrameName>(
  Object.entries(OPCODES).map(([name, opcode]) => [opcode, name as FrameName] as const),
);
const MAX_CONTROL_BYTES = 125;
const MASK_BYTES = 4;

/** The longest header: two bytes, eight of length, four of mask. */
export const MAX_HEADER_BYTES = 14;

export interface Header {
  readonly name: FrameName;
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly masked: boolean;
  readonly payloadSize: number;
  /** Where the masking key begins, when there is one: the four bytes before the payload. */
  readonly headerSize: number;
}

/** The error a peer caused; `code` is the status that the answer's close frame carries (RFC 6455 §7.4.1). */
export function wsError(clause: string, message: string, code = 1002): ProtocolError {
  return new ProtocolError(message, { clause, code });
}

/** How many bytes a header has, told by its first two. */
export function headerBytes(second: number): number {
  const length = second & 0x7f;
  return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (second & 0x80 ? MASK_BYTES : 0);
}

/** Reads a header that is complete at `at`, and refuses what no extension may allow. */
export function parseHeader(bytes: Buffer, at: number): Header {
  const first = byteAt(bytes, at);
  const second = byteAt(bytes, at + 1);
  const opcode = first & 0x0f;
  const name = NAMES.get(opcode);
  if (name === undefined) throw wsError('RFC 6455 §5.2', `opcode ${opcode} is reserved`);
  if (first & 0x30) throw wsError('RFC 6455 §5.2', 'RSV2 or RSV3 is set and no extension gave it a meaning');
  const fin = (first & 0x80) !== 0;
  const payloadSize = parseLength(bytes, at + 2, second & 0x7f);
  if (opcode >= OPCODES.close) {
    if (!fin) throw wsError('RFC 6455 §5.5', `a ${name} frame is fragmented`);
    if (payloadSize > MAX_CONTROL_BYTES) throw wsError('RFC 6455 §5.5', `a ${name} frame of more than 125 bytes`);
  }
  const rsv1 = (first & 0x40) !== 0;
  return { name, opcode, fin, rsv1, masked: (second & 0x80) !== 0, payloadSize, headerSize: headerBytes(second) };
}

function parseLength(bytes: Buffer, at: number, length: number): number {
  if (length < 126) return length;
  if (length === 126) return minimal(bytes.readUInt16BE(at), 126);
  const high = bytes.readUInt32BE(at);
  if (high & 0x80000000) throw wsError('RFC 6455 §5.2', 'the most significant bit of the length is set');
  return minimal(high * 2 ** 32 + bytes.readUInt32BE(at + 4), 65536);
}

function minimal(size: number, least: number): number {
  if (size < least) throw wsError('RFC 6455 §5.2', `a length of ${size} is not written in the fewest bytes`);
  return size;
}

/** From this length on, four bytes at a time are faster than setting that up. */
const WORDWISE_BYTES = 64;
const keyWord = new Int32Array(1);
const keyBytes = new Uint8Array(keyWord.buffer);

/** Masks or unmasks into new memory; `offset` is the piece's place in the payload (RFC 6455 §5.3). */
export function applyMask(piece: Buffer, key: Buffer, offset = 0): Buffer {
  const size = piece.length;
  const result = Buffer.allocUnsafe(size);
  let at = 0;
  if (size >= WORDWISE_BYTES && result.byteOffset % 4 === 0) {
    piece.copy(result);
    for (let index = 0; index < 4; index++) keyBytes[index] = byteAt(key, (offset + index) & 3);
    const word = itemAt(keyWord, 0);
    const words = new Int32Array(result.buffer, result.byteOffset, size >> 2);
    for (const [index, masked] of words.entries()) words[index] = masked ^ word;
    at = words.length * 4;
  }
  for (; at < size; at++) result[at] = byteAt(piece, at) ^ byteAt(key, (offset + at) & 3);
  return result;
}

export interface FrameToEncode {
  readonly name: FrameName;
  readonly payload: Buffer;
  /** Default: true. */
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  /** Four bytes. A client masks each frame with a fresh one that nobody can guess; a server never masks. */
  readonly maskKey?: Buffer;
}

export function encodeFrame({ name, payload, fin = true, rsv1 = false, maskKey }: FrameToEncode): Buffer {
  const size = payload.length;
  const length = size < 126 ? size : size < 65536 ? 126 : 127;
  const second = length | (maskKey ? 0x80 : 0);
  const header = Buffer.allocUnsafe(headerBytes(second));
  header[0] = OPCODES[name] | (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0);
  header[1] = second;
  if (length === 126) header.writeUInt16BE(size, 2);
  if (length === 127) header.writeBigUInt64BE(BigInt(size), 2);
  if (!maskKey) return Buffer.concat([header, payload]);
  maskKey.copy(header, header.length - MASK_BYTES, 0, MASK_BYTES);
  return Buffer.concat([header, applyMask(payload, maskKey)]);
}

/** The payload of a close frame (RFC 6455 §5.5.1). */
export function encodeClose(code: number, reason = ''): Buffer {
  const payload = Buffer.allocUnsafe(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}

/** Reads the payload of a close frame (RFC 6455 §5.5.1). */
export function parseClose(payload: Buffer): CloseView {
  if (payload.length === 0) return { code: 1005, reason: '' };
  if (payload.length === 1) throw wsError('RFC 6455 §5.5.1', 'a close frame with half a status code');
  const code = payload.readUInt16BE(0);
  if (!mayBeSent(code)) throw wsError('RFC 6455 §7.4', `status code ${code} must not be sent`);
  const reason = payload.subarray(2);
  if (!isUtf8(reason)) throw wsError('RFC 6455 §5.5.1', 'the reason of a close frame is not UTF-8', 1007);
  return { code, reason: reason.toString('utf8') };
}

/** 1004 to 1006 and 1015 only ever stand for something in a program; 1012 to 1014 were registered after the RFC. */
function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

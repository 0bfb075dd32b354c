/** Tells WebSocket frames to people and programs. */
import type { Json } from '../../core/json.ts';
import { oneLine, previewOf, textOf } from '../preview.ts';
import type { Description, Frame } from '../protocol.ts';
import type { WebSocketValue } from './values.ts';

export function describe(frame: Frame): Description {
  const value = frame.value as WebSocketValue;
  const { fin, opcode, rsv1, masked, payloadSize } = value;
  const fields = { fin, opcode, compressed: rsv1, masked, payloadSizeBytes: payloadSize, ...content(value) };
  return { summary: summary(value), fields };
}

function summary({ close, message, payload, payloadSize, fin, rsv1 }: WebSocketValue): string {
  if (close) return close.code === 1005 ? 'without a code' : oneLine(`${close.code} ${close.reason}`);
  if (message) {
    const deflated = rsv1 ? ` (${payloadSize} B compressed)` : '';
    return `${message.size} B${deflated} ${previewOf(message.data, message.size)}`;
  }
  if (!fin) return `${payloadSize} B, more follows`;
  return payloadSize === 0 ? '' : previewOf(payload, payloadSize);
}

function content({ close, message, payload, payloadSize, rsv1 }: WebSocketValue): { [key: string]: Json } {
  if (close) return { code: close.code, reason: close.reason };
  if (message) {
    const { type, data, size } = message;
    return { message: { type, sizeBytes: size, ...body(data, size) } };
  }
  return rsv1 ? {} : body(payload, payloadSize);
}

function body(data: Buffer, size: number): { [key: string]: Json } {
  const text = textOf(data, size);
  return text === undefined ? { base64: data.toString('base64') } : { text };
}

/**
 * What RabbitMQ says of frames that it can't take: their type, how they begin, and what is wrong. It prints what they
 * hold as Erlang's `~p` does, line breaks included.
 */
import { FRAME_OVERHEAD } from '../../../protocols/amqp/encode.ts';
import type { FrameFault } from '../../../protocols/amqp/faults.ts';
import { AnonymousRefusal, Refusal } from '../refusal.ts';

/** So many octets of a payload are shown. */
const SHOWN = 16;
/** The columns up to which Erlang puts a binary in one line, an octet of one that takes several, and a tuple. */
const BINARY_END = 81;
const OCTET_END = 79;
const TUPLE_END = 78;

/** A frame that is no frame, or of a type that there is none of. */
export const unknownFrame = (type: number, payload: Buffer): Refusal =>
  new AnonymousRefusal(501, `${beginning(type, payload)}: unknown_frame`);

/** A frame that can't stand where it does. */
export const unexpectedFrame = (type: number, payload: Buffer): Refusal =>
  new AnonymousRefusal(505, beginning(type, payload));

/** Bytes that are no frames. */
export function frameRefusal({ type, start, wrong }: FrameFault): Refusal {
  const begins = beginning(type, start);
  if ('size' in wrong) {
    return new Refusal(501, `${begins}: {frame_too_large,${wrong.size},${wrong.frameMax - FRAME_OVERHEAD}}`);
  }
  const column = widthOf(begins) + 2;
  const [name, octet] = ['{invalid_frame_end_marker,', `${wrong.end}}`];
  const fits = column + name.length + octet.length <= TUPLE_END;
  return new Refusal(501, `${begins}: ${name}${fits ? '' : `\n${' '.repeat(column + 1)}`}${octet}`);
}

/** Arguments of a method that don't end where its frame does. */
export const undecodable = (args: Buffer): Refusal => new Refusal(501, `cannot decode <<${args.join(',')}>>`);

function beginning(type: number, payload: Buffer): string {
  const which = `type ${type}, ${payload.length > SHOWN ? `first ${SHOWN}` : 'all'} octets = `;
  return which + printed(payload.subarray(0, SHOWN), which.length);
}

function widthOf(text: string): number {
  return text.length - text.lastIndexOf('\n') - 1;
}

const ESCAPES: { readonly [octet: number]: string } = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\e',
  34: '\\"',
  92: '\\\\',
};

/** A binary as Erlang prints it: as a string where all of it is text. */
function printed(bytes: Buffer, column: number): string {
  if (bytes.length === 0) return '<<>>';
  const isText = bytes.every((octet) => octet in ESCAPES || (octet >= 0x20 && octet < 0x7f) || octet >= 0xa0);
  if (isText) return `<<"${[...bytes].map((octet) => ESCAPES[octet] ?? String.fromCharCode(octet)).join('')}">>`;
  const flat = `<<${bytes.join(',')}>>`;
  if (column + flat.length <= BINARY_END) return flat;
  const indent = column + 2;
  let text = '<<';
  let at = indent;
  for (const [index, octet] of bytes.entries()) {
    const piece = `${octet}${index === bytes.length - 1 ? '>>' : ','}`;
    if (at + piece.length > OCTET_END) {
      text += `\n${' '.repeat(indent)}`;
      at = indent;
    }
    text += piece;
    at += piece.length;
  }
  return text;
}

/**
 * The first word of a direct reply's address: an Erlang process in the external term format, as Base64
 * (https://www.erlang.org/doc/apps/erts/erl_ext_dist.html).
 */
const VERSION = 131;
/** By its tag, what a process has behind the name of its node, in bytes: number, serial and creation. */
const REST: { readonly [tag: number]: number } = { 88: 12, 103: 9 };
/** By its tag, how many bytes tell how long an atom is. */
const ATOM_LENGTH: { readonly [tag: number]: number } = { 100: 2, 115: 1, 118: 2, 119: 1 };
const NODE = Buffer.from('reply@msgplay');
const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** The process of this number, in Base64. */
export function processId(number: number): string {
  const rest = Buffer.alloc(12);
  rest.writeUInt32BE(number % 2 ** 32);
  return Buffer.concat([Buffer.of(VERSION, 88, 118, 0, NODE.length), NODE, rest]).toString('base64');
}

/** Whether a word can be read as a process, wherever that may be. */
export function readsAsProcessId(word: string): boolean {
  const text = word.replace(/[\t\n\r ]/g, '');
  if (!BASE64.test(text)) return false;
  const bytes = Buffer.from(text, 'base64');
  const [version, tag = 0, atom = 0] = bytes;
  const rest = REST[tag];
  const lengthBytes = ATOM_LENGTH[atom];
  if (version !== VERSION || rest === undefined || lengthBytes === undefined) return false;
  const head = 3 + lengthBytes;
  return bytes.length >= head && bytes.length >= head + bytes.readUIntBE(3, lengthBytes) + rest;
}
